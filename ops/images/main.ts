import { fileURLToPath } from "node:url";
import { endingInASentence } from "../command-line.ts";
import { runImages, terminalWorld } from "./command.ts";

/** `npm run images -- pin [--check]`: see docs/operate.md. Exit status 1 if something is wrong. */

const FILE = fileURLToPath(new URL("../../config/images.ts", import.meta.url));

await endingInASentence(() => runImages(process.argv.slice(2), terminalWorld(FILE)));
