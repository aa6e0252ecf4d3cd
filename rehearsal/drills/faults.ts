import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkOf, type Check } from "../checks/check.ts";
import { findEngine } from "../engine/find-engine.ts";
import { actsOfLife, type Act } from "../faults/acts.ts";
import { SINGLE_CASES } from "../faults/cases.ts";
import { openFastWorld, type FastWorld } from "../faults/fast-world.ts";
import { beginnings, faultCell, type FaultCase, type FaultCell } from "../faults/fault-cells.ts";
import { coverageCheck, killChecks, killRows, killTable } from "../faults/kill-table.ts";
import { killCells, type KillCell } from "../faults/kills.ts";
import { plannedTypes } from "../faults/planned-counts.ts";
import type { Wave } from "../faults/waves.ts";
import { WIDE_CASES } from "../faults/wide-cases.ts";
import type { Phase } from "../phases.ts";
import { makeRunDirectory } from "../run-directory.ts";
import { noFindings, type Drill } from "./drill.ts";
import type { DrillContext } from "./setup.ts";
import { walksPhase, type WalksOptions } from "./walks.ts";

/** The cells and walks that are run. */
export interface FaultsOptions extends WalksOptions {
  /** One cell of so many; 1: all of them. */
  readonly share: number;
  /** Number of the cell that it begins with. */
  readonly cell: number;
}

/** Things that the phases hand on. */
interface Scene {
  fast?: FastWorld;
  /** The stack before its first update. */
  begin: () => void;
  readonly kills: KillCell[];
  readonly cells: FaultCell[];
}

const NOT_PROVEN: readonly string[] = [
  "The clouds are models of what they document, and the providers' own tries before they give up are not in them: 429, a hang and a reset are what is left after those.",
  "Kubernetes only stores objects here: nothing is validated, nothing runs, and each Job counts as done. Pods that never get ready, images that can't be pulled and Jobs that fail: `npm run rehearse -- upgrade` and `-- node`.",
  "A killed engine is one whose answers never come: the state is what it had written until then. `npm run rehearse -- cut` kills the process itself.",
];

/** Every call of a stack's life cut off, and faults at the calls of an update. */
export function faultsDrill(context: DrillContext, options: FaultsOptions): Drill {
  const { share, cell } = options;
  const { projectDirectory } = context;
  const findings = noFindings();
  const scene: Scene = { begin: () => {}, kills: [], cells: [] };
  const turn = cell % share;
  const mine = (at: number): boolean => at % share === turn;
  const acts = actsOfLife().filter(({ nightly = false }) => share === 1 || !nightly);
  // A wave stands still twice, before its effect and after.
  const waves = share === 1 ? 1 : 2 * share;
  const killedAt = ({ at }: Wave): boolean => at % waves === cell % waves;
  const cells: readonly Phase[] = [
    {
      title: "fast world",
      run: async (progress) => {
        const { root } = await findEngine(progress);
        const directory = join(await makeRunDirectory(), "world");
        const fast = await openFastWorld(root, projectDirectory, directory);
        context.close = fast.close;
        Object.assign(scene, { fast, begin: fast.branch() });
        return `the whole program, clouds in memory; cells ${turn} of ${share}`;
      },
    },
    ...acts.map((act) => killed(scene, act, killedAt)),
    {
      title: "kills by type",
      run: async () => {
        const rows = killRows(scene.kills);
        findings.checks.push(...killChecks(rows));
        if (share === 1) {
          const file = await readFile(worldOf(scene).stack.stackFile, "utf8");
          findings.checks.push(coverageCheck(rows, await plannedTypes(file)));
        }
        findings.tables.push(killTable(rows));
        return `${scene.kills.length} cells`;
      },
    },
    {
      title: "faults",
      run: async (progress) => {
        const fast = worldOf(scene);
        scene.begin();
        fast.restoreFile();
        const from = await beginnings(fast);
        const cases: readonly FaultCase[] = [...SINGLE_CASES, ...(share === 1 ? WIDE_CASES : [])];
        for (const each of cases.filter((_, at) => mine(at))) {
          const cell = await faultCell(fast, each, from);
          progress(`${cell.fault}, ${cell.step}: ${cell.ending}`);
          scene.cells.push(cell);
        }
        findings.checks.push(...scene.cells.map(faultCheck));
        return `${scene.cells.length} cells`;
      },
    },
  ];
  return {
    name: share === 1 ? "faults and kills, all cells" : `faults and kills, one cell of ${share}`,
    findings,
    notProven: NOT_PROVEN,
    phases: [...(options.acts === undefined ? cells : []), walksPhase(context, findings, options)],
  };
}

function worldOf({ fast }: Scene): FastWorld {
  if (fast === undefined) throw new Error("The drill asked for its world before it was opened.");
  return fast;
}

function killed(scene: Scene, act: Act, chosen: (wave: Wave) => boolean): Phase {
  return {
    title: `${act.title}, killed before and after the effect`,
    run: async (progress) => {
      const cells = await killCells(worldOf(scene), act, chosen, ({ at, seconds, faults }, of) => {
        progress(`wave ${at} of ${of} cells: ${faults[0] ?? "converged"}, ${seconds.toFixed(1)} s`);
      });
      scene.kills.push(...cells);
      const calls = cells.reduce((sum, cell) => sum + cell.calls.length, 0);
      const failed = cells.filter(({ faults }) => faults.length > 0).length;
      return `${cells.length} kills at ${calls} calls, ${failed} did not converge`;
    },
  };
}

function faultCheck({ fault, step, ending, sentence, faults }: FaultCell): Check {
  return checkOf(
    `${fault}, ${step}: nothing is lost or doubled, and it ends`,
    [...faults, ...(ending === "no end" ? ["it has no end"] : [])],
    sentence === "" ? ending : `${ending}: ${sentence}`,
  );
}
