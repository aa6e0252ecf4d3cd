import { z } from "zod";
import { EVERY_QUEUE } from "../../facts/mastodon/minors.ts";
import { whole } from "./values.ts";

const replicas = (what: string) => whole(1, 50, 2, `Pods of ${what} that always run.`);

const maxReplicas = (what: string) =>
  whole(
    1,
    50,
    3,
    `How many pods of ${what} there may be under load; database, Valkey and nodes must have room for them. Left out, as many as always run. Above that a HorizontalPodAutoscaler adds pods by their CPU.`,
  );

/** The key `web`. */
export const webSchema = z
  .strictObject({
    replicas: replicas("web"),
    maxReplicas: maxReplicas("web"),
    workers: whole(
      1,
      8,
      2,
      "`WEB_CONCURRENCY`: Puma processes per pod, 512Mi and a quarter of a core each.",
    ),
    threads: whole(
      1,
      32,
      5,
      "`MAX_THREADS`: threads per worker; each holds a database connection.",
    ),
  })
  .meta({ description: "Puma: pages, API, federation." });

/** The key `streaming`. */
export const streamingSchema = z
  .strictObject({
    replicas: replicas("streaming"),
    connections: whole(
      1,
      50,
      10,
      "`DB_POOL`: database connections per process. Left out, Mastodon's own 10.",
    ),
  })
  .meta({ description: "The WebSocket server." });

/** The key `assets`. */
export const assetsSchema = z
  .strictObject({
    keepPrevious: z.boolean().default(true).meta({
      description:
        "After an upgrade the static files of the release before are served too, for pages that are still open. Off where a registry does not keep old images: a pod that is made anew needs both.",
    }),
  })
  .prefault({})
  .meta({ description: "The origin of the static files." });

const group = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,29}[a-z0-9])?$/u)
    .meta({
      description: "Its Deployment is called `sidekiq-<name>`.",
      allowed: "a short name of lower-case letters, digits and hyphens, a letter first",
      examples: ["federation"],
    }),
  queues: z
    .array(z.enum(EVERY_QUEUE))
    .min(1)
    .meta({ description: "The queues that it works.", examples: [["push", "pull"]] }),
  replicas: replicas("the group"),
  maxReplicas: maxReplicas("the group"),
  concurrency: whole(
    1,
    50,
    25,
    "Threads per process; each holds a database connection. Beyond 25 to 30 they wait for each other.",
  ),
});

/** The key `sidekiq`. */
export const sidekiqSchema = z.array(group).min(1).meta({
  description:
    "Groups of background processes. Every queue in exactly one of them; the one with the scheduler runs once. A list replaces the profile's as a whole.",
});
