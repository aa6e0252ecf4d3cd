import { readFile } from "node:fs/promises";
import { stateOfSecrets, isFault, type SecretState } from "../../secrets/check.ts";
import { escrowedIn, type EscrowRecord } from "../../secrets/escrow-record.ts";
import { passphraseIn, weakStatePassphrase } from "../../secrets/passphrase.ts";
import { providerOf } from "../../secrets/stack-file.ts";
import { SecretStore } from "../../secrets/store.ts";
import { stackFileOf } from "../../stack-file/place.ts";
import { fix, ok, unknown, type Line } from "../line.ts";
import type { Scene } from "../scene.ts";

/** The passphrase, and the secrets that it opens. */

/** Opens every secret, in memory. */
async function heldIn({ place, pulumi }: Scene) {
  return await new SecretStore(place.cwd, place.stack, pulumi).held();
}

interface Passphrase {
  /** Whether a key service encrypts the file instead. */
  readonly byService: boolean;
  /** Undefined: the environment has none. */
  readonly length: number | undefined;
  readonly weak: string | undefined;
  /** The CLI's own words if it can't open the file. */
  readonly refusal: string | undefined;
  /** Whether the backend answered: without it the CLI opens nothing. */
  readonly backend: boolean;
}

export const passphrase: Line<Passphrase> = {
  number: 22,
  name: "passphrase",
  checks: "the passphrase is set, strong, and opens the stack file",
  async ask(scene) {
    const text = await readFile(stackFileOf(scene.place), "utf8");
    const { encryptedkey, secretsprovider = "passphrase" } = providerOf(text);
    const byService = encryptedkey !== undefined || secretsprovider !== "passphrase";
    const given = byService ? undefined : await passphraseIn(scene.environment);
    const weak = given ? await weakStatePassphrase(text, scene.environment) : undefined;
    const backend = await scene.state().then(
      () => true,
      () => false,
    );
    const refusal =
      !byService && !given
        ? undefined
        : await heldIn(scene).then(
            () => undefined,
            (error: unknown) => (error instanceof Error ? error.message : String(error)),
          );
    return { byService, length: given?.length, weak, refusal, backend };
  },
  judge({ byService, length, weak, refusal, backend }) {
    if (!byService && length === undefined)
      return fix(
        "Neither PULUMI_CONFIG_PASSPHRASE nor PULUMI_CONFIG_PASSPHRASE_FILE is set.",
        "read -rs PULUMI_CONFIG_PASSPHRASE && export PULUMI_CONFIG_PASSPHRASE",
      );
    if (length === 0)
      return fix(
        "The passphrase is empty, which the CLI takes for a passphrase.",
        "npm run secrets -- passphrase",
      );
    if (weak !== undefined) return fix(weak, "npm run secrets -- passphrase");
    if (refusal === undefined)
      return ok(byService ? "the key service opens the stack file" : "it opens the stack file");
    if (!backend)
      return unknown("the backend did not answer, and without it the CLI opens nothing");
    return fix(
      `The stack file does not open: ${refusal}`,
      byService
        ? 'docs/operate.md, "Passphrase or key service"'
        : "take the passphrase from where the escrow bundle is: docs/secrets.md",
    );
  },
};

export const secrets: Line<readonly SecretState[]> = {
  number: 23,
  name: "secrets",
  checks: "every secret is there, with its fingerprint",
  ask: async (scene) => stateOfSecrets(await heldIn(scene)),
  judge(states) {
    const faults = states.filter(isFault).flatMap(({ sentences }) => sentences);
    return faults.length === 0
      ? ok(`${states.filter(({ state }) => state === "there").length} secrets`)
      : fix(faults.join("\n"), "npm run secrets -- check");
  },
};

interface Escrow {
  /** Undefined: the stack file records no bundle. */
  readonly record: EscrowRecord | undefined;
  /** Hash of what a bundle would hold now. */
  readonly now: EscrowRecord["of"];
  readonly stack: string;
}

export const escrow: Line<Escrow> = {
  number: 38,
  name: "escrow",
  checks: "the escrow bundle that was recorded holds every secret as it is now",
  async ask({ config, place }) {
    const text = await readFile(stackFileOf(place), "utf8");
    return { record: (await config()).escrow, now: escrowedIn(text), stack: place.stack };
  },
  judge({ record, now, stack }) {
    const cure = `npm run secrets -- escrow --recipient age1… --out FILE --stack ${stack}`;
    if (record === undefined)
      return fix(
        "No escrow bundle is recorded in the stack file. Without one, a lost passphrase takes the server with it.",
        cure,
      );
    const day = record.at.replace(/^(\d{4})(\d\d)(\d\d).*$/u, "$1-$2-$3");
    return record.of === now
      ? ok(
          `the bundle of ${day} holds every secret as it is now; whether it is still there, only its holder knows`,
        )
      : fix(
          `A secret, the passphrase or the recipient of the dumps has changed since the bundle of ${day}: it no longer opens or rebuilds everything.`,
          cure,
        );
  },
};
