import { createInterface } from "node:readline/promises";
import { CommanderError, type Command } from "commander";

/**
 * Errors that mean a bug in this program, not a mistake of the operator. A bug report needs their
 * stack trace.
 */
const OURS = [TypeError, ReferenceError, SyntaxError, RangeError];

/**
 * Runs a command for a shell. An operator's mistake becomes one sentence on standard error, without
 * a stack trace, and exit status 1. Every command of this project uses it.
 */
export async function fromCommandLine(
  command: Command,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  await endingInASentence(async () => {
    await command.exitOverride().parseAsync(args, { from: "user" });
  });
}

/** The same for any function. */
export async function endingInASentence(run: () => Promise<void>): Promise<void> {
  // The reader has closed the pipe: `npm run render | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    await run();
  } catch (error) {
    // Commander has already printed the fault in the command line.
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      console.error(sentenceOf(error));
      process.exitCode = 1;
    }
  }
}

/** Returns the text of an error for an operator. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return OURS.some((kind) => error instanceof kind)
    ? (error.stack ?? error.message)
    : error.message;
}

/** Asks at the terminal for a line. Returns undefined if there is no terminal. */
export async function askAtTerminal(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/** Asks at the terminal whether the answer is `yes`. Returns undefined if there is no terminal. */
export async function confirmAtTerminal(question: string): Promise<boolean | undefined> {
  const answer = await askAtTerminal(question);
  return answer === undefined ? undefined : answer === "yes";
}
