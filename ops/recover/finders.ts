import type { CloudName } from "./clouds.ts";
import { cloudflareFinders } from "./cloudflare-finders.ts";
import { digitaloceanFinders } from "./digitalocean-finders.ts";
import type { Finder, Lookup } from "./finder.ts";

/** Ways to find what a create that was cut off made, by the inputs that the state recorded. */

/** One row per type of the stack in the two clouds. Keyed by Pulumi's type token. */
export const FINDERS: Readonly<Record<string, Finder>> = {
  ...digitaloceanFinders,
  ...cloudflareFinders,
};

/** The row of a type that is looked up; undefined for one that is written again, or has none. */
export function lookupOf(type: string): Lookup | undefined {
  const finder = FINDERS[type];
  return finder?.kind === "find" ? finder : undefined;
}

/** The cloud of a type that has a row. */
export function cloudOf(type: string): CloudName {
  return type.startsWith("cloudflare:") ? "cloudflare" : "digitalocean";
}
