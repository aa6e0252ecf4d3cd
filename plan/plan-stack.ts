import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Decided } from "../domain/decided.ts";
import { lifeAfter, type Life } from "../domain/data-life.ts";
import { imagesOf } from "../domain/images.ts";
import { FIRST_RELEASE, type Release } from "../domain/release.ts";
import type { StackConfig } from "../config/schema.ts";
import type { SecretKey } from "../config/secret-keys/all.ts";
import {
  OPTIONAL_SECRET_KEYS,
  SECRET_KEYS,
  type StackSecrets,
} from "../config/secret-keys/values.ts";
import { readConfig, textsOf } from "../input/stack-text.ts";
import { lookAround, type Seen } from "../stack/look.ts";
import { createStack } from "../stack/stack.ts";
import { SECRET_MARK } from "./answers.ts";
import { lookAnswers, type FunctionAnswers } from "./look-answers.ts";
import { Recorder, type PlannedResource } from "./recorder.ts";
import { withFrames } from "./stack-frames.ts";
import { readStackFile } from "./stack-file.ts";

/** All requests of the program to the engine. */
export interface Plan {
  /** In the order in which they were registered; the stack itself is the first. */
  readonly resources: readonly PlannedResource[];
  /** Tokens of the functions that were called, in order. */
  readonly called: readonly string[];
  /** Outputs of the stack, plain; empty in a preview. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Options of a plan. */
export interface PlanOptions {
  /** Whether computed outputs are unknown, as in the preview of a new stack. Default: false. */
  readonly preview?: boolean;
  /** Deployed release. Default: the committed images on a server that is not deployed yet. */
  readonly release?: Release;
  /** Whether the database may be empty. Default: a new stack, on the same date in each plan. */
  readonly life?: Life;
  /**
   * Whether everything exists, and only the state is missing: then nothing is refused. Default:
   * false.
   */
  readonly exists?: boolean;
  /** Names of resources in the state. Default: none, everything is created. */
  readonly existing?: readonly string[];
  /** Values that replace the placeholders, by config key. */
  readonly secrets?: Readonly<Partial<Record<SecretKey, string>>>;
  /** Output of the last update, for the look at the clouds. Default: empty, a new stack. */
  readonly running?: Partial<Decided>;
  /**
   * Answers of the clouds that differ from those that match the configuration (`look-answers.ts`).
   */
  readonly look?: FunctionAnswers;
  /** Receives every key that the program reads, lists without their numbers: `sidekiq.name`. */
  readonly read?: (key: string) => void;
}

/** Plans run one after the other, because the SDK keeps its monitor in a global. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Plans the whole stack in memory: no engine, no network, some hundredths of a second. Secrets are
 * placeholders (`SECRET_MARK`).
 * @param raw the configuration by key, in a stack file's form; default: production's.
 * @throws Error with the program's own message if it refuses the configuration, or if the table of
 * answers has no entry for a request.
 */
export function planStack(
  raw: Readonly<Record<string, unknown>> = readStackFile(),
  options: PlanOptions = {},
): Promise<Plan> {
  return planConfig(() => configOf(raw), options);
}

/**
 * In the form in which Pulumi passes it, so that a plan refuses and accepts the same as a preview.
 */
function configOf(raw: Readonly<Record<string, unknown>>): StackConfig {
  return readConfig({ texts: textsOf(raw), isEncrypted: () => false });
}

/** The same for a configuration that is read when its turn comes. */
export function planConfig(read: () => StackConfig, options: PlanOptions = {}): Promise<Plan> {
  const plan = last.then(() => makePlan(read(), options));
  last = plan.catch(() => undefined);
  return plan;
}

/**
 * Runs only the program's look at the clouds, without a plan. Returns the answers that the program
 * uses.
 * @throws Error with the program's own message if it refuses.
 */
export function lookOnly(
  raw: Readonly<Record<string, unknown>>,
  { look = {}, running }: Pick<PlanOptions, "look" | "running">,
): Promise<Seen> {
  const config = configOf(raw);
  const seen = last.then(async () => {
    const recorder = new Recorder(false, {}, { ...lookAnswers(config), ...look });
    pulumi.runtime.setMockOptions(recorder, "mastodon", "prod", false);
    return await lookAround(config, running);
  });
  last = seen.catch(() => undefined);
  return seen;
}

/**
 * Frames of each stack trace during a plan. The SDK stores a trace for every output, which took two
 * fifths of a plan's time (254 ms with four frames, 151 with one). The place of a fault stays
 * visible.
 */
const FRAMES = 1;

/** Date on which a planned stack begins: any fixed one. */
const BEGINS = new Date("2026-01-01T00:00:00Z");

async function makePlan(parsed: StackConfig, options: PlanOptions): Promise<Plan> {
  return await withFrames(FRAMES, () => recordPlan(parsed, options));
}

async function recordPlan(parsed: StackConfig, options: PlanOptions): Promise<Plan> {
  const {
    preview = false,
    release = FIRST_RELEASE,
    secrets = {},
    read,
    running,
    look = {},
  } = options;
  const config = read === undefined ? parsed : watched(parsed, [], read);
  const recorder = new Recorder(preview, {}, { ...lookAnswers(parsed), ...look }, options.existing);
  pulumi.runtime.setMockOptions(recorder, "mastodon", "prod", preview);
  const image = imagesOf(parsed, release.images).mastodon;
  const { life: planned = lifeAfter(undefined, parsed, image, BEGINS) } = options;
  const life = options.exists === true ? { ...planned, refusals: new Map() } : planned;
  // Before the stack's own resource, because a refusal would leave it waiting for its outputs.
  const seen = await lookAround(parsed, running);
  const outputs = (await pulumi.runtime.runInPulumiStack(() =>
    Promise.resolve(createStack(config, markedSecrets(secrets), release, seen, life)),
  )) as Record<string, unknown> | undefined;
  // Waiting only for the SDK's calls misses resources that an `apply` registers. So it waits until
  // no more come.
  for (let before = -1; before !== recorder.planned.length;) {
    before = recorder.planned.length;
    await setImmediate();
    await pulumi.runtime.disconnect();
  }
  if (recorder.faults.length > 0) throw recorder.faults[0];
  return { resources: recorder.planned, called: recorder.called, outputs: outputs ?? {} };
}

/** The same value, which reports the keys that are read. */
function watched<T extends object>(
  value: T,
  path: readonly string[],
  read: (key: string) => void,
): T {
  return new Proxy(value, {
    get(target, key, receiver) {
      const inner: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || !(Object.hasOwn(target, key) || inner === undefined))
        return inner;
      const here = Array.isArray(target) ? path : [...path, key];
      read(here.join("."));
      return typeof inner === "object" && inner !== null ? watched(inner, here, read) : inner;
    },
  });
}

/** A placeholder for each secret of the configuration without a given value. */
function markedSecrets(given: Readonly<Partial<Record<SecretKey, string>>>): StackSecrets {
  return Object.fromEntries(
    [...SECRET_KEYS, ...OPTIONAL_SECRET_KEYS].map((key) => [
      key,
      pulumi.secret(given[key] ?? `${SECRET_MARK}${key}`),
    ]),
  ) as Record<(typeof SECRET_KEYS)[number], pulumi.Output<string>>;
}
