import { MASTODON_VERSION, REHEARSED } from "../domain/rehearsed.ts";
import { minorOf } from "../facts/minor-of.ts";

/**
 * The releases of Mastodon that tests need beside the pinned one, derived from it: a bump of
 * `config/images.ts` changes no test. The last two numbers are far from any real patch.
 */

const [major, minor] = minorOf(MASTODON_VERSION).split(".").map(Number);

/** A release of the pinned minor that is not the pinned one: what a fixture's server runs. */
export const FIXTURE_RELEASE = `v${major}.${minor}.940`;

/** The one before it, in the same minor. */
export const EARLIER_RELEASE = `v${major}.${minor}.939`;

/** A release of a minor that nobody rehearsed. */
export const UNREHEARSED_RELEASE = `v${major}.${
  Math.max(...REHEARSED.map(({ mastodon }) => Number(mastodon.split(".")[1]))) + 1
}.0`;
