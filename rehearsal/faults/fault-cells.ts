import { readFile } from "node:fs/promises";
import { runState } from "../../ops/state/command.ts";
import type { NamedSecret } from "../checks/secret-search.ts";
import { asOperator } from "../drills/recover.ts";
import { errorsOf, type Operation } from "../engine/operation.ts";
import { WRITTEN_AT_THE_END } from "../engine/rehearsed-stack.ts";
import { countsOf } from "./counts.ts";
import type { FastWorld } from "./fast-world.ts";
import { COUNTED, INVARIANTS, look, type Seen } from "./invariants.ts";
import { afterCancel, inPlainSight, secretsIn, secretsOf } from "./kills.ts";

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
  /** Secrets of the stack file, and those that the clouds made for the living world. */
  readonly secrets: readonly NamedSecret[];
}

/** Makes both worlds. */
export async function beginnings(fast: FastWorld): Promise<Beginnings> {
  const empty = fast.branch();
  const up = await fast.stack.up({ refresh: false, environment: WRITTEN_AT_THE_END });
  if (up.failure !== undefined) throw new Error(errorsOf(up).join("\n"));
  const untouched = look(fast);
  const secrets = await secretsOf(fast);
  return { new: empty, living: fast.branch(), untouched, secrets };
}

/**
 * Runs one case to its end: the fault, then update, then recover and update, as far as needed. The
 * lines that recover prints are typed.
 */
export async function faultCell(
  fast: FastWorld,
  given: FaultCase,
  from: Beginnings,
): Promise<FaultCell> {
  const startedAt = Date.now();
  from[given.begins]();
  fast.stack.takePrinted();
  const before = given.begins === "living" ? from.untouched : look(fast);
  const off = await given.disturb(fast);
  let first: Operation;
  try {
    first = await (given.run ?? update)(fast);
  } finally {
    off();
    fast.watch(() => {});
  }
  const left = look(fast);
  const wrong = [...harm(left, before, from), ...(given.then?.(left, before, first) ?? [])];
  let told = "";
  const end = async (ending: Ending, said: readonly string[], faults: readonly string[] = []) => ({
    fault: given.fault,
    step: given.step,
    ending,
    sentence: sentenceOf(
      said.length > 0 ? said : first.failure === undefined ? [] : errorsOf(first),
    ),
    faults: [...wrong, ...faults, ...(await secretsSeen(fast, from, told))],
    seconds: (Date.now() - startedAt) / 1000,
  });
  if ((await faultsNow(fast, first, from.untouched, "")).length === 0)
    return await end("ended clean", []);

  const stands = fast.branch();
  const next = await update(fast);
  // Without recover an update of a stack that lives must not do harm, either.
  if (given.begins === "living") wrong.push(...harm(look(fast), before, from));
  if ((await faultsNow(fast, next, from.untouched, "")).length === 0)
    return await end("converged on the next update", []);

  stands();
  const { well, said } = await afterCancel(fast);
  told = said;
  const typed = well ? "" : await typeAdoptions(fast, said);
  told += typed;
  const second = await update(fast);
  const faults = await faultsNow(fast, second, from.untouched, told);
  const ending = endAfterRecover({ well, typed, faults });
  if (ending === "no end")
    return await end(ending, [said], [...faults, ...harm(look(fast), before, from, told)]);
  return await end(ending, well ? [] : [said]);
}

/**
 * The end of a cell in which recover was typed, and then each line that it named. It needs a person
 * only where a person can end it. A crashed command, a refusal without a line to type and an update
 * that fails again are no end.
 * @param typed what the lines said that recover named; "" where none was typed.
 * @param faults what is wrong after the update that followed.
 */
export function endAfterRecover({
  well,
  typed,
  faults,
}: {
  readonly well: boolean;
  readonly typed: string;
  readonly faults: readonly string[];
}): Ending {
  if (faults.length > 0 || (!well && typed === "")) return "no end";
  return well ? "converged after recover" : "needs a person";
}

/** Types the lines that recover names, which put a thing at its place. */
async function typeAdoptions(fast: FastWorld, said: string): Promise<string> {
  const names = [...said.matchAll(/npm run state -- adopt (\S+)/gu)].map(([, name]) => name ?? "");
  if (names.length === 0) return "";
  const adopted = await asOperator(fast, (world) =>
    runState(["adopt", ...new Set(names), "--yes"], world),
  );
  return adopted.said;
}

/** Secrets that stand in plain sight in what was printed or stored. */
async function secretsSeen(
  fast: FastWorld,
  { secrets }: Beginnings,
  told: string,
): Promise<readonly string[]> {
  const { stack } = fast;
  const own = secretsIn(fast);
  const haystacks = [
    { name: "what was printed", text: `printed: ${told}${stack.takePrinted()}` },
    { name: "the state", text: await stack.pulumi(["stack", "export", "--stack", "prod"]) },
    { name: "the stack file", text: await readFile(stack.stackFile, "utf8") },
  ];
  return inPlainSight([...secrets, ...own], haystacks);
}

/** An update as a deploy makes it: the preview refuses before anything is changed. */
async function update({ stack }: FastWorld): Promise<Operation> {
  const preview = await stack.preview({ refresh: true });
  return preview.failure === undefined ? await stack.up({ refresh: true }) : preview;
}

async function faultsNow(
  fast: FastWorld,
  { failure }: Operation,
  untouched: Seen,
  said: string,
): Promise<readonly string[]> {
  if (failure !== undefined) return [failure];
  const after = look(fast);
  return INVARIANTS.flatMap((invariant) => invariant(after, untouched, said));
}

/**
 * Harm to what holds data, is billed, or is reached by members. It is gone, or there is more of it
 * than in an undisturbed world. Resources that recover named as left over don't count.
 */
export function harm(
  after: Pick<Seen, "clouds">,
  before: Pick<Seen, "clouds">,
  { untouched }: { readonly untouched: Pick<Seen, "clouds"> },
  said = "",
): readonly string[] {
  const there = new Set(after.clouds.map(({ id }) => id));
  const lost = before.clouds
    .filter(({ type, id }) => COUNTED.test(type) && !there.has(id))
    .map(({ type, name }) => `${type} ${name} is lost`);
  const counts = (items: Seen["clouds"]) =>
    countsOf(items.filter(({ type }) => COUNTED.test(type)));
  const should = counts(untouched.clouds);
  const doubled = [...counts(after.clouds.filter(({ id }) => !said.includes(id)))]
    .map(([type, length]) => ({ type, length, most: should.get(type) ?? 0 }))
    .filter(({ length, most }) => length > most)
    .map(({ type, length, most }) => `${length} ${type}, not ${most}`);
  return [...lost, ...doubled];
}

/** One line of at most so many letters, without what differs from run to run. */
function sentenceOf(lines: readonly string[]): string {
  const text = lines.join(" ").replaceAll(/\s+/gu, " ").trim();
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}
