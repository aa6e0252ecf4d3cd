import { endingInASentence } from "../command-line.ts";
import { runStatus } from "./command.ts";
import { statusWorld } from "./terminal.ts";

/** `npm run status`: see docs/commands.md. */

await endingInASentence(() => runStatus(process.argv.slice(2), statusWorld));
// A part that was given up may still wait for its answer.
process.exit();
