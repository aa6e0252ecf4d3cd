import { z } from "zod";
import { NODE_SIZES } from "./nodes.ts";
import { PROFILE_NAMES } from "./profile-names.ts";
import { SIDEKIQ_QUEUES } from "./sidekiq.ts";
import { POSTGRES_SIZES, VALKEY_SIZES } from "./sizes.ts";

/**
 * The whole of what an operator decides, but for secrets. Each key says in `meta` what it is, what is allowed where the type does
 * not say it, and an example: faults, `docs/config.md`, the editors' schema and the declarations in `Pulumi.yaml` are made of that.
 */

/** A DNS name without scheme, port or trailing dot. */
const hostName = (description: string) =>
  z
    .string()
    .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/u)
    .meta({
      description,
      allowed: "a host name in lower case, without scheme, port or a dot at its end",
      examples: ["example.social"],
    });

/** An identifier of Cloudflare's. */
const cloudflareId = (what: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{32}$/u)
    .meta({
      description: `Cloudflare's id of the ${what}, from the zone's overview page.`,
      allowed: `32 hex digits in quotes, as the zone's overview page shows them`,
      examples: ["0123456789abcdef0123456789abcdef"],
    });

const replicas = (what: string) =>
  z
    .int()
    .min(1)
    .max(50)
    .meta({ description: `Pods of ${what} that always run.`, examples: [2] });

const maxReplicas = (what: string) =>
  z
    .int()
    .min(1)
    .max(50)
    .meta({
      description: `Pods of ${what} that database, Valkey and nodes must have room for: as far as it may be scaled. Left out, as many as always run.`,
      examples: [3],
    });

const nodePool = (description: string) =>
  z
    .strictObject({
      size: z.enum(NODE_SIZES).meta({
        description: "Droplet size. A change makes a new pool before the old one goes.",
      }),
      nodes: z
        .int()
        .min(1)
        .max(100)
        .meta({ description: "Nodes of the pool.", examples: [3] }),
    })
    .meta({ description });

const sidekiqGroup = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/u)
    .meta({
      description: "Its Deployment is called `sidekiq-<name>`.",
      allowed: "a short name of lower-case letters, digits and hyphens",
      examples: ["federation"],
    }),
  queues: z
    .array(z.enum(SIDEKIQ_QUEUES))
    .min(1)
    .meta({ description: "The queues that it works.", examples: [["push", "pull"]] }),
  replicas: replicas("the group"),
  maxReplicas: maxReplicas("the group"),
  concurrency: z
    .int()
    .min(1)
    .max(50)
    .meta({
      description:
        "Threads per process; each holds a database connection. Beyond 25 to 30 they wait for each other.",
      examples: [25],
    }),
});

/** Unknown keys are refused at any depth. Nothing is optional that a profile or a rule fills in: see `withProfile`. */
export const StackConfigSchema = z.strictObject({
  profile: z.enum(PROFILE_NAMES).optional().meta({
    description:
      "Sizes for so many members: solo up to 50, small 500, medium 5,000, large 25,000. Each single value can be overridden.",
  }),
  domain: hostName(
    "`LOCAL_DOMAIN`: the part after the @ of every account. **It can never be changed.**",
  ),
  webDomain: hostName(
    "`WEB_DOMAIN`: where the server answers. `streaming.` and `assets.` of it are derived.",
  ),
  region: z
    .string()
    .regex(/^[a-z]{3}\d$/u)
    .meta({
      description:
        "DigitalOcean region with DOKS, Postgres and Valkey. **A change replaces almost everything, data included.**",
      allowed: "a region slug",
      examples: ["nyc3"],
    }),
  cluster: z
    .strictObject({
      version: z
        .string()
        .regex(/^\d+\.\d+\.\d+-do\.\d+$/u)
        .meta({
          description:
            "Kubernetes at the cluster's creation. Afterwards DigitalOcean upgrades patches, and this is ignored.",
          allowed: "a full DOKS version slug",
          examples: ["1.35.1-do.6"],
        }),
      highAvailability: z.boolean().meta({
        description: "A second control plane, $40 a month. It can be switched on later, never off.",
        examples: [true],
      }),
      basePool: nodePool(
        "The pool that the cluster is born with. **A change of its size replaces the cluster.**",
      ),
      workloadPool: nodePool("Where the server runs."),
    })
    .meta({ description: "Kubernetes (DOKS)." }),
  postgres: z
    .strictObject({
      size: z.enum(POSTGRES_SIZES).meta({
        description: "Plan. It can grow in place and never shrink.",
      }),
      nodes: z
        .int()
        .min(1)
        .max(3)
        .meta({
          description: "1, or 2 to 3 with standbys that take over by themselves.",
          examples: [2],
        }),
      poolConnections: z
        .int()
        .min(1)
        .max(1000)
        .meta({
          description:
            "Server connections of the transaction pool that web, streaming and Sidekiq share. **A change breaks the pool for a moment.**",
          examples: [190],
        }),
    })
    .meta({
      description:
        "Managed Postgres, with daily backups and seven days of recovery to a point in time.",
    }),
  valkey: z
    .strictObject({
      size: z.enum(VALKEY_SIZES).meta({ description: "Plan." }),
    })
    .meta({ description: "Managed Valkey: queues, feeds, cache." }),
  web: z
    .strictObject({
      replicas: replicas("web"),
      maxReplicas: maxReplicas("web"),
      workers: z
        .int()
        .min(1)
        .max(8)
        .meta({
          description:
            "`WEB_CONCURRENCY`: Puma processes per pod, 512Mi and a quarter of a core each.",
          examples: [2],
        }),
      threads: z
        .int()
        .min(1)
        .max(32)
        .meta({
          description: "`MAX_THREADS`: threads per worker; each holds a database connection.",
          examples: [5],
        }),
    })
    .meta({ description: "Puma: pages, API, federation." }),
  streaming: z
    .strictObject({
      replicas: replicas("streaming"),
      maxReplicas: maxReplicas("streaming"),
      connections: z
        .int()
        .min(1)
        .max(50)
        .meta({
          description: "`DB_POOL`: database connections per process. Left out, Mastodon's own 10.",
          examples: [10],
        }),
    })
    .meta({ description: "The WebSocket server." }),
  sidekiq: z.array(sidekiqGroup).min(1).meta({
    description:
      "Groups of background processes. Every queue in exactly one of them; the scheduler alone, once. A list replaces the profile's as a whole.",
  }),
  cloudflare: z
    .strictObject({ accountId: cloudflareId("account"), zoneId: cloudflareId("zone") })
    .meta({ description: "Whose zone the domain is in." }),
  previousVersion: z
    .string()
    .regex(/^v\d+\.\d+\.\d+$/u)
    .optional()
    .meta({
      description:
        "Mastodon's release before this one, in the days around an upgrade: its hashed files are served too, for pages that are still open.",
      allowed: "a release of Mastodon",
      examples: ["v4.6.4"],
    }),
});

/** A valid configuration, every value filled in. */
export type StackConfig = Omit<z.infer<typeof StackConfigSchema>, "profile">;
