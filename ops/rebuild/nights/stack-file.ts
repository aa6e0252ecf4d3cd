import { basename } from "node:path";
import { stackFileOf } from "../../stack-file/place.ts";
import { finishRestore } from "../../restore/prepare.ts";
import type { WorkStep } from "../plan.ts";
import { CALLS } from "../times.ts";

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
