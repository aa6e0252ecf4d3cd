import { recover } from "../drills/recover.ts";
import { errorsOf, type Operation } from "../engine/operation.ts";
import { WRITTEN_AT_THE_END } from "../engine/rehearsed-stack.ts";
import type { Call } from "./calls.ts";
import type { FastWorld } from "./fast-world.ts";
import type { Beginnings } from "./fault-cells.ts";
import {
  dataAndIdentityKept,
  look,
  noObjectUnheld,
  nothingInvented,
  nothingUnnamed,
} from "./invariants.ts";
import { afterCancel, inPlainSight, secretsIn } from "./kills.ts";
import { shrunk } from "./shrink.ts";
import { changeFile, hitting, lineOf, placeOf, readStep, type Fault, type Step } from "./steps.ts";

/**
 * Random walks: a living stack, its file changed, its clouds disturbed and its updates cut off or
 * failed, again and again. Each step ends with an update that heals it and what must hold.
 */

/** The end of a walk. */
export interface Walked {
  /** Steps that were taken, each fault at the call that it hit. */
  readonly taken: readonly Step[];
  /** Faults that hit a call. */
  readonly hits: number;
  /** Rules that did not hold after the last of them; undefined: all held. */
  readonly failure: string | undefined;
}

/** A walk that fails, made shorter. */
export interface Shortest {
  /** As a line to type. */
  readonly line: string;
  readonly why: string;
  /** Whether it failed again when it was taken again. */
  readonly again: boolean;
}

/** Steps of a walk. Each walk begins from the living stack. */
const STEPS_PER_WALK = 10;

/** Cuts steps into walks. */
export function walksOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  return Array.from({ length: Math.ceil(steps.length / STEPS_PER_WALK) }, (_, at) =>
    steps.slice(at * STEPS_PER_WALK, (at + 1) * STEPS_PER_WALK),
  );
}

/** Makes a walk that fails as short as it can be. */
export async function shortestOf(
  fast: FastWorld,
  from: Beginnings,
  { taken, failure: first = "" }: Walked,
): Promise<Shortest> {
  let why = first;
  const shortest = await shrunk(taken, async (shorter) => {
    const { failure } = await walk(fast, from, shorter);
    why = failure ?? why;
    return failure !== undefined;
  });
  return shortest === undefined
    ? { line: lineOf(taken), why: `Once only, not when it was taken again: ${first}`, again: false }
    : { line: lineOf(shortest), why, again: true };
}

/**
 * Takes one walk, from the living stack to its end or to the first step that fails.
 * @param say told of each step, as a line.
 */
export async function walk(
  fast: FastWorld,
  from: Beginnings,
  steps: readonly Step[],
  say: (line: string) => void = () => {},
): Promise<Walked> {
  from.living();
  fast.restoreFile();
  const taken: Step[] = [];
  let [hits, said] = [0, ""];
  for (const step of steps) {
    const startedAt = Date.now();
    const end = await takeStep(fast, from, step, said);
    if (end.hit !== undefined) hits++;
    const named = end.hit === undefined ? step : hitting(step, end.hit);
    taken.push(named);
    said += end.said;
    const failure = end.faults.length === 0 ? undefined : end.faults.join("\n");
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    say(`${lineOf([named])}: ${seconds} s`);
    if (failure !== undefined) return { taken, hits, failure };
  }
  return { taken, hits, failure: undefined };
}

/** The end of a step. */
interface StepEnd {
  /** The call that its fault hit. */
  readonly hit: string | undefined;
  /** Words of recovery. */
  readonly said: string;
  readonly faults: readonly string[];
}

async function takeStep(
  fast: FastWorld,
  { untouched }: Beginnings,
  step: Step,
  saidBefore: string,
): Promise<StepEnd> {
  const { changes, mishaps, fault } = readStep(step);
  await fast.stack.editConfig((document) => changeFile(document, changes));
  for (const happen of mishaps) await happen(fast.world);
  fast.stack.takePrinted();
  const disturbed = fault && disturb(fast, fault);
  // The update that heals it asks the clouds; this one must only where somebody touched them.
  const first = await fast.stack.up({
    refresh: fault === undefined || mishaps.length > 0,
    // Only a killed engine leaves what it had written until then.
    environment: fault?.does === "kill" ? {} : WRITTEN_AT_THE_END,
  });
  fast.watch(() => {});
  const hit = disturbed?.();
  let said = "";
  const faults: string[] = [];
  if (hit === undefined) faults.push(...failureOf(first));
  else {
    // An update that failed has taken its lock away.
    const recovered = await (fault?.does === "kill" ? afterCancel(fast) : recover(fast, ["--yes"]));
    said = recovered.said;
    if (!recovered.well) faults.push(said);
    const next = await fast.stack.up({ refresh: true, environment: WRITTEN_AT_THE_END });
    faults.push(...failureOf(next));
  }
  const preview = await fast.stack.preview();
  const after = look(fast);
  const printed = { name: "what was printed", text: `${said}${fast.stack.takePrinted()}` };
  faults.push(
    ...failureOf(preview),
    ...preview.steps.map(({ op, urn }) => `the second preview would ${op} ${urn}`),
    ...RULES.flatMap((rule) => rule(after, untouched, saidBefore + said)),
    ...inPlainSight(secretsIn(fast), [printed]),
  );
  return { hit, said, faults };
}

/** Rules that hold after every step and for every stack file. */
const RULES = [nothingUnnamed, nothingInvented, noObjectUnheld, dataAndIdentityKept];

function failureOf(operation: Operation): readonly string[] {
  return operation.failure === undefined ? [] : errorsOf(operation);
}

/** Sets a fault up. Answers what asks for the call that it hit. */
function disturb(fast: FastWorld, { does, when, at }: Fault): () => string | undefined {
  let number = 0;
  let hit: string | undefined;
  const fits = (call: Call): boolean => (typeof at === "number" ? number++ : placeOf(call)) === at;
  fast.watch(async (call) => {
    // The engine that asked is dead: nothing more of it reaches a cloud.
    if (hit !== undefined && does === "kill" && call.when === "before")
      throw new Error("The engine is gone.");
    if (hit !== undefined || call.kind === "read" || call.when !== when || !fits(call)) return;
    hit = placeOf(call);
    if (does === "error") throw new Error("500 Internal Server Error");
    await fast.engine.kill();
    if (when === "before") throw new Error("The engine is gone.");
  });
  return () => hit;
}
