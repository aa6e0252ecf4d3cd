import type { RecoverWorld } from "./world.ts";
import type { StackExport } from "./state.ts";

/** A new state of a stack, and the words around its writing. */
export interface Rewrite {
  readonly stack: string;
  readonly cwd: string;
  /** The export that the new state was made of, as the CLI wrote it. */
  readonly before: string;
  readonly after: StackExport;
  /** The command to type again if something was in the way. */
  readonly again: string;
}

/** Asks once, unless it was said before. @throws Error if there is nobody to ask. */
export async function isMeant(
  yes: boolean,
  question: string,
  world: Pick<RecoverWorld, "say" | "confirm">,
): Promise<boolean> {
  const confirmed = yes || (await world.confirm(`${question} Type yes: `));
  if (confirmed === undefined)
    throw new Error("There is nobody to ask; nothing was changed. If it is meant, add --yes.");
  if (!confirmed) world.say("Nothing was changed.");
  return confirmed;
}

/**
 * Writes a state after one question. @returns whether it was written.
 * @throws Error in a sentence for the operator.
 */
export async function rewriteState(
  { yes, ...change }: Rewrite & { readonly yes: boolean },
  world: Pick<RecoverWorld, "say" | "confirm" | "pulumi">,
): Promise<boolean> {
  if (!(await isMeant(yes, "Write this into the state?", world))) return false;
  await writeState(change, world);
  return true;
}

/**
 * Writes a state, and only over the one that was read: an update that runs meanwhile would lose
 * what it has written. `pulumi stack import` asks for the lock, and checks the state's integrity.
 * @throws Error in a sentence for the operator.
 */
export async function writeState(
  { stack, cwd, before, after, again }: Rewrite,
  world: Pick<RecoverWorld, "pulumi">,
): Promise<void> {
  const pulumi = world.pulumi(cwd);
  // An update that lives may have written since. The import below asks for the lock.
  if ((await pulumi(["stack", "export", "--stack", stack])) !== before)
    throw new Error(
      `The state has changed since it was read: an update is running. The state was not written. Wait for its end, then run \`${again}\` again.`,
    );
  await pulumi(["stack", "import", "--stack", stack], JSON.stringify(after)).catch(
    (error: unknown) => {
      throw new Error(
        `The state was not written. ${error instanceof Error ? error.message : String(error)}\nIf a lock is named: make sure that its process has ended (a deploy's run, another machine), then \`pulumi cancel --stack ${stack}\`, then this command again.`,
      );
    },
  );
}
