import { basename, join } from "node:path";
import { changeStackFile } from "../restore/stack-file.ts";
import type { StackPlace } from "./world.ts";

const KEY = ["config", "mastodon:stopped"] as const;

/** Path of a stack's file. */
export function stackFileOf({ stack, cwd }: StackPlace): string {
  return join(cwd, `Pulumi.${basename(stack)}.yaml`);
}

/**
 * Stops or starts Sidekiq in the stack file. Jobs of another time, scheduled deletions too, must
 * not run before somebody has looked at the data.
 */
export async function stopSidekiq(place: StackPlace, isStopped: boolean): Promise<void> {
  await changeStackFile(stackFileOf(place), (document) => {
    const { config } = document.toJS() as { readonly config?: Record<string, unknown> };
    const before = (config?.[KEY[1]] ?? []) as readonly string[];
    const others = before.filter((each) => each !== "sidekiq");
    const after = isStopped ? [...others, "sidekiq"] : others;
    if (after.length === 0) document.deleteIn(KEY);
    else document.setIn(KEY, document.createNode(after));
  });
}
