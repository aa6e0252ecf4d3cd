import fc from "fast-check";
import { RECORD } from "../clouds/cloudflare/dns.ts";
import { scalePools } from "../clouds/mishaps.ts";
import type { World } from "../clouds/world.ts";
import { nameOf } from "../engine/operation.ts";
import type { Document } from "yaml";
import type { Call } from "./calls.ts";

/**
 * The words of a random walk. A step has words for changes of the stack file and mishaps in
 * the clouds. It has at most one fault, at a call of the update that follows. Written as
 * `hour-5+record-gone+kill-after-0,cache-on`, a walk fits on a command line.
 */
export type Step = readonly string[];

/** Key of the stack file, and its next value; null takes it out. */
type Change = readonly [key: string, value: unknown];

/** Changes of the stack file, by their word. */
export const CHANGES: Readonly<Record<string, Change>> = {
  "latency-2500": ["mastodon:alerts.latencyMilliseconds", 2_500],
  "latency-4000": ["mastodon:alerts.latencyMilliseconds", 4_000],
  "hour-2": ["mastodon:upkeep.hour", 2],
  "hour-5": ["mastodon:upkeep.hour", 5],
  "cache-on": ["mastodon:valkey.cache", { size: "db-s-1vcpu-1gb" }],
  "cache-off": ["mastodon:valkey.cache", null],
  "replica-on": ["mastodon:postgres.readReplica", { size: "db-s-4vcpu-8gb" }],
  "replica-off": ["mastodon:postgres.readReplica", null],
  "dns-mail-on": ["mastodon:dns.mail", { spfIncludes: ["spf.example.net"] }],
  "dns-mail-off": ["mastodon:dns.mail", null],
  "project-staging": ["mastodon:project.environment", "Staging"],
  "project-production": ["mastodon:project.environment", "Production"],
  "metrics-on": ["mastodon:metrics", { namespace: "monitoring" }],
  "metrics-off": ["mastodon:metrics", null],
  "fetch-authorized": ["mastodon:federation", { authorizedFetch: true }],
  "fetch-open": ["mastodon:federation", null],
  "block-on": ["mastodon:cloudflare.blockedAddresses", ["192.0.2.0/24"]],
  "block-off": ["mastodon:cloudflare.blockedAddresses", null],
  "abort-3": ["mastodon:media.abortUploadsAfterDays", 3],
  "abort-5": ["mastodon:media.abortUploadsAfterDays", 5],
  "web-small": ["mastodon:web.threads", 5],
  "web-large": ["mastodon:web.threads", 8],
};

const MISHAPS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  "record-gone": async (world) => {
    const [record] = world.find(RECORD);
    if (record !== undefined) world.remove(record);
  },
  "pool-grows": async (world) => void (await scalePools(world, "ceiling")),
  "pool-shrinks": async (world) => void (await scalePools(world, "rest")),
};

/** A kill or an error at one call that changes something. */
export interface Fault {
  readonly does: "kill" | "error";
  readonly when: Call["when"];
  /** Number of the call, or `create:media-r2-bucket`. */
  readonly at: number | string;
}

/** A step, read. */
export interface Reading {
  readonly changes: readonly Change[];
  readonly mishaps: readonly ((world: World) => Promise<void>)[];
  readonly fault: Fault | undefined;
}

const FAULT = /^(?<does>kill|error)-(?<when>before|after)-(?<at>.+)$/u;

/** Reads a step. @throws for a word that is none. */
export function readStep(step: Step): Reading {
  const reading = {
    changes: [] as Change[],
    mishaps: [] as ((world: World) => Promise<void>)[],
    fault: undefined as Fault | undefined,
  };
  for (const word of step) {
    const [change, mishap, fault] = [CHANGES[word], MISHAPS[word], FAULT.exec(word)?.groups];
    if (change !== undefined) reading.changes.push(change);
    else if (mishap !== undefined) reading.mishaps.push(mishap);
    else if (fault !== undefined && reading.fault === undefined) {
      const { does, when, at = "" } = fault as unknown as Fault & { readonly at: string };
      reading.fault = { does, when, at: /^\d+$/u.test(at) ? Number(at) : at };
    } else
      throw new Error(
        `"${word}" is no word of a step, or its second fault. Words are ${[...Object.keys(CHANGES), ...Object.keys(MISHAPS)].join(", ")}, and one fault as kill-after-0, kill-before-create:cluster-doks or error-before-2.`,
      );
  }
  return reading;
}

/** Writes the changes of a step into a stack file. */
export function changeFile(document: Document, changes: readonly Change[]): void {
  for (const [key, value] of changes) {
    const path = ["config", ...key.split(".")];
    // What is not there, with no block around it either, can't be deleted.
    if (value !== null) document.setIn(path, document.createNode(value));
    else if (document.hasIn(path)) document.deleteIn(path);
  }
}

/** A call as a fault names it: the same one whenever the step is taken again. */
export function placeOf({ kind, ref }: Pick<Call, "kind" | "ref">): string {
  return `${kind}:${nameOf(ref.urn)}`;
}

/** A step with its fault at the call that it hit, so that it hits that one again. */
export function hitting(step: Step, place: string): Step {
  return step.map((word) => {
    const { does, when } = FAULT.exec(word)?.groups ?? {};
    return does === undefined ? word : `${does}-${when}-${place}`;
  });
}

const NOTHING = "update";

/** A walk as one line that can be typed. */
export function lineOf(walk: readonly Step[]): string {
  return walk.map((step) => (step.length === 0 ? NOTHING : step.join("+"))).join(",");
}

/** Reads the line of a walk. @throws for a word that is none. */
export function walkIn(line: string): readonly Step[] {
  const walk = line.split(",").map((step) => (step === NOTHING ? [] : step.split("+")));
  for (const step of walk) readStep(step);
  return walk;
}

const chance = fc.nat({ max: 99 });
/** Most changes reach one or two calls: a higher number hits only what a wider one reaches. */
const faults = fc
  .record({ chance, at: fc.oneof({ weight: 4, arbitrary: fc.nat(1) }, fc.nat(12)) })
  .map(({ chance, at }) => {
    if (chance < 40) return [`kill-after-${at}`];
    if (chance < 60) return [`kill-before-${at}`];
    // An error after the effect may need a person: the table of faults has it.
    return chance < 80 ? [`error-before-${at}`] : [];
  });
const mishaps = fc
  .record({ chance, word: fc.constantFrom(...Object.keys(MISHAPS)) })
  .map(({ chance, word }) => (chance < 40 ? [word] : []));

const STEP: fc.Arbitrary<Step> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...Object.keys(CHANGES)), {
      minLength: 1,
      maxLength: 3,
      // Of two values of one key the later would win.
      selector: (word) => CHANGES[word]?.[0],
    }),
    mishaps,
    faults,
  )
  .map((parts) => parts.flat());

/** Random steps. The same seed gives the same ones, and a higher count more of them. */
export function randomSteps(seed: number, count: number): readonly Step[] {
  return fc.sample(STEP, { seed, numRuns: count });
}
