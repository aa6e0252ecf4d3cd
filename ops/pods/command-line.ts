import { reasonOf } from "./cluster.ts";
import type { Ending } from "./ending.ts";
import type { Keyboard } from "./exec-command.ts";

/**
 * A command's life in a shell: signals end it cleanly, what goes wrong is a sentence, the exit
 * status is the program's.
 */
export async function fromShell(run: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const aborting = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    // The second time a person means it; the cluster then cleans up by itself.
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

/** Says what is to be said of an ending, and answers its exit status. */
export function told({ status, says }: Ending): number {
  if (says !== undefined) console.error(says);
  return status;
}

/**
 * Lends the terminal to a program elsewhere: from `attach` on each key goes there as it is, Ctrl-C
 * too; before, Ctrl-C still ends the waiting.
 * @throws Error where there is no terminal.
 */
export async function withKeyboard<T>(use: (keyboard: Keyboard) => Promise<T>): Promise<T> {
  const { stdin } = process;
  if (!stdin.isTTY) throw new Error("This needs a terminal: run it in one, without a pipe.");
  try {
    return await use({ stream: stdin, attach: () => stdin.setRawMode(true) });
  } finally {
    stdin.setRawMode(false);
    // One that is still read keeps the process alive.
    stdin.pause();
  }
}
