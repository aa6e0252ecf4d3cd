import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Decided } from "../domain/changes.ts";
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

/** All that the program asked the engine for. */
export interface Plan {
  /** In the order in which they were registered; the stack itself is the first. */
  readonly resources: readonly PlannedResource[];
  /** Tokens of the functions that were called, in order. */
  readonly called: readonly string[];
  /** Outputs of the stack, plain; nothing in a preview. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Options of a plan. */
export interface PlanOptions {
  /**
   * Leaves what a cloud would compute unknown, as the preview of a new stack does. Default false.
   */
  readonly preview?: boolean;
  /** Release that is deployed. Default: the committed images on a server that does not run yet. */
  readonly release?: Release;
  /**
   * Whether an empty database is right. Default: a stack that begins, on a day that is the same in
   * each plan.
   */
  readonly life?: Life;
  /** Whether all of it exists, and only the state lacks it: nothing is refused. Default: false. */
  readonly exists?: boolean;
  /** Names of resources that the state holds. Default: none, everything is made. */
  readonly existing?: readonly string[];
  /** Values in the place of the marks, by config key. */
  readonly secrets?: Readonly<Partial<Record<SecretKey, string>>>;
  /** Output of the last update, for the look at the clouds. Default: nothing, a new stack. */
  readonly running?: Partial<Decided>;
  /**
   * Answers of the clouds that differ from what the configuration takes them to be
   * (`look-answers.ts`).
   */
  readonly look?: FunctionAnswers;
  /** Told of every key that the program reads, lists without their numbers: `sidekiq.name`. */
  readonly read?: (key: string) => void;
}

/** Plans are made one after the other: the SDK keeps its monitor in a global. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Plans the whole stack in memory: no engine, no network, some hundredths of a second. Secrets are
 * marks (`SECRET_MARK`).
 * @param raw the configuration by key, as a stack file has it; that of production by default.
 * @throws Error in the program's own words when it refuses the configuration, or when it asks for
 * something the table of answers lacks.
 */
export function planStack(
  raw: Readonly<Record<string, unknown>> = readStackFile(),
  options: PlanOptions = {},
): Promise<Plan> {
  return planConfig(() => configOf(raw), options);
}

/** As Pulumi would hand it over: a plan refuses and accepts what a preview does. */
function configOf(raw: Readonly<Record<string, unknown>>): StackConfig {
  return readConfig({ texts: textsOf(raw), isEncrypted: () => false });
}

/** The same of a configuration that is read when its turn comes. */
export function planConfig(read: () => StackConfig, options: PlanOptions = {}): Promise<Plan> {
  const plan = last.then(() => makePlan(read(), options));
  last = plan.catch(() => undefined);
  return plan;
}

/**
 * Runs only the program's look at the clouds, and makes no plan. Returns what the program uses of
 * their answers.
 * @throws Error in the program's own words when it refuses.
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
 * Frames of each stack trace while a plan is made. The SDK keeps one for every output, which was
 * two fifths of a plan's time (254 ms with four frames, 151 with one); the place of a fault stays.
 */
const FRAMES = 1;

/** Day on which a planned stack begins: any that stays. */
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
  // Before the stack's own resource, which a refusal would leave waiting for its outputs.
  const seen = await lookAround(parsed, running);
  const outputs = (await pulumi.runtime.runInPulumiStack(() =>
    Promise.resolve(createStack(config, markedSecrets(secrets), release, seen, life)),
  )) as Record<string, unknown> | undefined;
  // Waiting for the SDK's calls alone misses what is only registered in an `apply`: until nothing
  // more comes.
  for (let before = -1; before !== recorder.planned.length;) {
    before = recorder.planned.length;
    await setImmediate();
    await pulumi.runtime.disconnect();
  }
  if (recorder.faults.length > 0) throw recorder.faults[0];
  return { resources: recorder.planned, called: recorder.called, outputs: outputs ?? {} };
}

/** The same value, telling which keys of it are read. */
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

/** A mark in the place of each secret of the config that has no value given. */
function markedSecrets(given: Readonly<Partial<Record<SecretKey, string>>>): StackSecrets {
  return Object.fromEntries(
    [...SECRET_KEYS, ...OPTIONAL_SECRET_KEYS].map((key) => [
      key,
      pulumi.secret(given[key] ?? `${SECRET_MARK}${key}`),
    ]),
  ) as Record<(typeof SECRET_KEYS)[number], pulumi.Output<string>>;
}
