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
  /** Databases whose plan changed, which fail over: "Postgres". */
  readonly resized: readonly string[];
  /** Things that hold data, and are another one or gone; tables and keys whose content changed. */
  readonly lost: readonly string[];
  /** Public hosts whose record was replaced, and those that have none any more. */
  readonly renewed: readonly string[];
  readonly unnamed: readonly string[];
  /** Whether the key changed that signs members' sessions. */
  readonly signedOut: boolean;
  /** Times that Rails was booted by a Job: migrations. */
  readonly boots: number;
}

/** One thing that was seen. */
export interface Reason {
  readonly what: string;
  /** Words of which an honest report of it has some. */
  readonly words: RegExp;
}

/** A level, with each reason for it or a lower one, the worst first. */
export interface Truth {
  readonly level: Level;
  readonly because: readonly Reason[];
}

/** Components that answer members' requests. */
const SERVING: readonly string[] = ["web", "streaming", "assets", "cloudflared"];

/** Components whose processes hold members' open connections: sockets go through both. */
const SOCKETS: readonly string[] = ["streaming", "cloudflared"];

/** Queue of periodic jobs: nobody waits for it, and two workers of it would be worse than none. */
const PERIODIC = "scheduler";

/** Words about sockets that end. */
export const RECONNECTS = /reconnect/iu;
/** Words about a database that fails over. */
export const FAILS_OVER = /fails? over|failover/iu;
/** Words about a loss. */
export const LOSES = /\blost\b|\bloses\b|\bempty\b/iu;
/** Words about migrations. Nobody knows from an image's tag whether a patch has any. */
export const MIGRATES = /migrations? (?:may )?run/iu;

/** Nouns of a report for components that have another name in Kubernetes. */
const NOUNS: Readonly<Record<string, string>> = {
  assets: "static files",
  cloudflared: "connector",
};

type Rule = (seen: Seen) => readonly Reason[];

/** Measurement of each level, the worst first. */
const RULES: readonly (readonly [Level, Rule])[] = [
  [5, ({ refused }) => reason(refused, "nothing is deployed", /deploys nothing/iu)],
  [
    4,
    ({ components, orphans, lost, unnamed }) => [
      ...serving(components)
        .filter(([, { leastStanding }]) => leastStanding === 0)
        .map(([name]) => ({ what: `no pod of ${name} stood`, words: wordsOf(name) })),
      ...orphans.map((queue) => ({
        what: `nobody works the queue ${queue}`,
        words: wordsOf(queue),
      })),
      ...lost.map((what) => ({ what: `${what} is lost`, words: LOSES })),
      ...unnamed.map((host) => ({ what: `${host} no longer leads here`, words: wordsOf(host) })),
    ],
  ],
  [
    3,
    ({ components, broken, resized, renewed, signedOut }) => [
      ...serving(components)
        .filter(([, { leastStanding, leastReady }]) => leastStanding > 0 && leastReady === 0)
        .map(([name]) => ({
          what: `no pod of ${name} answered for a moment`,
          words: wordsOf(name),
        })),
      ...broken.map((which) => ({
        what: `connections to Postgres ${which} broke`,
        words: /\bpool\b/iu,
      })),
      ...resized.map((which) => ({ what: `${which} failed over`, words: FAILS_OVER })),
      ...renewed.map((host) => ({
        what: `${host} did not lead here for a moment`,
        words: wordsOf(host),
      })),
      ...reason(signedOut, "every member was signed out", /signs? in again|signed out/iu),
    ],
  ],
  [
    2,
    ({ components, queues, boots }) => [
      ...[...components]
        // Where none stands any more, there is nothing to reconnect to.
        .filter(
          ([name, { ended, leastStanding }]) =>
            SOCKETS.includes(name) && ended > 0 && leastStanding > 0,
        )
        .map(([name, { ended }]) => ({
          what: `${ended} of ${name} ended, with the sockets in them`,
          words: RECONNECTS,
        })),
      ...serving(components).flatMap(([name, { imagesBefore, imagesAfter }]) =>
        newVersionsOf(imagesBefore, imagesAfter).map((version) => ({
          what: `${version} of ${name} serves`,
          words: wordsOf(version),
        })),
      ),
      ...[...queues]
        .filter(([queue, least]) => queue !== PERIODIC && least === 0)
        .map(([queue]) => ({ what: `the queue ${queue} waited`, words: /jobs .*wait/iu })),
      ...reason(boots > 0, "migrations ran", MIGRATES),
    ],
  ],
  [1, ({ steps }) => reason(steps > 0, `${steps} steps`, /./u)],
];

/** The level of what happened: that of the worst rule that applies. */
export function truthOf(seen: Seen): Truth {
  const found = RULES.map(([level, rule]) => ({ level, because: rule(seen) })).filter(
    ({ because }) => because.length > 0,
  );
  return { level: found[0]?.level ?? 0, because: found.flatMap(({ because }) => because) };
}

function reason(is: boolean, what: string, words: RegExp): readonly Reason[] {
  return is ? [{ what, words }] : [];
}

function wordsOf(name: string): RegExp {
  const text = NOUNS[name] ?? name;
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&"), "iu");
}

function serving(
  components: Seen["components"],
): readonly (readonly [name: string, history: ComponentHistory])[] {
  return [...components].filter(([name]) => SERVING.includes(name));
}

/** Tags of Mastodon's images that did not serve before. Other programs' images do not count. */
function newVersionsOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Set(before);
  return after
    .filter((image) => image.includes("/mastodon/") && !known.has(image))
    .map((image) => image.split("@")[0]?.split(":").at(-1) ?? "");
}
