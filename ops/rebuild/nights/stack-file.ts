import { basename, join } from "node:path";
import { finishRestore } from "../../restore/prepare.ts";
import type { WorkStep } from "../plan.ts";
import { CALLS } from "../times.ts";
import type { StackPlace } from "../world.ts";

/** Path of a stack's file. */
export function stackFileOf({ stack, cwd }: StackPlace): string {
  return join(cwd, `Pulumi.${basename(stack)}.yaml`);
}

/** The step after the check: the next update starts Sidekiq, and ends a restore. */
export const startSidekiq: WorkStep = {
  key: "sidekiq",
  lines: [CALLS.startSidekiq],
  run: async ({ options, left }) => {
    await finishRestore(stackFileOf(options));
    left.push(
      `  Commit Pulumi.${basename(options.stack)}.yaml before any deploy.`,
      "  Feeds: npm run tootctl -- feeds build --all",
      "  A former database is billed until you let it go: mastodon:postgres.former release",
    );
  },
};
