import { PROFILE_NAMES } from "./keys/profile.ts";
import { PROFILES } from "./profiles.ts";

/**
 * Adds defaults to an operator's configuration before the schema validates it. The input may be
 * anything, because an operator may write anything.
 */

type Keys = Readonly<Record<string, unknown>>;

/**
 * Streaming's pool per process when `DB_POOL` is unset (mastodon/mastodon `streaming/database.js`).
 */
export const STREAMING_CONNECTIONS = 10;

/** Hours between two dumps of a database that is small enough: a dump takes a minute or two. */
const FREQUENT_HOURS = 6;

/**
 * Adds the profile's sizes for unset keys, key by key; a list is not merged. An unknown profile is
 * treated as `medium`, so that it is the only reported fault, and not each size that it would have
 * set.
 */
export function withDefaults(raw: Keys): Keys {
  const name = raw["profile"];
  const profile = PROFILE_NAMES.find((each) => each === name) ?? "medium";
  const sized = name === undefined ? raw : merged(raw, PROFILES[profile].sizes);
  const { web, streaming, sidekiq, backup } = sized;
  return {
    ...sized,
    ...(isKeys(backup) && (name === "solo" || name === "small")
      ? { backup: { everyHours: FREQUENT_HOURS, ...backup } }
      : {}),
    ...(isKeys(web) ? { web: withCeiling(web) } : {}),
    ...(isKeys(streaming)
      ? { streaming: { connections: STREAMING_CONNECTIONS, ...streaming } }
      : {}),
    ...(Array.isArray(sidekiq)
      ? { sidekiq: sidekiq.map((group: unknown) => (isKeys(group) ? withCeiling(group) : group)) }
      : {}),
  };
}

/** Keys that a profile sets: with a profile, the stack file may omit them. */
export function profileGives(path: readonly PropertyKey[]): boolean {
  return (
    path.reduce<unknown>(
      (at, step) => (isKeys(at) && Object.hasOwn(at, step) ? at[String(step)] : undefined),
      PROFILES.medium.sizes,
    ) !== undefined
  );
}

/** The number of pods that always run, and the maximum. */
const CEILINGS = [
  ["replicas", "maxReplicas"],
  ["nodes", "maxNodes"],
] as const;

function merged(own: Keys, given: object): Keys {
  const filled = Object.entries(given as Keys).map(([key, value]): [string, unknown] => {
    const mine = own[key];
    if (mine === undefined) return [key, value];
    return [key, isKeys(mine) && isKeys(value) ? merged(mine, value) : mine];
  });
  const result: Record<string, unknown> = { ...own, ...Object.fromEntries(filled) };
  // If the operator sets more replicas than the profile's maximum, the maximum rises with it. A
  // node pool that is already at its maximum does not autoscale.
  for (const [always, most] of CEILINGS) {
    const [floor, ceiling] = [result[always], result[most]];
    if (own[most] !== undefined || typeof floor !== "number" || typeof ceiling !== "number")
      continue;
    if (floor >= ceiling && most === "maxNodes") delete result[most];
    else if (floor > ceiling) result[most] = floor;
  }
  return result;
}

/** `maxReplicas` defaults to `replicas`. */
function withCeiling(keys: Keys): Keys {
  return keys["maxReplicas"] === undefined && keys["replicas"] !== undefined
    ? { ...keys, maxReplicas: keys["replicas"] }
    : keys;
}

function isKeys(value: unknown): value is Keys {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
