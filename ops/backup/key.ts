import { readFile, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { valuesOf } from "../../input/stack-text.ts";
import { writeNew } from "../secrets/new-file.ts";
import { changedStackFile } from "../secrets/stack-file.ts";
import { stackTextOf } from "../stack-file/texts.ts";

/** Options of `npm run backup -- key`. */
export interface KeyOptions {
  readonly stack: string;
  readonly cwd: string;
  /** File for the identity. */
  readonly out: string;
  readonly say: (text: string) => void;
}

/**
 * Makes an age identity, and puts its recipient into the stack file. The identity is in the file
 * and nowhere else.
 * @throws Error in a sentence, before anything is written.
 */
export async function makeKey({ stack, cwd, out, say }: KeyOptions): Promise<void> {
  const file = resolve(cwd, out);
  if (!relative(resolve(cwd), file).startsWith(".."))
    throw new Error(
      `${out} lies in the project's folder, where the next commit would publish what opens every dump. Nothing was written. Name a file outside of it by --out.`,
    );
  const name = `Pulumi.${basename(stack)}.yaml`;
  const stackFile = join(cwd, name);
  const text = await readFile(stackFile, "utf8");
  const given = valuesOf(stackTextOf(text, name).texts)["backup"];
  // Loaded here and no earlier: it is no package of a deploy.
  const age = await import("age-encryption");
  const identity = await age.generateX25519Identity();
  const recipient = await age.identityToRecipient(identity);
  await writeNew(file, `# Opens the dumps of ${stack}. ${recipient}\n${identity}`, "an identity");
  say(
    `The identity is in ${file}. It opens every dump of ${stack}, and nobody can make it again: put it where the escrow bundle is, and never into CI, the cluster or this repository.`,
  );
  if (given === undefined) {
    const config = { "mastodon:backup": { recipient } };
    await writeFile(stackFile, changedStackFile(text, { config, top: {} }));
    say(`Written to ${name}: mastodon:backup, with the recipient ${recipient}. Commit it.`);
    return;
  }
  say(
    `${name} has a recipient already, and nothing was changed in it. For the new one: pulumi config set --path --stack ${stack} mastodon:backup.recipient ${recipient}`,
  );
  say("Keep the former identity, too, until the last dump that it opens is gone.");
}
