import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { parse } from "yaml";
import { escrowedIn, type EscrowRecord } from "../../ops/secrets/escrow-record.ts";
import type { Check } from "../checks/check.ts";
import { checkOf } from "../checks/check.ts";
import type { Haystack } from "../checks/secret-search.ts";
import type { Rehearsal } from "../rehearsal.ts";

/** The parts of an escrow bundle that are read here. */
interface Bundle {
  readonly statePassphrase?: string;
  readonly stateBackend?: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Writes the bundle for an age identity, and opens it with that. */
export async function escrowOf({
  stack,
  directory,
}: Pick<Rehearsal, "stack" | "directory">): Promise<{
  readonly bundle: Bundle;
  readonly text: string;
}> {
  const identity = await generateIdentity();
  const file = join(directory, "escrow.age");
  await stack.secretsCommand([
    ...["escrow", "--recipient", await identityToRecipient(identity)],
    ...["--out", file],
  ]);
  const text = await readFile(file, "utf8");
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const opened = await decrypter.decrypt(armor.decode(text), "text");
  return { bundle: parse(opened) as Bundle, text };
}

/** Before a disaster: writes the bundle, and checks that it can be opened. */
export async function escrowDrill(
  rehearsal: Rehearsal,
): Promise<{ readonly checks: readonly Check[]; readonly written: Haystack }> {
  const { stack, secrets } = rehearsal;
  const inOrder = await stack.secretsCommand(["check"]);
  const { bundle, text } = await escrowOf(rehearsal);
  const stackFile = await readFile(stack.stackFile, "utf8");
  const { config } = parse(stackFile) as {
    readonly config: { readonly "mastodon:escrow"?: EscrowRecord };
  };
  const lacking = secrets.filter(({ name, value }) =>
    name === "state passphrase"
      ? bundle.statePassphrase !== value
      : bundle.secrets[`mastodon:${name}`] !== value,
  );
  return {
    checks: [
      checkOf(
        "`secrets check` finds what `secrets init` made in order",
        inOrder ? [] : ["it found a fault"],
        "every secret there, every fingerprint right",
      ),
      checkOf(
        "the escrow bundle opens, and holds every secret and the state's passphrase",
        lacking.map(({ name }) => name),
        `${secrets.length} secrets`,
      ),
      checkOf(
        "the bundle is recorded in the stack file, with what the engine's own CLI encrypted there",
        config["mastodon:escrow"]?.of === escrowedIn(stackFile)
          ? []
          : [`recorded: ${JSON.stringify(config["mastodon:escrow"])}`],
        config["mastodon:escrow"]?.at ?? "",
      ),
    ],
    written: { name: "escrow bundle", text },
  };
}

/**
 * Two encryption keys are swapped. The server would start, but everything that it encrypts from
 * then on would be unreadable with the right keys. The preview must refuse it.
 */
export async function swappedKeysDrill({ stack }: Rehearsal): Promise<Check> {
  const [one, other] = ["mastodon:activeRecordPrimaryKey", "mastodon:activeRecordDeterministicKey"];
  const swap = (): Promise<void> =>
    stack.editConfig((document) => {
      const [first, second] = [one, other].map((key) => document.getIn(["config", key]));
      document.setIn(["config", one], second);
      document.setIn(["config", other], first);
    });
  await swap();
  const preview = await stack.preview();
  await swap();
  const said = `${preview.failure} ${preview.diagnostics.join(" ")}`;
  return checkOf(
    "a preview refuses encryption keys that were swapped",
    [one, other].filter(
      (key) => !said.includes(`${key} is not the key whose fingerprint stands in the stack file`),
    ),
    "refused, both keys named",
  );
}
