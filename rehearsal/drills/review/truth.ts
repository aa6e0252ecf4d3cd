import type { ComponentHistory } from "./pod-history.ts";

/**
 * Judges what an update did to members, from measurements alone: it knows neither the preview nor
 * the report. The levels are those of the pull request's comment.
 */

/** Level of a verdict: 0 nothing changes, 5 refused. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5;

/** Measurements of one update, or of a merge that deploys nothing. */
export interface Seen {
  /** Whether the update was refused, or the preview failed, before any step. */
  readonly refused: boolean;
  /** Number of steps that changed something. */
  readonly steps: number;
  /** By component. */
  readonly components: ReadonlyMap<string, ComponentHistory>;
  /** The fewest workers at any moment, by queue. */
  readonly queues: ReadonlyMap<string, number>;
  /** Queues that nobody works after the update. */
  readonly orphans: readonly string[];
  /** Open connections to Postgres that broke: "through the pool", "direct". */
  readonly broken: readonly string[];
  /** Databases whose plan changed, which fail over: "postgres-cluster". */
  readonly resized: readonly string[];
  /** Things that hold data, and are another one or gone; tables and keys whose content changed. */
  readonly lost: readonly string[];
  /** Public hosts whose record was made anew, and those that have none any more. */
  readonly renewed: readonly string[];
  readonly unnamed: readonly string[];
  /** Whether the key changed that signs members' sessions. */
  readonly signedOut: boolean;
  /** Times that Rails was booted by a Job: migrations. */
  readonly boots: number;
}

/** A level, with each reason for it or a lower one. */
export interface Truth {
  readonly level: Level;
  readonly because: readonly string[];
}

/** Components that answer members' requests. */
const SERVING: readonly string[] = ["web", "streaming", "assets", "cloudflared"];

/** Components whose processes hold members' open connections: sockets go through both. */
const SOCKETS: readonly string[] = ["streaming", "cloudflared"];

/** Queue of periodic jobs: nobody waits for it, and two workers of it would be worse than none. */
const PERIODIC = "scheduler";

type Rule = (seen: Seen) => readonly string[];

/** Measurement of each level, the worst first. */
const RULES: readonly (readonly [Level, Rule])[] = [
  [5, ({ refused }) => (refused ? ["nothing is deployed"] : [])],
  [
    4,
    ({ components, orphans, lost, unnamed }) => [
      ...serving(components)
        .filter(([, { leastStanding }]) => leastStanding === 0)
        .map(([name]) => `no pod of ${name} stood`),
      ...orphans.map((queue) => `nobody works the queue ${queue}`),
      ...lost.map((what) => `${what} is lost`),
      ...unnamed.map((host) => `${host} no longer leads here`),
    ],
  ],
  [
    3,
    ({ components, broken, resized, renewed, signedOut }) => [
      ...serving(components)
        .filter(([, { leastStanding, leastReady }]) => leastStanding > 0 && leastReady === 0)
        .map(([name]) => `no pod of ${name} answered for a moment`),
      ...broken.map((which) => `connections to Postgres ${which} broke`),
      ...resized.map((which) => `${which} failed over`),
      ...renewed.map((host) => `${host} did not lead here for a moment`),
      ...(signedOut ? ["every member was signed out"] : []),
    ],
  ],
  [
    2,
    ({ components, queues, boots }) => [
      ...[...components]
        .filter(([name, { ended }]) => SOCKETS.includes(name) && ended > 0)
        .map(([name, { ended }]) => `${ended} of ${name} ended, with the sockets in them`),
      ...serving(components)
        .filter(([, { imagesBefore, imagesAfter }]) => isAnotherMastodon(imagesBefore, imagesAfter))
        .map(([name]) => `another version of ${name} serves`),
      ...[...queues]
        .filter(([queue, least]) => queue !== PERIODIC && least === 0)
        .map(([queue]) => `the queue ${queue} waited`),
      ...(boots > 0 ? ["migrations ran"] : []),
    ],
  ],
  [1, ({ steps }) => (steps > 0 ? [`${steps} steps`] : [])],
];

/** The level of what happened: that of the worst rule that applies. */
export function truthOf(seen: Seen): Truth {
  const found = RULES.map(([level, rule]) => ({ level, because: rule(seen) })).filter(
    ({ because }) => because.length > 0,
  );
  return { level: found[0]?.level ?? 0, because: found.flatMap(({ because }) => because) };
}

function serving(
  components: Seen["components"],
): readonly (readonly [name: string, history: ComponentHistory])[] {
  return [...components].filter(([name]) => SERVING.includes(name));
}

/** Whether one of Mastodon's images has another tag. An image of another program does not count. */
function isAnotherMastodon(before: readonly string[], after: readonly string[]): boolean {
  const ofMastodon = (images: readonly string[]): readonly string[] =>
    images.filter((image) => image.includes("/mastodon/"));
  return ofMastodon(after).join() !== ofMastodon(before).join();
}
