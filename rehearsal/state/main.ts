import { confirmAtTerminal, endingInASentence } from "../../ops/command-line.ts";
import { terminalWorld } from "../../ops/recover/command.ts";
import { runState } from "../../ops/state/command.ts";
import { placeWorld } from "../../ops/state/place.ts";
import { OWN_PROGRAM } from "../own-program.ts";

/** `npm run state`: see docs/operate.md, "The state is lost". Exit status 1 if work is left. */

await endingInASentence(async () => {
  const world = {
    ...terminalWorld(confirmAtTerminal),
    ...placeWorld(process.env),
    ...OWN_PROGRAM,
  };
  if (!(await runState(process.argv.slice(2), world))) process.exitCode = 1;
});
// A cloud that does not answer keeps its connection open.
process.exit();
