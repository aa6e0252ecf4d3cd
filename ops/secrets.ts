import { createInterface } from "node:readline/promises";
import { CommanderError } from "commander";
import { runSecrets, terminalWorld } from "./secrets/command.ts";

/** `npm run secrets -- init|check|rotate KEY|escrow`: see docs/secrets.md. Exit status 1 if something is wrong. */

/** Asks at the terminal; undefined where there is none. */
async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim() === "yes";
  } finally {
    terminal.close();
  }
}

try {
  if (!(await runSecrets(process.argv.slice(2), terminalWorld(confirm)))) process.exitCode = 1;
} catch (error) {
  // Commander has said what is wrong with the command line.
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
