import { Listr } from "listr2";
import type { Progress } from "./progress.ts";

/** One phase of a rehearsal: a title, and work that answers one line about what was seen. */
export interface Phase {
  readonly title: string;
  readonly run: (progress: Progress) => Promise<string>;
}

/** How a phase went. */
export interface PhaseResult {
  readonly title: string;
  readonly seconds: number;
  /** What was seen, or why it failed. */
  readonly detail: string;
  readonly failed: boolean;
}

/** A log that nobody watches live gets a line of progress this often at most. */
const CALM_MS = 20_000;

/**
 * Runs phases one after the other, a line each: live in a terminal, calm when piped or in CI. Stops at the first that
 * throws; the results say which. Never throws itself.
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
    // It stands in the results, with its message.
  }
  return results;
}
