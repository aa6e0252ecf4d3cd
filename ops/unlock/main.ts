import { endingInASentence } from "../command-line.ts";
import { runUnlock, terminalWorld } from "./command.ts";

/** `npm run unlock -- NAME… --because TEXT`: see docs/policies.md. */

await endingInASentence(() => runUnlock(process.argv.slice(2), terminalWorld()));
