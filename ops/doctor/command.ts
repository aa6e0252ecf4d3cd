import { Command } from "commander";
import type { StackPlace } from "../stack-file/place.ts";
import { LINES } from "./all.ts";
import type { Line } from "./line.ts";
import { runLines } from "./run.ts";
import { sceneOf } from "./scene.ts";
import { wordsOf } from "./words.ts";
import type { DoctorWorld } from "./world.ts";

/**
 * `npm run doctor`. Checks everything that a deploy needs and that can be read.
 * @param args the arguments after `--`.
 * @returns whether nothing is to fix: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function runDoctor(args: readonly string[], world: DoctorWorld): Promise<boolean> {
  let well = true;
  const program = new Command("npm run doctor --")
    .description(
      "Checks everything that a deploy needs and that can be read. Fails if something is to fix.",
    )
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", world.cwd)
    .option("--only <lines>", "names or numbers of lines, with commas between them")
    .option("--json", "prints the outcomes as JSON", false)
    .option("--list", "prints the lines, and checks nothing", false)
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say })
    .action(
      async ({
        stack,
        cwd,
        only,
        json,
        list,
      }: StackPlace & {
        readonly only?: string;
        readonly json: boolean;
        readonly list: boolean;
      }) => {
        const lines = chosen(only);
        if (list) {
          for (const { number, name, checks } of lines)
            world.say(`${String(number).padStart(2)}  ${name.padEnd(20)}  ${checks}`);
          return;
        }
        const begun = performance.now();
        const outcomes = await runLines(lines, sceneOf({ stack, cwd }, world));
        const seconds = (performance.now() - begun) / 1_000;
        world.say(json ? JSON.stringify(outcomes, undefined, 2) : wordsOf(outcomes, seconds));
        well = !outcomes.some(({ word }) => word === "fix");
      },
    );
  await program.parseAsync(args, { from: "user" });
  return well;
}

/** The lines that `--only` names; else all. @throws for a name that is none. */
function chosen(only: string | undefined): readonly Line[] {
  if (only === undefined) return LINES;
  const wanted = only.split(",").map((each) => each.trim());
  return wanted.map((each) => {
    const line = LINES.find(({ number, name }) => name === each || String(number) === each);
    if (line !== undefined) return line;
    throw new Error(
      `--only ${each}: there is no such line. Nothing was checked. The lines are ${LINES.map(({ name }) => name).join(", ")}.`,
    );
  });
}
