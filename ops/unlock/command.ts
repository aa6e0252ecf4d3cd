import { basename } from "node:path";
import { Command } from "commander";
import { isMap, Scalar, type Document } from "yaml";
import { readExport } from "../recover/state.ts";
import { changeStackFile } from "../restore/stack-file.ts";
import { pulumiCli, type RunPulumi } from "../secrets/pulumi.ts";
import { configOf, stackFileOf } from "../stack-file/place.ts";
import { heldOf } from "./state.ts";

/** Parts of the outside world that the command uses, so that a test can replace them. */
export interface UnlockWorld {
  readonly say: (text: string) => void;
  readonly now: () => Date;
  /** The CLI in a folder. */
  readonly pulumi: (cwd: string) => RunPulumi;
  /** Folder in which the command was started. */
  readonly cwd: string;
}

/** The implementation for a terminal. */
export function terminalWorld(): UnlockWorld {
  return {
    say: (text) => console.log(text),
    now: () => new Date(),
    pulumi: (cwd) => pulumiCli({ cwd }),
    cwd: process.cwd(),
  };
}

interface Options {
  readonly because?: string;
  readonly remove?: true;
  readonly stack: string;
  readonly cwd: string;
}

const UNLOCKED = ["config", "mastodon:unlocked"] as const;

/**
 * `npm run unlock -- NAME… --because TEXT`: writes into the stack file that the next update may
 * delete or replace these resources. It changes neither the state nor a cloud.
 * @param args arguments after the `--`.
 * @throws Error with a message for the operator; then nothing was changed.
 */
export async function runUnlock(args: readonly string[], world: UnlockWorld): Promise<void> {
  await new Command("npm run unlock --")
    .description("Lets the next update delete or replace exactly the named resources.")
    .argument("<name...>", "logical names, as a preview's findings have them")
    .option("--because <reason>", "the reason, which the history keeps")
    .option("--remove", "takes the entries of these names out again")
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", world.cwd)
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say })
    .action(async (names: readonly string[], options: Options) => {
      if (options.remove === true) await remove(names, options, world);
      else await write(names, options, world);
    })
    .parseAsync(args, { from: "user" });
}

async function write(
  names: readonly string[],
  options: Options,
  { say, now, pulumi }: UnlockWorld,
): Promise<void> {
  const because = reasonOf(options);
  // A file with a fault is refused before it is changed.
  await configOf(options);
  const { stack, cwd } = options;
  const held = heldOf(readExport(await pulumi(cwd)(["stack", "export", "--stack", stack])), names);
  const at = now()
    .toISOString()
    .replace(/[-:]|\.\d+/gu, "");
  await changeStackFile(stackFileOf(options), (document) => {
    for (const { name, id } of held)
      for (const [key, text] of Object.entries({ id, because, at }))
        place(document, [...UNLOCKED, name, key], text);
  });
  const file = basename(stackFileOf(options));
  say(
    `The next update may delete or replace ${held.map(({ name }) => name).join(", ")}: written to ${file}. Commit it with the change, so that it is reviewed with it. After that update it opens nothing: docs/policies.md.`,
  );
}

/** @throws Error if there is none, or if Pulumi's history could not keep it. */
function reasonOf({ because = "" }: Options): string {
  const reason = because.trim();
  if (reason === "")
    throw new Error(
      'An unlock has a reason, and there is none. Nothing was changed. Say it: --because "grow to large".',
    );
  if (/\p{C}/u.test(reason) || reason.length > 500)
    throw new Error(
      `The reason is ${reason.length > 500 ? `${reason.length} characters long` : "on more than one line"}. Nothing was changed. Put it on one line of up to 500 characters.`,
    );
  return reason;
}

/** Quoted, because an id or a reason may look like a number. */
function place(document: Document, path: readonly string[], text: string): void {
  const value = new Scalar(text);
  value.type = Scalar.QUOTE_DOUBLE;
  document.setIn(path, value);
}

async function remove(
  names: readonly string[],
  options: Options,
  { say }: UnlockWorld,
): Promise<void> {
  const { unlocked } = await configOf(options);
  const unknown = names.filter((name) => !Object.hasOwn(unlocked, name));
  if (unknown.length > 0)
    throw new Error(
      `mastodon:unlocked has no ${unknown.join(", ")}. Nothing was changed. There are: ${Object.keys(unlocked).join(", ") || "none"}.`,
    );
  await changeStackFile(stackFileOf(options), (document) => {
    for (const name of names) document.deleteIn([...UNLOCKED, name]);
    const left = document.getIn(UNLOCKED);
    if (isMap(left) && left.items.length === 0) document.deleteIn(UNLOCKED);
  });
  say(`Taken out of ${basename(stackFileOf(options))}: ${names.join(", ")}.`);
}
