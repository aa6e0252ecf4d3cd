import { reasonOf } from "./cluster.ts";
import type { Ending } from "./ending.ts";
import type { Keyboard } from "./exec-command.ts";

/**
 * Runs a command for a shell. Signals end it cleanly, an error becomes a sentence, and the exit
 * status is the program's.
 */
export async function fromShell(run: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const aborting = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    // The second signal ends the command at once. The cluster then cleans up on its own.
    if (aborting.signal.aborted) process.exit(130);
    console.error(`\n${name}: the pod is deleted, one moment.`);
    aborting.abort(new Error("It was stopped. Its pod is gone."));
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, stop);
  try {
    process.exitCode = await run(aborting.signal);
  } catch (error) {
    console.error(reasonOf(error));
    process.exitCode = aborting.signal.aborted ? 130 : 1;
  } finally {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, stop);
  }
}

/** Prints the message of an ending, and returns its exit status. */
export function told({ status, says }: Ending): number {
  if (says !== undefined) console.error(says);
  return status;
}

/**
 * Connects the terminal to a remote program. After `attach` each key goes there unchanged,
 * including Ctrl-C. Before that, Ctrl-C ends the wait.
 * @throws Error if there is no terminal.
 */
export async function withKeyboard<T>(use: (keyboard: Keyboard) => Promise<T>): Promise<T> {
  const { stdin } = process;
  if (!stdin.isTTY) throw new Error("This needs a terminal: run it in one, without a pipe.");
  try {
    return await use({ stream: stdin, attach: () => stdin.setRawMode(true) });
  } finally {
    stdin.setRawMode(false);
    // An open standard input keeps the process alive.
    stdin.pause();
  }
}
