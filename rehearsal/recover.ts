import { confirmAtTerminal, endingInASentence } from "../ops/command-line.ts";
import { runRecover, terminalWorld } from "../ops/recover/command.ts";
import { OWN_PROGRAM } from "./own-program.ts";

/**
 * `npm run recover`: see docs/operate.md, "An update was cut off". Exit status 1 if work is left.
 */

await endingInASentence(async () => {
  const world = { ...terminalWorld(confirmAtTerminal), program: OWN_PROGRAM };
  if (!(await runRecover(process.argv.slice(2), world))) process.exitCode = 1;
});
// A cloud that does not answer keeps its connection open.
process.exit();
