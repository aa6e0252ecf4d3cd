import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import { IMAGES } from "../../config/images.ts";
import { readEngineLog } from "./engine-log.ts";
import { endingOf, reportOf, type Report } from "./model.ts";
import { pageOf } from "./page.ts";
import { stackFileOf } from "../stack-file/place.ts";
import { terminalOf } from "./terminal.ts";

/** `npm run preview`: previews an update, and prints its report. */

/** Parts of the outside world that the command uses. A test replaces them. */
export interface PreviewWorld {
  readonly say: (text: string) => void;
  /** A line for a person who waits; nothing where nobody watches. */
  readonly progress: (text: string) => void;
  /** Runs Pulumi, which writes its events to the file that the arguments name. */
  readonly pulumi: (args: readonly string[]) => Promise<{
    readonly status: number;
    /** Last lines of standard error. */
    readonly stderr: string;
  }>;
  /** Output of git; undefined if it fails. */
  readonly git: (args: readonly string[]) => Promise<string | undefined>;
  readonly now: () => Date;
  readonly color: boolean;
  /** The project's folder. */
  readonly cwd: string;
}

interface Options {
  readonly stack: string;
  readonly base?: string;
  readonly refresh: boolean;
  readonly page?: string | true;
}

/** Commits with the configuration that runs, the first one that exists. */
const BASES = ["origin/main", "main", "HEAD"];

/** The command. It ends with status 1 if the deploy would be refused. */
export function previewCommand(world: PreviewWorld): Command {
  return new Command("npm run preview --")
    .description("Previews an update: what members notice, what it costs, what is lost.")
    .option("--stack <name>", "the stack", "prod")
    .option("--refresh", "read the clouds first, as the preview of a pull request does", false)
    .option("--base <commit>", "the commit to compare with", undefined)
    .option("--page [file]", "also write the report as an HTML page")
    .action(async (options: Options) => {
      const report = await preview(options, world);
      world.say(terminalOf(report, { color: world.color }));
      if (options.page !== undefined) {
        const file = resolve(world.cwd, options.page === true ? "preview.html" : options.page);
        await writeFile(file, pageOf(report));
        world.say(`The whole report: ${file}\n`);
      }
      if (report.level === 5) process.exitCode = 1;
    });
}

async function preview({ stack, base, refresh }: Options, world: PreviewWorld): Promise<Report> {
  const { pulumi, git, now, progress, cwd } = world;
  const file = stackFileOf({ stack, cwd });
  const after = await readFile(file, "utf8").catch(() => {
    throw new Error(
      `There is no ${basename(file)} in ${cwd}. Run this in the project's folder, and set --stack to the name of a stack that has a file.`,
    );
  });
  const found = await baseOf(base, git);
  const before =
    found === undefined ? undefined : await git(["show", `${found}:./${basename(file)}`]);
  const folder = await mkdtemp(join(tmpdir(), "preview-"));
  try {
    const log = join(folder, "events.json");
    progress(`Previewing ${stack} …`);
    const { status, stderr } = await pulumi([
      "preview",
      ...["--stack", stack, "--event-log", log, "--suppress-outputs"],
      ...(refresh ? ["--refresh"] : []),
      ...(existsSync(join(cwd, "policy", "PulumiPolicy.yaml")) ? ["--policy-pack", "policy"] : []),
    ]);
    const events = await readFile(log, "utf8").catch(() => undefined);
    const run = events === undefined ? undefined : readEngineLog(events.split("\n"));
    const head = (await git(["rev-parse", "--short", "HEAD"]))?.trim();
    const commit =
      found === undefined ? undefined : (await git(["rev-parse", "--short", found]))?.trim();
    return reportOf({
      stack,
      run,
      ending: endingOf(run, status === 0),
      stderrTail: stderr,
      ...(before === undefined ? {} : { before }),
      after,
      images: IMAGES,
      ...(head === undefined ? {} : { head }),
      ...(commit === undefined ? {} : { base: commit }),
      at: now(),
    });
  } finally {
    // The events have the whole plan, though no secret.
    await rm(folder, { recursive: true, force: true });
  }
}

async function baseOf(
  base: string | undefined,
  git: PreviewWorld["git"],
): Promise<string | undefined> {
  for (const each of base === undefined ? BASES : [base])
    if ((await git(["rev-parse", "--verify", "--quiet", `${each}^{commit}`])) !== undefined)
      return each;
  if (base === undefined) return undefined;
  throw new Error(`--base is "${base}", and git knows no such commit. Name a branch or a commit.`);
}
