import { createInterface } from "node:readline/promises";
import { endingInASentence } from "./command-line.ts";
import { runSecrets, terminalWorld } from "./secrets/command.ts";

/** `npm run secrets -- init|check|rotate KEY|escrow|passphrase`: see docs/secrets.md. Exit status 1 if something is wrong. */

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

await endingInASentence(async () => {
  if (!(await runSecrets(process.argv.slice(2), terminalWorld(confirm)))) process.exitCode = 1;
});
