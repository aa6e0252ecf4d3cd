import { MASTODON_4_6 } from "./4.6.ts";
import { MASTODON_4_7 } from "./4.7.ts";
import { minorOf } from "../minor-of.ts";
import type { MastodonFacts } from "./facts.ts";

/** Every minor of Mastodon that there are facts of, the oldest first. A new one is a line and a file. */
export const MINORS = [MASTODON_4_6, MASTODON_4_7] as const;

/** The facts of a release, as "v4.6.5"; undefined for one of a minor without a file. */
export function knownFactsOf(release: string): MastodonFacts | undefined {
  return MINORS.find(({ minor }) => minor === minorOf(release));
}

/** Says which releases it could be instead: "4.6 or 4.7". */
export const KNOWN_MINORS: string = MINORS.map(({ minor }) => minor).join(" or ");

/**
 * Why a release can't be deployed of which nobody wrote down the facts. To be read after what asked
 * for it: `config/images.ts`, or the key `fork.release` where there is a fork.
 */
export function unknownMinorWords(release: string): string {
  const minor = minorOf(release);
  return `Mastodon ${release} is of ${minor}, and there is no facts/mastodon/${minor}.ts: its queues, variables and paths would be guessed. Take a release of ${KNOWN_MINORS}, or write that file`;
}

/**
 * The facts of the release that is deployed, as "v4.6.5".
 * @param asker what says the release: "config/images.ts", or "mastodon:fork.release" of a fork.
 * @throws Error, one sentence, for a release of a minor without a file.
 */
export function factsOf(release: string, asker: string = "config/images.ts"): MastodonFacts {
  const facts = knownFactsOf(release);
  if (facts === undefined) throw new Error(`${asker}: ${unknownMinorWords(release)}.`);
  return facts;
}
