import { basename } from "node:path";
import { Command } from "commander";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { timeOf } from "../../domain/backup/names.ts";
import { askAtTerminal } from "../command-line.ts";
import { readable } from "../env/file.ts";
import { fromShell } from "../pods/command-line.ts";
import { identityOf } from "../restore/identity.ts";
import { fileKeyOf } from "../restore/prepare.ts";
import { configOf, type StackPlace } from "../stack-file/place.ts";
import { openClouds, type Clouds } from "../recover/clouds.ts";
import { tokensIn } from "../recover/tokens.ts";
import { dumpsOf, headerOf, knownDumps, openDump, placeOfDump } from "../rebuild/dumps.ts";
import {
  accountBeside,
  bringFromBeside,
  dropBeside,
  fillBeside,
  makeBeside,
  type RowsOf,
  showBeside,
} from "./beside.ts";
import { decrypted } from "./decrypted.ts";
import { diskBytesOf } from "./disk.ts";
import { clusterPod, type DatabasePod } from "./cluster-pod.ts";
import { askPod } from "./restore.ts";

/** `npm run db -- beside`: single accounts' rows from a dump, while the server runs. */

/** Outside interfaces of the command. The rehearsal replaces them. */
export interface BesideWorld {
  readonly say: (text: string) => void;
  readonly pod: DatabasePod;
  readonly clouds: () => Promise<Clouds>;
  /** Asks for a text. Answers undefined if there is nobody to ask. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** Runs a part of the command in a world. */
type RunBeside = (part: (world: BesideWorld) => Promise<void>) => Promise<void>;

const context = ["--context <name>", "context of the kubeconfig; else the current one"] as const;

interface At {
  readonly context?: string;
}

interface LoadOptions extends At, StackPlace {
  readonly identity?: string;
}

/**
 * The command with its parts.
 * @param run default: from a shell.
 */
export function besideCommand(run: RunBeside = inShell): Command {
  const beside = new Command("beside").description(
    "a dump as a second database beside the one that serves: shows and brings back single accounts' rows",
  );
  beside
    .command("load")
    .description("fills the second database")
    .argument(
      "<dump>",
      "newest, or the time of a dump as `npm run backup -- list` prints it, or a file of pg_dump --format=custom",
    )
    .option("--identity <file>", "the age identity of the dumps; else of BACKUP_IDENTITY_FILE")
    .option(...context)
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", process.cwd())
    .action(async (dump: string, options: LoadOptions) => {
      await run((world) => load(dump, options, world));
    });
  beside
    .command("show")
    .description("counts the rows of one member in both databases; it changes nothing")
    .argument("<name>", "the member's name, without @ and domain")
    .option(...context)
    .action(async (name: string, at: At) => {
      await run(({ say, pod }) =>
        pod(memberOf(at), async (inPod) => {
          say(linesOf(await showBeside(inPod, await accountBeside(inPod, name))));
        }),
      );
    });
  beside
    .command("bring")
    .description("brings one member's missing rows into the database that serves")
    .argument("<name>", "the member's name, without @ and domain")
    .option(...context)
    .action(async (name: string, at: At) => {
      await run((world) => bring(name, at, world));
    });
  beside
    .command("drop")
    .description("drops the second database")
    .option(...context)
    .action(async (at: At) => {
      await run(({ pod }) => pod(adminOf(at), (inPod) => dropBeside(inPod)));
    });
  return beside;
}

const inShell: RunBeside = async (part) => {
  await fromShell(async (signal) => {
    await part({
      say: (text) => console.log(text),
      pod: clusterPod(signal),
      clouds: () => openClouds(tokensIn(process.env)),
      ask: askAtTerminal,
    });
    return 0;
  });
};

const memberOf = ({ context: name }: At) => ({ context: name, role: "application" }) as const;
const adminOf = ({ context: name }: At) => ({ context: name, role: "administrator" }) as const;

async function load(
  dump: string,
  options: LoadOptions,
  { say, pod, clouds: openedClouds }: BesideWorld,
): Promise<void> {
  const clouds = await openedClouds();
  const open = isInBucket(dump) ? await stored(dump, options, clouds) : await fileAt(dump);
  await pod(adminOf(options), async (admin) => {
    await makeBeside(admin, await diskBytesOf(clouds, await askPod(admin, "$PGHOST")));
  });
  await pod(memberOf(options), (inPod) => fillBeside(inPod, open));
  say(
    "Filled. Next: npm run db -- beside bring NAME, which counts first; at the end: npm run db -- beside drop",
  );
}

/** Whether the argument means a dump in the bucket, not a file. */
const isInBucket = (dump: string): boolean =>
  dump === "newest" || timeOf(dump) !== undefined || dump.endsWith(".dump.age");

/** Opens a dump of the bucket, once its identity is known to fit: nothing is made before. */
async function stored(
  wanted: string,
  options: LoadOptions,
  clouds: Clouds,
): Promise<() => Readable> {
  const config = await configOf(options);
  const all = knownDumps(
    await dumpsOf(config, basename(options.stack), clouds),
    "Give a file of pg_dump --format=custom.",
  );
  const found =
    wanted === "newest"
      ? all.find(({ faults }) => faults.length === 0)
      : all[placeOfDump(wanted, all)];
  if (found?.manifest === undefined || found.faults.length > 0)
    throw new Error(
      `${found?.object ?? "The newest dump"} is no whole dump: ${found?.faults.join("; ") ?? "there is none"}. Nothing was changed. npm run backup -- list says which are good.`,
    );
  const { object, manifest } = found;
  const identity = await identityOf(options.identity);
  await fileKeyOf(manifest, await headerOf(config, object, clouds), identity);
  return decrypted(openDump(config, object, clouds), identity);
}

async function bring(name: string, at: At, { say, pod, ask }: BesideWorld): Promise<void> {
  await pod(memberOf(at), async (inPod) => {
    const id = await accountBeside(inPod, name);
    say(linesOf(await showBeside(inPod, id)));
    await confirmed(name, ask);
    await bringFromBeside(inPod, id);
    say(linesOf(await showBeside(inPod, id)));
    say(
      `Brought. Feeds: npm run tootctl -- feeds build ${name}. A member signs in again: sessions are not brought.`,
    );
  });
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
async function confirmed(name: string, ask: BesideWorld["ask"]): Promise<void> {
  const typed = await ask(
    `Rows that are there stay; missing ones come back, in one transaction. Type ${name} to go on: `,
  );
  if (typed === undefined)
    throw new Error("There is no terminal to confirm at. Nothing was changed. Run it at one.");
  if (typed !== name) throw new Error("Nothing was changed.");
}
