import { endingInASentence } from "../command-line.ts";
import { runDoctor } from "./command.ts";
import { terminalWorld } from "./terminal.ts";

/** `npm run doctor`: see docs/doctor.md. Exit status 1 if something is to fix. */

await endingInASentence(async () => {
  if (!(await runDoctor(process.argv.slice(2), terminalWorld()))) process.exitCode = 1;
});
// A line that was given up may still wait for its answer.
process.exit();
