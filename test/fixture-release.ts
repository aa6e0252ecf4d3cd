import { MASTODON_VERSION, REHEARSED } from "../domain/rehearsed.ts";
import { minorOf } from "../facts/minor-of.ts";

/**
 * Releases of Mastodon for tests, derived from the pinned one, so that a bump of `config/images.ts`
 * changes no test. The last numbers are far from any real patch.
 */

const [major, minor] = minorOf(MASTODON_VERSION).split(".").map(Number);

/** Release of a fixture's server: of the pinned minor, but not the pinned one. */
export const FIXTURE_RELEASE = `v${major}.${minor}.940`;

/** The release before it, in the same minor. */
export const EARLIER_RELEASE = `v${major}.${minor}.939`;

/** A release of a minor that was not rehearsed. */
export const UNREHEARSED_RELEASE = `v${major}.${
  Math.max(...REHEARSED.map(({ mastodon }) => Number(mastodon.split(".")[1]))) + 1
}.0`;
