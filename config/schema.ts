import { z } from "zod";
import { digitalOceanFaults, DigitalOceanSchema } from "./digitalocean.ts";
import { faultsOf } from "./faults.ts";
import { FingerprintsSchema } from "./fingerprints.ts";
import { SIDEKIQ_QUEUES } from "./sidekiq.ts";
import { POSTGRES_SIZES, VALKEY_SIZES } from "./sizes.ts";

/** A DNS name without scheme, port or trailing dot. */
const hostName = z
  .string()
  .regex(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/u, {
    error: 'expected a host name in lower case, such as "example.social"',
  });

/** An identifier of Cloudflare's: 32 hex digits. */
const cloudflareId = z.string().regex(/^[0-9a-f]{32}$/u, {
  error: "expected 32 hex digits, as the zone's overview page shows them",
});

const replicas = z.int().min(1).max(50);

const nodePool = z.strictObject({
  /** Droplet slug. Changing it replaces the pool: the new one comes up before the old one goes. */
  size: z.string().regex(/^[a-z0-9]+(-[a-z0-9.]+)+$/u, {
    error: 'expected a Droplet size slug, such as "s-4vcpu-8gb"',
  }),
  nodes: z.int().min(1).max(100),
});

const sidekiqGroup = z.strictObject({
  /** Name of its Deployment: `sidekiq-<name>`. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/u, {
    error: 'expected a short name in lower case, such as "federation"',
  }),
  queues: z.array(z.enum(SIDEKIQ_QUEUES)).min(1),
  replicas,
  /** Threads per process; each holds a database connection. */
  concurrency: z.int().min(1).max(50),
});

/** The whole of what an operator decides, but for secrets. Unknown keys are refused at any depth. */
export const StackConfigSchema = z
  .strictObject({
    /** `LOCAL_DOMAIN`: the part after the @. It can never be changed. */
    domain: hostName,
    /** `WEB_DOMAIN`: where the server answers. */
    webDomain: hostName,
    /** Slug of a DigitalOcean region with DOKS, Postgres and Valkey. Changing it replaces almost everything. */
    region: z.string().regex(/^[a-z]{3}\d$/u, { error: 'expected a region slug, such as "nyc3"' }),
    cluster: z.strictObject({
      /** Full DOKS version slug at creation; afterwards DigitalOcean upgrades patches, and this line is ignored. */
      version: z.string().regex(/^\d+\.\d+\.\d+-do\.\d+$/u, {
        error: 'expected a DOKS version slug, such as "1.35.1-do.6"',
      }),
      /** A second control plane, $40 a month; it can be switched on later, never off. */
      highAvailability: z.boolean(),
      /** The pool that the cluster is born with: small, and never resized, since that would replace the cluster. */
      basePool: nodePool,
      workloadPool: nodePool,
    }),
    postgres: z.strictObject({
      size: z.enum(POSTGRES_SIZES),
      /** 1, or 2 to 3 with standbys. */
      nodes: z.int().min(1).max(3),
      /** Server connections of the transaction pool that web, Sidekiq and streaming share. */
      poolConnections: z.int().min(1),
    }),
    valkey: z.strictObject({ size: z.enum(VALKEY_SIZES) }),
    web: z.strictObject({
      replicas,
      /** `WEB_CONCURRENCY`: Puma workers per pod. */
      workers: z.int().min(1).max(8),
      /** `MAX_THREADS`: threads per worker; each holds a database connection. */
      threads: z.int().min(1).max(32),
    }),
    streaming: z.strictObject({ replicas }),
    sidekiq: z.array(sidekiqGroup).min(1),
    cloudflare: z.strictObject({ accountId: cloudflareId, zoneId: cloudflareId }),
    /**
     * Mastodon's release before this one, in the days around an upgrade: its hashed files are served too, for pages that are
     * still open. Left out otherwise.
     */
    previousVersion: z
      .string()
      .regex(/^v\d+\.\d+\.\d+$/u, { error: 'expected a release of Mastodon, such as "v4.6.4"' })
      .optional(),
    /** What is seldom changed at DigitalOcean: windows, limits, alerts. May be left out. */
    digitalocean: DigitalOceanSchema,
    /** What each secret is known again by. Written by `npm run secrets`, never by hand. */
    fingerprints: FingerprintsSchema,
  })
  .superRefine((config, context) => {
    for (const fault of digitalOceanFaults(config)) context.addIssue({ code: "custom", ...fault });
    const owners = config.sidekiq.flatMap(({ name, queues }) =>
      queues.map((queue) => ({ name, queue })),
    );
    for (const queue of SIDEKIQ_QUEUES) {
      const groups = owners.filter((owner) => owner.queue === queue).map((owner) => owner.name);
      if (groups.length !== 1)
        context.addIssue({
          code: "custom",
          path: ["sidekiq"],
          message:
            groups.length === 0
              ? `no group works the queue "${queue}": its jobs would wait for ever. Add it to one group`
              : `the queue "${queue}" is in the groups ${groups.join(" and ")}. Leave it in one`,
        });
    }
    const twice = config.sidekiq.find(
      ({ name }, index) => config.sidekiq.findIndex((group) => group.name === name) !== index,
    );
    if (twice !== undefined)
      context.addIssue({
        code: "custom",
        path: ["sidekiq"],
        message: `two groups are called "${twice.name}", and so would be their Deployments. Rename one`,
      });
    const scheduler = config.sidekiq.find(({ queues }) => queues.includes("scheduler"));
    if (scheduler !== undefined && (scheduler.queues.length > 1 || scheduler.replicas > 1))
      context.addIssue({
        code: "custom",
        path: ["sidekiq"],
        message: `the group "${scheduler.name}" works the queue "scheduler", so it must work no other queue and have 1 replica: a second scheduler would run every periodic job twice`,
      });
    if (config.postgres.nodes > 1 && config.postgres.size === "db-s-1vcpu-1gb")
      context.addIssue({
        code: "custom",
        path: ["postgres", "nodes"],
        message: `DigitalOcean offers no standby on "db-s-1vcpu-1gb". Set 1, or take "db-s-1vcpu-2gb" or larger`,
      });
  });

/** A valid configuration, every value filled in. */
export type StackConfig = z.infer<typeof StackConfigSchema>;

/**
 * Parses configuration as the stack file has it.
 * @throws Error naming every fault with its key, all at once.
 */
export function parseConfig(raw: unknown): StackConfig {
  const parsed = StackConfigSchema.safeParse(raw, { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, StackConfigSchema));
  throw new Error(
    `The stack's configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; nothing was changed:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
  );
}
