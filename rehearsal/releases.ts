import { minorOf } from "../facts/minor-of.ts";
import { MASTODON_VERSION, REHEARSED } from "../domain/rehearsed.ts";

/**
 * The releases of Mastodon that drills go through: the last patch of the minor before, the committed
 * one, and the patch after it. All but the first follow from `config/images.ts`: a bump moves every
 * drill. Images are stand-ins here; a release is its name, and which migrations it brings. Pure.
 */

/** The releases of a drill, in the order in which they are deployed. */
export interface DrilledReleases {
  /** A server that is to be upgraded runs it. */
  readonly before: string;
  /** The committed one: what `before` is upgraded to, over a minor where there is one before. */
  readonly now: string;
  /** A patch that brings no migration. */
  readonly after: string;
}

/**
 * The newest patch seen in public, of each minor that an upgrade starts from. One that is missing
 * here starts from its first: the rules of an upgrade look at minors, and images are stand-ins.
 * 4.6.9: "CRO — catalogue multiversion", release feeds read on 2026-10-08, which link
 * mastodon/mastodon's release page of v4.6.9 beside v4.7.3 and v4.5.19.
 */
const NEWEST_PATCH: Readonly<Record<string, string>> = { "4.6": "v4.6.9" };

/**
 * The releases of a drill.
 * @param now the committed release, "v4.7.6".
 * @param minors the rehearsed ones in their order; the one before that of `now` is where the upgrade starts.
 * @throws Error for the first release of the only minor: there is nothing to upgrade from.
 */
export function drilledReleases(now: string, minors: readonly string[]): DrilledReleases {
  const minor = minorOf(now);
  const patch = Number(/^v\d+\.\d+\.(\d+)/u.exec(now)?.[1]);
  const previous = minors[minors.indexOf(minor) - 1] ?? minor;
  const before = NEWEST_PATCH[previous] ?? `v${previous}.0`;
  if (before === now)
    throw new Error(
      `${now} is the first release of the only minor in REHEARSED (domain/rehearsed.ts), so a drill has nothing to upgrade from. Leave the minor before it there, too.`,
    );
  return { before, now, after: `v${minor}.${patch + 1}` };
}

/** Releases that the drills of this tree go through. */
export const DRILLED = drilledReleases(
  MASTODON_VERSION,
  REHEARSED.map(({ mastodon }) => mastodon),
);

/** Whether a release has the schema from before the committed one's migrations. */
export function isBeforeMigrations(version: string): boolean {
  return version === DRILLED.before;
}
