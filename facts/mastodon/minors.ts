import { MASTODON_4_6 } from "./4.6.ts";
import { MASTODON_4_7 } from "./4.7.ts";
import { minorOf } from "../minor-of.ts";
import type { MastodonFacts } from "./facts.ts";

/** Every minor of Mastodon with facts, the oldest first. A new one needs a line and a file. */
export const MINORS = [MASTODON_4_6, MASTODON_4_7] as const;

/** Name of a queue in any of them. */
export type SidekiqQueue = (typeof MINORS)[number]["queues"][number]["name"];

/** Each queue in any of them, once. */
export const EVERY_QUEUE: readonly SidekiqQueue[] = [
  ...new Set(MINORS.flatMap(({ queues }) => queues.map(({ name }) => name))),
];

/**
 * A release that shows the form: of the oldest minor, so that a new one changes no text. It may be
 * deployed as long as that minor is here.
 */
export const EXAMPLE_RELEASE = MINORS[0].readAt.release;

/** The facts of a release, as "v4.6.5"; undefined for one of a minor without a file. */
export function knownFactsOf(release: string): MastodonFacts | undefined {
  return MINORS.find(({ minor }) => minor === minorOf(release));
}

/** The rehearsed minors, which may be deployed: "4.6 or 4.7". */
export const REHEARSED_MINORS: string = MINORS.filter(
  ({ rehearsedWith }: MastodonFacts) => rehearsedWith !== undefined,
)
  .map(({ minor }) => minor)
  .join(" or ");

/**
 * Reason why a release without facts can't be deployed. To be read after its source:
 * `config/images.ts`, or the key `fork.release` for a fork.
 */
export function unknownMinorWords(release: string): string {
  const minor = minorOf(release);
  return `Mastodon ${release} is of ${minor}, and there is no facts/mastodon/${minor}.ts: its queues, variables and paths would be guessed. Take a release of ${REHEARSED_MINORS}, or write that file`;
}

/**
 * The facts of the deployed release, as "v4.6.5".
 * @param saidBy source of the release: "config/images.ts", or the key of a fork's.
 * @throws Error with a message for a release of a minor without a file.
 */
export function factsOf(release: string, saidBy: string = "config/images.ts"): MastodonFacts {
  const facts = knownFactsOf(release);
  if (facts === undefined) throw new Error(`${saidBy}: ${unknownMinorWords(release)}.`);
  return facts;
}
