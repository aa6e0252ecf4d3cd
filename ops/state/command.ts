import { Command } from "commander";
import { adopt } from "../adopt/command.ts";
import type { AdoptWorld } from "../adopt/world.ts";
import { adoptOption } from "../recover/command.ts";
import type { Answered } from "../recover/plan.ts";
import { check } from "./check.ts";
import { addressOf, init, type InitWorld } from "./init.ts";
import { backup, type KeepWorld } from "./keep.ts";
import { restore } from "./restore.ts";

/** Outside interfaces of the command. */
export interface StateWorld extends AdoptWorld, KeepWorld, InitWorld {
  /** `PULUMI_BACKEND_URL`, if set. */
  readonly url: string | undefined;
  /** Cloudflare's account in a stack file; undefined if it has none. */
  readonly account: (stack: string, cwd: string) => Promise<string | undefined>;
}

/** Options of every subcommand. */
interface Common {
  readonly stack: string;
  readonly cwd: string;
}

/**
 * `npm run state`. Checks, backs up and restores the state of a stack.
 * @param args the arguments after `--`.
 * @returns whether nothing is left to do: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function runState(args: readonly string[], world: StateWorld): Promise<boolean> {
  let well = true;
  const part = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--stack <name>", "the stack", "prod")
      .option("--cwd <folder>", "the project's folder", world.cwd);
  const program = new Command("npm run state --")
    .description("Looks after a stack's state.")
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say });
  part("adopt", "takes in what exists and the state lacks: all of it, where the state is lost")
    .argument("[names...]", "names of resources, where not all is to be looked for")
    .option("--yes", "don't ask", false)
    .addOption(adoptOption())
    .action(
      async (
        names: readonly string[],
        { stack, cwd, yes, adopt: answered }: Common & { yes: boolean; adopt: Answered },
      ) => {
        well = await adopt({ stack, cwd, names, answered, yes }, world);
      },
    );
  part("init", "makes the bucket of the states on R2, and locks its history against deletion")
    .option("--account <id>", "Cloudflare's account; else of PULUMI_BACKEND_URL or the stack file")
    .option("--bucket <name>", "the bucket; else of PULUMI_BACKEND_URL, or mastodon-state")
    .option("--jurisdiction <name>", "default, eu or fedramp")
    .action(async ({ stack, cwd, ...given }: Common & { account?: string; bucket?: string }) => {
      const address = addressOf(given, world.url, await world.account(stack, cwd));
      well = await init({ stack, cwd, address }, world);
    });
  part(
    "check",
    "says whether the state and its copies are whole, and locked against deletion",
  ).action(async (place: Common) => {
    well = await check(place, world);
  });
  part("backup", "writes the state into a file, its secrets encrypted")
    .option("--out <file>", "the file; else named by the stack and the time")
    .action(async ({ stack, cwd, out }: Common & { out?: string }) => {
      well = await backup({ stack, cwd, out }, world);
    });
  part("restore", "puts the newest whole copy in the place of a state that is not")
    .argument("[file]", "a copy in hand: an artifact of a deploy, or what `backup` wrote")
    .option("--yes", "don't ask", false)
    .action(async (file: string | undefined, { stack, cwd, yes }: Common & { yes: boolean }) => {
      well = await restore({ stack, cwd, file, yes }, world);
    });
  await program.parseAsync(args, { from: "user" });
  return well;
}
