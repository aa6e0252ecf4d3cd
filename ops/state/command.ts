import { Command } from "commander";
import { adopt, type AdoptWorld } from "../adopt/command.ts";
import { answerIn } from "../recover/command.ts";
import type { Answered } from "../recover/plan.ts";

/** Options that every part of the command has. */
interface Common {
  readonly stack: string;
  readonly cwd: string;
}

/**
 * `npm run state`. Looks after the state of a stack.
 * @param args what stands behind the `--`.
 * @returns whether nothing is left to do: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function runState(args: readonly string[], world: AdoptWorld): Promise<boolean> {
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
    .option(
      "--adopt <name=id>",
      "an answer to what it asks: a resource's name and the id that it has, or none",
      (given: string, before: Answered) => new Map([...before, answerIn(given)]),
      new Map<string, string>(),
    )
    .action(
      async (
        names: readonly string[],
        { stack, cwd, yes, adopt: answered }: Common & { yes: boolean; adopt: Answered },
      ) => {
        well = await adopt({ stack, cwd, names, answered, yes }, world);
      },
    );
  await program.parseAsync(args, { from: "user" });
  return well;
}
