import type { RecoverWorld } from "./command.ts";
import type { StackExport } from "./state.ts";

/** A new state of a stack, and the words around its writing. */
export interface Rewrite {
  readonly stack: string;
  readonly cwd: string;
  /** Whether the operator has said yes already. */
  readonly yes: boolean;
  /** The export that the new state was made of, as the CLI wrote it. */
  readonly before: string;
  readonly after: StackExport;
  /** The command to type again if something was in the way. */
  readonly again: string;
}

/**
 * Writes a state after one question, and only over the one that was read: an update that runs
 * meanwhile would lose what it has written. `pulumi stack import` asks for the lock, and checks the
 * state's integrity.
 * @returns whether it was written.
 * @throws Error in a sentence for the operator.
 */
export async function rewriteState(
  { stack, cwd, yes, before, after, again }: Rewrite,
  world: Pick<RecoverWorld, "say" | "confirm" | "pulumi">,
): Promise<boolean> {
  const pulumi = world.pulumi(cwd);
  const confirmed = yes || (await world.confirm("Write this into the state? Type yes: "));
  if (confirmed === undefined)
    throw new Error("There is nobody to ask; nothing was changed. If it is meant, add --yes.");
  if (!confirmed) {
    world.say("Nothing was changed.");
    return false;
  }
  // An update that lives may have written since. The import below asks for the lock.
  if ((await pulumi(["stack", "export", "--stack", stack])) !== before)
    throw new Error(
      `The state has changed since it was read: an update is running. Nothing was changed. Wait for its end, then run \`${again}\` again.`,
    );
  await pulumi(["stack", "import", "--stack", stack], JSON.stringify(after)).catch(
    (error: unknown) => {
      throw new Error(
        `The state was not written; nothing was changed. ${error instanceof Error ? error.message : String(error)}\nIf a lock is named: make sure that its process has ended (a deploy's run, another machine), then \`pulumi cancel --stack ${stack}\`, then this command again.`,
      );
    },
  );
  return true;
}
