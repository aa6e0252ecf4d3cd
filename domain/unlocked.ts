import type { Unlocked } from "../config/keys/unlocked.ts";
import type { StackConfig } from "../config/schema.ts";

/**
 * Unlocks: permissions of one update to delete or replace one resource. An entry of the stack file
 * has the resource's id, which the rules over the engine's steps compare (`policy/steps`). The
 * program can't see an id, so it takes the protection away by name, for the first complete update
 * that has the entry. The next one protects again, also where the entry was left in the file.
 */

/** Entries that an update had, by logical name, with the time of each, in the output `running`. */
export type HadUnlocked = Readonly<Record<string, string>>;

/** Logical names that this update does not protect. */
export function openedBy(
  running: { readonly unlocked?: HadUnlocked } | undefined,
  { unlocked }: Pick<StackConfig, "unlocked">,
): readonly string[] {
  return Object.entries(unlocked)
    .filter(([name, { at }]) => running?.unlocked?.[name] !== at)
    .map(([name]) => name);
}

/** The record for the next update; empty without entries. */
export function recordOf({ unlocked }: Pick<StackConfig, "unlocked">): {
  readonly unlocked?: HadUnlocked;
} {
  const entries = Object.entries(unlocked).map(([name, { at }]) => [name, at] as const);
  return entries.length === 0 ? {} : { unlocked: Object.fromEntries(entries) };
}

/** The reasons of this update's unlocks, as one line for its message; undefined if it has none. */
export function reasonsOf(
  opened: readonly string[],
  { unlocked }: { readonly unlocked: Unlocked },
): string | undefined {
  return opened.length === 0
    ? undefined
    : `unlocked: ${opened.map((name) => `${name} (${unlocked[name]?.because ?? ""})`).join(", ")}`;
}
