import { z } from "zod";

/** Workloads that can be stopped: every program that writes to the database. */
export const STOPPABLE = ["web", "streaming", "sidekiq"] as const;

/** One of them; `sidekiq` is all of its groups. */
export type Stoppable = (typeof STOPPABLE)[number];

/** The key `stopped`. */
export const stoppedSchema = z
  .array(z.enum(STOPPABLE))
  .default([])
  .meta({
    description:
      "What has no pods and no autoscaler until it is taken off this list: `web`, `streaming`, `sidekiq` (all groups; the nightly clean-up waits with it). The tunnel and static files stay, and release Jobs run. For a restore, and for the night of a move (docs/import.md). **With `web` on it the server is down.**",
    examples: [["web", "streaming", "sidekiq"]],
  });
