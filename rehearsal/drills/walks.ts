import { checkOf } from "../checks/check.ts";
import { findEngine } from "../engine/find-engine.ts";
import { keepWalk, keptWalks } from "../faults/kept-walks.ts";
import { randomSteps, walkIn } from "../faults/steps.ts";
import { walksOf } from "../faults/walk.ts";
import { walkers } from "../faults/walkers.ts";
import type { Phase } from "../phases.ts";
import { makeRunDirectory } from "../run-directory.ts";
import type { Findings } from "./drill.ts";
import type { DrillContext } from "./setup.ts";

/** The walks that are taken. */
export interface WalksOptions {
  /** Number of random steps. */
  readonly steps: number;
  readonly seed: number;
  /** One walk, as a failure prints it: nothing but that walk is run. */
  readonly acts?: string;
}

/**
 * Walks in worlds of their own. Walks that failed once come first, because what broke before is
 * likely to break again. Then come those of the seed. A typed walk is taken alone.
 */
export function walksPhase(
  context: DrillContext,
  findings: Findings,
  { acts, seed, steps }: WalksOptions,
): Phase {
  const random = `${steps} random steps of seed ${seed}`;
  return {
    title: acts === undefined ? `walks that failed once, and ${random}` : "one walk",
    run: async (progress) => {
      const { root: engineRoot } = await findEngine(progress);
      const directory = await makeRunDirectory();
      const walks =
        acts === undefined
          ? [...keptWalks(), ...walksOf(randomSteps(seed, steps))]
          : [walkIn(acts)];
      const { projectDirectory, close: closeCells } = context;
      const taking = walkers({ engineRoot, projectDirectory, directory, walks, progress });
      context.close = async () => {
        await Promise.all([taking.close(), closeCells?.()]);
      };
      const end = await taking.end;
      for (const { line, again } of end.failures) if (again) keepWalk(line);
      const seen = `${end.steps} steps, ${end.hits} of them cut off or failed`;
      findings.checks.push(
        checkOf(
          "walks: after each step the stack is what its file says, and nothing is lost or doubled",
          end.failures.map(({ line, why }) => `npm run rehearse -- faults --acts ${line}\n${why}`),
          seen,
        ),
      );
      return seen;
    },
  };
}
