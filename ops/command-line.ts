import { createInterface } from "node:readline/promises";
import { CommanderError, type Command } from "commander";

/** Errors that a mistake of ours raises, not an operator's: their place in the program is what one needs to report them. */
const OURS = [TypeError, ReferenceError, SyntaxError, RangeError];

/**
 * Runs a command as a shell wants it. What an operator did wrong is one sentence on standard error, without a stack trace, and exit
 * status 1: every command of this project ends here.
 */
export async function fromCommandLine(
  command: Command,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  await endingInASentence(async () => {
    await command.exitOverride().parseAsync(args, { from: "user" });
  });
}

/** The same for whatever runs. */
export async function endingInASentence(run: () => Promise<void>): Promise<void> {
  // Whoever reads has seen enough: `npm run render | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    await run();
  } catch (error) {
    // Commander has said what is wrong with the command line.
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      console.error(sentenceOf(error));
      process.exitCode = 1;
    }
  }
}

/** An error as an operator reads it. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return OURS.some((kind) => error instanceof kind)
    ? (error.stack ?? error.message)
    : error.message;
}

/** Asks at the terminal whether the answer is `yes`; undefined where there is none. */
export async function confirmAtTerminal(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim() === "yes";
  } finally {
    terminal.close();
  }
}
