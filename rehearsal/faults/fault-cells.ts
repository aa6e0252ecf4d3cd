import { errorsOf, type Operation } from "../engine/operation.ts";
import type { FastWorld } from "./fast-world.ts";
import { COUNTED, INVARIANTS, look, type Seen } from "./invariants.ts";
import { afterCancel } from "./kills.ts";

/** The end of a cell. */
export type Ending =
  | "ended clean"
  | "converged on the next update"
  | "converged after recover"
  | "needs a person"
  | "no end";

/** A disturbance, and the operation that it hits. */
export interface FaultCase {
  /** The kind of fault: a row of the table. */
  readonly fault: string;
  /** The step that it hits: a column of it. */
  readonly step: string;
  /** Whether the stack is new, or a server lives in it. */
  readonly begins: "new" | "living";
  /** Switches it on. Answers the switch to turn it off, before anybody tries again. */
  readonly disturb: (fast: FastWorld) => (() => void) | Promise<() => void>;
  /** The operation. Default: an update, after `refresh` in a stack that lives. */
  readonly run?: (fast: FastWorld) => Promise<Operation>;
  /** Faults that show right after it, as lines, beside "nothing is lost". */
  readonly then?: (after: Seen, before: Seen, operation: Operation) => readonly string[];
}

/** The end of one of them. */
export interface FaultCell extends Pick<FaultCase, "fault" | "step"> {
  readonly ending: Ending;
  /** The sentence for the person whose turn it is, or whom the first failure tells. */
  readonly sentence: string;
  /** Faults of the end: data lost or doubled, or no end at all. */
  readonly faults: readonly string[];
  readonly seconds: number;
}

/** Worlds to begin in. */
export interface Beginnings {
  readonly new: () => void;
  readonly living: () => void;
  /** The living world as it is when nothing disturbs it. */
  readonly untouched: Seen;
}

/** Makes both worlds. */
export async function beginnings(fast: FastWorld): Promise<Beginnings> {
  const empty = fast.branch();
  const up = await fast.stack.up();
  if (up.failure !== undefined) throw new Error(errorsOf(up).join("\n"));
  return { new: empty, living: fast.branch(), untouched: await look(fast) };
}

/** Runs one case to its end: the fault, then update, then recover and update, as far as needed. */
export async function faultCell(
  fast: FastWorld,
  given: FaultCase,
  from: Beginnings,
): Promise<FaultCell> {
  const startedAt = Date.now();
  from[given.begins]();
  const before = given.begins === "living" ? from.untouched : await look(fast);
  const off = await given.disturb(fast);
  let first: Operation;
  try {
    first = await (given.run ?? update)(fast);
  } finally {
    off();
    fast.watch(() => {});
  }
  const left = await look(fast);
  const wrong = [...lost(left, before), ...(given.then?.(left, before, first) ?? [])];
  const end = (ending: Ending, said: readonly string[], faults: readonly string[] = []) => ({
    fault: given.fault,
    step: given.step,
    ending,
    sentence: sentenceOf(
      said.length > 0 ? said : first.failure === undefined ? [] : errorsOf(first),
    ),
    faults: [...wrong, ...faults],
    seconds: (Date.now() - startedAt) / 1000,
  });
  if ((await faultsNow(fast, first, from.untouched, "")).length === 0)
    return end("ended clean", []);

  const stands = fast.branch();
  const next = await update(fast);
  if ((await faultsNow(fast, next, from.untouched, "")).length === 0)
    return end("converged on the next update", []);

  stands();
  const { well, said } = await afterCancel(fast);
  const second = await update(fast);
  const faults = await faultsNow(fast, second, from.untouched, said);
  if (faults.length === 0) return end("converged after recover", []);
  const refused = second.failure === undefined ? [] : errorsOf(second);
  const spoken = well ? refused : [said];
  return spoken.length > 0
    ? end("needs a person", spoken, lost(await look(fast), before))
    : end("no end", [], faults);
}

/** Of a deploy: the preview refuses before anything is changed. */
export async function deploy({ stack }: FastWorld): Promise<Operation> {
  const preview = await stack.preview({ refresh: true });
  return preview.failure === undefined ? await stack.up({ refresh: true }) : preview;
}

const update = deploy;

async function faultsNow(
  fast: FastWorld,
  { failure }: Operation,
  untouched: Seen,
  said: string,
): Promise<readonly string[]> {
  if (failure !== undefined) return [failure];
  const after = await look(fast);
  return INVARIANTS.flatMap((invariant) => invariant(after, untouched, said));
}

/** Things that held data, or were reached by members, and are no longer there. */
function lost(after: Seen, before: Seen): readonly string[] {
  const there = new Set(after.clouds.map(({ id }) => id));
  return before.clouds
    .filter(({ type, id }) => COUNTED.test(type) && !there.has(id))
    .map(({ type, name }) => `${type} ${name} is lost`);
}

/** One line of at most so many letters, without what differs from run to run. */
function sentenceOf(lines: readonly string[]): string {
  const text = lines.join(" ").replaceAll(/\s+/gu, " ").trim();
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}
