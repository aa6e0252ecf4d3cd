import { profileGives } from "../../config/defaults.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import type { StackConfig } from "../../config/schema.ts";
import { cured, type Cure } from "../fault.ts";

type Keys = Readonly<Record<string, unknown>>;

/** A larger profile that fixes what no single setting fixes. */
export interface ProfileCure {
  readonly cure: Cure;
  readonly config: StackConfig;
}

/**
 * The smallest larger profile with which the stack fits, and the operator's own sizes to remove:
 * none, one, or all.
 * @param suits whether a configuration fits its resources, and is not smaller than the intended
 * one.
 */
export function profileCure(
  {
    written,
    accept,
  }: {
    readonly written: Keys;
    readonly accept: (written: Keys) => StackConfig | undefined;
  },
  suits: (config: StackConfig) => boolean,
): ProfileCure | undefined {
  const own = sizesIn(written, []);
  const removals = [[], ...own.map((key) => [key]), shortened(written, own)];
  const larger = PROFILE_NAMES.slice(
    PROFILE_NAMES.findIndex((name) => name === written["profile"]) + 1,
  );
  for (const profile of larger)
    for (const remove of removals) {
      const cure = { set: { profile }, remove };
      const config = accept(cured(written, cure));
      if (config !== undefined && suits(config)) return { cure, config };
    }
  return undefined;
}

/** Keys of a stack file that a profile would set. */
function sizesIn(written: unknown, path: readonly string[]): readonly string[] {
  if (typeof written !== "object" || written === null || Array.isArray(written))
    return path.length > 0 && profileGives(path) ? [path.join(".")] : [];
  return Object.entries(written).flatMap(([key, inner]) => sizesIn(inner, [...path, key]));
}

/** Replaces keys by their parent if all of its keys are removed. */
function shortened(written: Keys, own: readonly string[]): readonly string[] {
  return Object.keys(written).flatMap((key) => {
    const below = own.filter((each) => each === key || each.startsWith(`${key}.`));
    return below.length > 0 && below.length === leavesOf(written[key]) ? [key] : below;
  });
}

function leavesOf(value: unknown): number {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + leavesOf(inner), 0);
}
