import { CommanderError } from "commander";
import { fileURLToPath } from "node:url";
import { runImages, terminalWorld } from "./images/command.ts";

/** `npm run images -- pin [--check]`: see docs/operate.md. Exit status 1 if something is wrong. */

const FILE = fileURLToPath(new URL("../config/images.ts", import.meta.url));

try {
  await runImages(process.argv.slice(2), terminalWorld(FILE));
} catch (error) {
  // Commander has said what is wrong with the command line.
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
