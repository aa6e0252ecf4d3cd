import { minorOf } from "../facts/minor-of.ts";
import { MASTODON_VERSION, REHEARSED } from "../domain/rehearsed.ts";

/**
 * Releases of Mastodon that drills use: the last patch of the minor before, the committed one, and
 * the patch after it. All but the first follow from `config/images.ts`, so a version bump moves
 * every drill. Images are fakes here; a release is its name and its migrations.
 */

/** Releases of a drill, in the order in which they are deployed. */
export interface DrilledReleases {
  /** Release of a server before its upgrade. */
  readonly before: string;
  /**
   * The committed release, to which `before` is upgraded: over a minor if there is an earlier one.
   */
  readonly now: string;
  /** A patch release without a migration. */
  readonly after: string;
}

/**
 * Newest public patch of each minor from which an upgrade starts. A minor that is missing here
 * starts from its first patch: the rules of an upgrade look at minors, and images are fakes.
 *
 * 4.6.9: "CRO — catalogue multiversion", release feeds read on 2026-10-08, which link
 * mastodon/mastodon's release page of v4.6.9 next to v4.7.3 and v4.5.19.
 */
const NEWEST_PATCH: Readonly<Record<string, string>> = { "4.6": "v4.6.9" };

/**
 * Returns the releases of a drill.
 * @param now the committed release, "v4.7.6".
 * @param minors the rehearsed ones in their order. The upgrade starts at the one before that of
 * `now`.
 * @throws Error for the first release of the only minor, because nothing precedes it.
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

/** Releases for the drills of this repository. */
export const DRILLED = drilledReleases(
  MASTODON_VERSION,
  REHEARSED.map(({ mastodon }) => mastodon),
);

/** Whether a release has the schema from before the committed one's migrations. */
export function isBeforeMigrations(version: string): boolean {
  return version === DRILLED.before;
}
