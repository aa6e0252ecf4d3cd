import { Listr } from "listr2";
import type { Progress } from "./progress.ts";

/** One phase of a rehearsal: a title, and work that returns one line about its result. */
export interface Phase {
  readonly title: string;
  readonly run: (progress: Progress) => Promise<string>;
}

/** Result of a phase. */
export interface PhaseResult {
  readonly title: string;
  readonly seconds: number;
  /** The observation, or the reason of the failure. */
  readonly detail: string;
  readonly failed: boolean;
}

/** Minimum interval between progress lines in a log that is not watched live, milliseconds. */
const CALM_MS = 20_000;

/**
 * Runs phases one after the other, with a line for each: live in a terminal, rarely when piped or
 * in CI. It stops at the first that throws and marks it in the results. It never throws itself.
 */
export async function runPhases(phases: readonly Phase[]): Promise<readonly PhaseResult[]> {
  const results: PhaseResult[] = [];
  const live = process.stdout.isTTY === true && process.env["CI"] === undefined;
  const tasks = new Listr<undefined, "default", "simple">(
    phases.map(({ title, run }) => ({
      title,
      task: async (_context, task) => {
        const startedAt = performance.now();
        const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10;
        let lastSaid = startedAt;
        const progress: Progress = (line, now = false) => {
          if (!live && !now && performance.now() - lastSaid < CALM_MS) return;
          lastSaid = performance.now();
          task.output = line;
        };
        try {
          const detail = await run(progress);
          results.push({ title, seconds: seconds(), detail, failed: false });
          task.title = `${title}: ${detail} (${seconds()} s)`;
        } catch (error) {
          const detail = error instanceof Error ? error.message : String(error);
          results.push({ title, seconds: seconds(), detail, failed: true });
          throw error;
        }
      },
    })),
    {
      renderer: "default",
      fallbackRenderer: "simple",
      fallbackRendererCondition: () => !live,
      registerSignalListeners: false,
    },
  );
  try {
    await tasks.run();
  } catch {
    // The results contain the error with its message.
  }
  return results;
}
