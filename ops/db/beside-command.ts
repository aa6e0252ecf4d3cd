import { Command } from "commander";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { askAtTerminal } from "../command-line.ts";
import { readable } from "../env/file.ts";
import { connect } from "../pods/cluster.ts";
import { fromShell } from "../pods/command-line.ts";
import { identityOf } from "../restore/identity.ts";
import { configOf, type StackPlace } from "../stack-file/place.ts";
import { openClouds } from "../recover/clouds.ts";
import { tokensIn } from "../recover/tokens.ts";
import { openDump } from "../rebuild/dumps.ts";
import {
  accountBeside,
  bringFromBeside,
  dropBeside,
  fillBeside,
  makeBeside,
  type RowsOf,
  showBeside,
} from "./beside.ts";
import { decrypted, diskBytesOf } from "./beside-parts.ts";
import { type RunInPod, withDatabasePod } from "./pod.ts";
import { askPod } from "./restore.ts";

/** `npm run db -- beside`: single accounts' rows from a dump, while the server runs. */

const said = { say: (sentence: string): void => console.error(sentence) };
const context = ["--context <name>", "context of the kubeconfig; else the current one"] as const;

interface At {
  readonly context?: string;
}

interface LoadOptions extends At, StackPlace {
  readonly identity?: string;
}

/** The command with its parts. */
export function besideCommand(): Command {
  const beside = new Command("beside").description(
    "a dump as a second database beside the one that serves: shows and brings back single accounts' rows",
  );
  beside
    .command("load")
    .description("fills the second database")
    .argument("<dump>", "a file of pg_dump --format=custom, or the key of a dump in the bucket")
    .option("--identity <file>", "the age identity, for a dump in the bucket")
    .option(...context)
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", process.cwd())
    .action(async (dump: string, options: LoadOptions) => {
      await fromShell((signal) => load(dump, options, signal));
    });
  beside
    .command("show")
    .description("counts the rows of one member in both databases; it changes nothing")
    .argument("<name>", "the member's name, without @ and domain")
    .option(...context)
    .action(async (name: string, at: At) => {
      await inPod(at, async (run) => {
        console.log(linesOf(await showBeside(run, await accountBeside(run, name))));
      });
    });
  beside
    .command("bring")
    .description("brings one member's missing rows into the database that serves")
    .argument("<name>", "the member's name, without @ and domain")
    .option(...context)
    .action(async (name: string, at: At) => {
      await inPod(at, async (run) => {
        const id = await accountBeside(run, name);
        console.log(linesOf(await showBeside(run, id)));
        await confirmed(name);
        await bringFromBeside(run, id);
        console.log(linesOf(await showBeside(run, id)));
        console.error(
          `Brought. Feeds: npm run tootctl -- feeds build ${name}. A member signs in again: sessions are not brought.`,
        );
      });
    });
  beside
    .command("drop")
    .description("drops the second database")
    .option(...context)
    .action(async (at: At) => {
      await inPod(at, dropBeside, "administrator");
    });
  return beside;
}

async function inPod(
  { context: name }: At,
  use: (run: RunInPod) => Promise<void>,
  role: "application" | "administrator" = "application",
): Promise<void> {
  await fromShell(async (signal) => {
    await withDatabasePod(await connect(name), signal, use, { ...said, role });
    return 0;
  });
}

async function load(dump: string, options: LoadOptions, signal: AbortSignal): Promise<number> {
  const clouds = await openClouds(tokensIn(process.env));
  const open = /\.dump\.age$/u.test(dump)
    ? decrypted(openDump(await configOf(options), dump, clouds), await identityOf(options.identity))
    : await fileAt(dump);
  const cluster = await connect(options.context);
  await withDatabasePod(
    cluster,
    signal,
    async (admin) =>
      await makeBeside(admin, await diskBytesOf(clouds, await askPod(admin, "$PGHOST"))),
    { ...said, role: "administrator" },
  );
  await withDatabasePod(cluster, signal, (run) => fillBeside(run, open), said);
  console.error(
    "Filled. Next: npm run db -- beside show NAME; at the end: npm run db -- beside drop",
  );
  return 0;
}

async function fileAt(path: string): Promise<() => Readable> {
  await readable(path);
  return () => createReadStream(path);
}

/** One line a table, those with missing rows first. */
export function linesOf(rows: readonly RowsOf[]): string {
  return rows
    .filter(({ beside, live }) => beside + live > 0)
    .toSorted((one, other) => other.beside - other.live - (one.beside - one.live))
    .map(({ table, beside, live }) => `${table.padEnd(24)} beside ${beside}, live ${live}`)
    .join("\n");
}

/** @throws Error unless the operator types the name. */
async function confirmed(name: string): Promise<void> {
  const typed = await askAtTerminal(
    `Rows that are there stay; missing ones come back, in one transaction. Type ${name} to go on: `,
  );
  if (typed === undefined)
    throw new Error("There is no terminal to confirm at. Nothing was changed. Run it at one.");
  if (typed !== name) throw new Error("Nothing was changed.");
}
