import { readFile } from "node:fs/promises";
import { findSecrets, type NamedSecret } from "../checks/secret-search.ts";
import { recover, type Recovered } from "../drills/recover.ts";
import type { InventoryItem } from "../clouds/world.ts";
import { credentialsOf } from "../drills/world-secrets.ts";
import { errorsOf, type Operation } from "../engine/operation.ts";
import type { Act } from "./acts.ts";
import type { Counts } from "./counts.ts";
import type { FastWorld } from "./fast-world.ts";
import { INVARIANTS, look, type Seen } from "./invariants.ts";
import { countDifferences, plannedCounts } from "./planned-counts.ts";
import { Waves, type Wave } from "./waves.ts";

/** The end of one cell. */
export interface KillCell extends Wave {
  readonly act: string;
  readonly seconds: number;
  /** Things in no state. Recovery has named each, or it is a fault. */
  readonly left: readonly InventoryItem[];
  /** Reasons why it did not converge; empty: recovery, then the same command again, did it. */
  readonly faults: readonly string[];
}

/** Measures that a world is held to at the end of each cell of an act. */
interface Held {
  /** The world at the end of the act that nobody disturbed. */
  readonly untouched: Seen;
  readonly planned: Counts;
  readonly secrets: readonly NamedSecret[];
}

/**
 * Runs an act to its end, and goes back to each boundary at which it may have been killed. There is
 * one before its calls reach the cloud, and one after. The world is then where the act ended.
 * @param chosen the waves that become cells.
 * @param ended told of each cell, and of how many there are.
 */
export async function killCells(
  fast: FastWorld,
  act: Act,
  chosen: (wave: Wave) => boolean = () => true,
  ended: (cell: KillCell, of: number) => void = () => {},
): Promise<readonly KillCell[]> {
  const branches: { readonly wave: Wave; readonly back: () => void }[] = [];
  const waves = new Waves(fast, "both", {
    reached: (wave) => {
      if (chosen(wave)) branches.push({ wave, back: fast.branch() });
    },
  });
  await act.prepare(fast);
  const file = await readFile(fast.stack.stackFile, "utf8");
  const planned = act.leavesNothing ? new Map<string, number>() : await plannedCounts(file);
  fast.watch(waves.watcher);
  succeeded(act.title, await act.run(fast));
  fast.watch(() => {});
  const untouched = look(fast);
  const held = { untouched, planned, secrets: await secretsOf(fast) };
  const end = fast.branch();
  const cells: KillCell[] = [];
  for (const { wave, back } of branches) {
    back();
    const cell = { act: act.title, ...wave, ...(await recovered(fast, act, held)) };
    cells.push(cell);
    ended(cell, branches.length);
  }
  end();
  return cells;
}

async function recovered(
  fast: FastWorld,
  act: Act,
  { untouched, planned, secrets }: Held,
): Promise<Pick<KillCell, "faults" | "left" | "seconds">> {
  const startedAt = Date.now();
  fast.stack.takePrinted();
  const { well, said } = await afterCancel(fast);
  const again = await act.again(fast);
  const empty = await act.empty(fast);
  const after = look(fast);
  const printed = { name: "what was printed", text: `${said}${fast.stack.takePrinted()}` };
  const inState = new Set(after.state.map(({ type, id }) => `${type} ${id}`));
  return {
    seconds: (Date.now() - startedAt) / 1000,
    left: after.clouds.filter(({ type, id }) => !inState.has(`${type} ${id}`)),
    faults: [
      ...(well ? [] : [`recover did not end well: ${said}`]),
      ...(again.failure === undefined ? [] : errorsOf(again)),
      ...(empty?.steps ?? []).map(({ op, urn }) => `the second preview would ${op} ${urn}`),
      ...INVARIANTS.flatMap((invariant) => invariant(after, untouched, said)),
      ...countDifferences(after.clouds, planned),
      ...inPlainSight([...secrets, ...secretsIn(fast)], [printed]),
    ],
  };
}

/** The secrets of the stack file, and those that the clouds have made for what is there. */
export async function secretsOf(fast: FastWorld): Promise<readonly NamedSecret[]> {
  const { values } = await fast.stack.secrets();
  const own = Object.entries(values).map(([name, value]) => ({ name, value }));
  return [...own, ...secretsIn(fast)];
}

/** Secrets that the clouds know: a state holds no other that an update made. */
export function secretsIn({ world }: Pick<FastWorld, "world">): readonly NamedSecret[] {
  return world.all().flatMap(({ type, id, properties }) => credentialsOf(id, type, properties));
}

/** Secrets that stand in plain sight in texts, each as a line. */
export function inPlainSight(...searched: Parameters<typeof findSecrets>): readonly string[] {
  return findSecrets(...searched).map((found) => `in plain sight: ${found}`);
}

/** The way of an operator: the killed update's lock is taken away, then `npm run recover`. */
export async function afterCancel(fast: FastWorld): Promise<Recovered> {
  await fast.stack.pulumi(["cancel", "--stack", "prod", "--yes"]);
  return await recover(fast, ["--yes"]);
}

function succeeded(title: string, operation: Operation): void {
  if (operation.failure !== undefined)
    throw new Error(`Undisturbed, the ${title} failed:\n${errorsOf(operation).join("\n")}`);
}
