import { basename } from "node:path";
import { stackFileOf } from "../../stack-file/place.ts";
import { finishRestore } from "../../restore/prepare.ts";
import type { WorkStep } from "../plan.ts";
import { CALLS } from "../times.ts";

/** The step after the check: the next update starts Sidekiq, and ends a restore. */
export const startSidekiq: WorkStep = {
  key: "sidekiq",
  lines: [CALLS.startSidekiq],
  run: async ({ options }) => await finishRestore(stackFileOf(options)),
};

/**
 * Lines at the end of a night whose data is another one. They belong to the plan, because a
 * command that continues after a kill skips the step.
 * @param isKept whether the former database stays, and is billed.
 */
export function leftAfter(stack: string, isKept: boolean): readonly string[] {
  return [
    `  Commit Pulumi.${basename(stack)}.yaml before any deploy.`,
    "  Feeds: npm run tootctl -- feeds build --all",
    ...(isKept
      ? ["  The former database is billed until you let it go: mastodon:postgres.former release"]
      : []),
  ];
}
