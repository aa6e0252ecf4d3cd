import { minorOf } from "../facts/minor-of.ts";
import { IMAGES, partsOf } from "./images.ts";

/** What runs, exactly, and with what it was rehearsed. The images are in `images.ts`. */

/** Mastodon's release: the tag of its image. */
export const MASTODON_VERSION = partsOf(IMAGES.mastodon).tag;

/** Postgres' major version at DigitalOcean: the default of new clusters, supported until 2029-11. */
export const POSTGRES_VERSION = "17";

/** Valkey's major version at DigitalOcean: the only one offered. */
export const VALKEY_VERSION = "8";

/** Which versions were rehearsed together. */
export interface Combination {
  /** Minor version: "4.6". */
  readonly mastodon: string;
  readonly postgres: readonly string[];
  readonly valkey: readonly string[];
  /** Minor versions. */
  readonly kubernetes: readonly string[];
}

/**
 * The combinations that `npm run rehearse` has gone through: a real Postgres 17, a real Redis in Valkey's place, a real Kubernetes 1.35.
 * Another one may work; nobody has seen it. Mastodon 4.6 asks for Postgres 14 and Redis 7.0 at least (its `CHANGELOG.md`).
 */
export const REHEARSED: readonly Combination[] = [
  { mastodon: "4.6", postgres: ["17"], valkey: ["8"], kubernetes: ["1.35"] },
];

/** Whether a Mastodon release is in one of them. */
export function isRehearsed(mastodon: string): boolean {
  return REHEARSED.some((one) => one.mastodon === minorOf(mastodon));
}

/** The combination of a Mastodon release. @throws Error for one that was never rehearsed. */
export function combinationFor(mastodon: string): Combination {
  const minor = minorOf(mastodon);
  const found = REHEARSED.find((one) => one.mastodon === minor);
  if (found === undefined)
    throw new Error(
      `Mastodon ${mastodon} was never rehearsed here; ${REHEARSED.map((one) => one.mastodon).join(", ")} were. Rehearse it, then add its line to REHEARSED in config/versions.ts.`,
    );
  return found;
}
