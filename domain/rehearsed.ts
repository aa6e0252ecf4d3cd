import type { RehearsedWith } from "../facts/mastodon/facts.ts";
import {
  knownFactsOf,
  MINORS,
  REHEARSED_MINORS,
  unknownMinorWords,
} from "../facts/mastodon/minors.ts";
import { minorOf } from "../facts/minor-of.ts";
import { IMAGES } from "../config/images.ts";
import { partsOf } from "./images.ts";

/** Combinations of versions that were rehearsed, and the refusal of any other. */

/** Mastodon's release: the tag of its image. */
export const MASTODON_VERSION = partsOf(IMAGES.mastodon).tag;

/** Versions that were rehearsed together. */
export interface Combination extends RehearsedWith {
  /** Minor version: "4.6". */
  readonly mastodon: string;
}

/**
 * Combinations that `npm run rehearse` has passed: a real Postgres 17, a real Valkey 8.1, a real
 * Kubernetes 1.35. Another one may work, but was not tried. Each minor's facts contain its own, and
 * its minimum versions.
 */
export const REHEARSED: readonly Combination[] = MINORS.flatMap(({ minor, rehearsedWith }) =>
  rehearsedWith === undefined ? [] : [{ mastodon: minor, ...rehearsedWith }],
);

/** The combination of a Mastodon release. @throws Error for one that was not rehearsed. */
export function combinationFor(mastodon: string): Combination {
  const found = REHEARSED.find((one) => one.mastodon === minorOf(mastodon));
  if (found === undefined) throw new Error(`${unrehearsedWords(mastodon)}.`);
  return found;
}

/**
 * Reason why a Mastodon release is not deployed, to be read after its source; undefined for a
 * rehearsed one.
 */
export function unrehearsedWords(mastodon: string): string | undefined {
  if (knownFactsOf(mastodon) === undefined) return unknownMinorWords(mastodon);
  const minor = minorOf(mastodon);
  return REHEARSED.some((one) => one.mastodon === minor)
    ? undefined
    : `Mastodon ${minor} was never rehearsed here; ${REHEARSED_MINORS} was. Take a release of that, or say in facts/mastodon/${minor}.ts what it is rehearsed with, and run npm run rehearse before you deploy it`;
}
