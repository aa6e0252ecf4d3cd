import { recover, type Recovered } from "../drills/recover.ts";
import { errorsOf, type Operation } from "../engine/operation.ts";
import type { Act } from "./acts.ts";
import type { Call } from "./calls.ts";
import type { FastWorld } from "./fast-world.ts";
import { INVARIANTS, look, type Seen } from "./invariants.ts";
import { Waves, type Wave } from "./waves.ts";

/** The end of one cell. */
export interface KillCell {
  readonly act: string;
  readonly when: Call["when"];
  /** Number of the wave. */
  readonly at: number;
  readonly calls: readonly Call[];
  readonly seconds: number;
  /** Lines that the operator reads and must act on: something is left over. */
  readonly left: readonly string[];
  /** Reasons why it did not converge; empty: recovery, then the same command again, did it. */
  readonly faults: readonly string[];
}

/**
 * Runs an act to its end, and goes back to each boundary of it at which it may have been killed.
 * The world is then where the act ended.
 * @param chosen the waves that become cells.
 */
export async function killCells(
  fast: FastWorld,
  act: Act,
  when: Call["when"],
  chosen: (wave: Wave) => boolean = () => true,
): Promise<readonly KillCell[]> {
  const branches: { readonly wave: Wave; readonly back: () => void }[] = [];
  const waves = new Waves(fast, when, {
    reached: (wave) => {
      if (chosen(wave)) branches.push({ wave, back: fast.branch() });
    },
  });
  await act.prepare(fast);
  fast.watch(waves.watcher);
  succeeded(act.title, await act.run(fast));
  fast.watch(() => {});
  const untouched = await look(fast);
  const end = fast.branch();
  const cells: KillCell[] = [];
  for (const { wave, back } of branches) {
    back();
    cells.push({ act: act.title, when, ...wave, ...(await recovered(fast, act, untouched)) });
  }
  end();
  return cells;
}

async function recovered(
  fast: FastWorld,
  act: Act,
  untouched: Seen,
): Promise<Pick<KillCell, "faults" | "left" | "seconds">> {
  const startedAt = Date.now();
  const { well, said } = await afterCancel(fast);
  const again = await act.again(fast);
  const empty = await act.empty(fast);
  const after = await look(fast);
  const left = said.split("\n").filter((line) => line.includes("left over: "));
  return {
    seconds: (Date.now() - startedAt) / 1000,
    left: left.map((line) => line.trim()),
    faults: [
      ...(well ? [] : [`recover did not end well: ${said}`]),
      ...(again.failure === undefined ? [] : errorsOf(again)),
      ...(empty?.steps ?? []).map(({ op, urn }) => `the second preview would ${op} ${urn}`),
      ...INVARIANTS.flatMap((invariant) => invariant(after, untouched, said)),
    ],
  };
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
