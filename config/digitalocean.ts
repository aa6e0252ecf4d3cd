import { z } from "zod";
import { VALKEY_SIZES, POSTGRES_SIZES } from "./sizes.ts";

/**
 * What an operator may want otherwise at DigitalOcean. Each key has a default that a careful operator would choose, so a stack file
 * may leave out the whole block. A change is made in place unless its key says otherwise.
 */

/** GiB in steps of 10, as DigitalOcean rounds them anyway. */
const tens = (min: number, max: number) =>
  z.int().min(min).max(max).multipleOf(10, { error: "expected a multiple of 10" });

const hour = z.int().min(0).max(23);

/** IPv4 address or range; the control plane's firewall knows no IPv6 (digitalocean/openapi `kubernetes/models/control_plane_firewall.yml`). */
const ipv4Range = z
  .string()
  .regex(/^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)(\/(3[0-2]|[12]?\d))?$/u, {
    error: 'expected an IPv4 address or range, such as "203.0.113.7/32"',
  });

const maintenance = z
  .strictObject({
    /** The day on which DigitalOcean may restart things. */
    day: z
      .enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
      .default("sunday"),
    /** Start of the cluster's window, hours UTC; it lasts four hours, and patches of Kubernetes are made in it. */
    clusterHour: hour.default(4),
    /** Start of the database's window, hours UTC. Not the cluster's: two disturbances at once are harder to tell apart. */
    postgresHour: hour.default(5),
    /** Start of Valkey's window, hours UTC. */
    valkeyHour: hour.default(6),
  })
  .prefault({});

const project = z
  .strictObject({
    /** Its name in the control panel; no other project of the team may have it. */
    name: z.string().min(1).max(175).default("Mastodon"),
    environment: z.enum(["Development", "Staging", "Production"]).default("Production"),
  })
  .prefault({});

const storageAutoscale = z
  .strictObject({
    /** Off, a full disk makes the database read-only. It only ever grows, and stays grown. */
    enabled: z.boolean().default(true),
    /** How full the disk gets before it grows, percent. DigitalOcean allows 15 to 95. */
    thresholdPercent: z.int().min(15).max(95).default(80),
    /** By how much it grows, GiB, in steps of 10, once an hour at most; each is about $2.10 a month. */
    incrementGib: tens(10, 500).default(10),
  })
  .prefault({});

/** Every value is above 0 on purpose: the provider can't send a 0 (`GetOk` in its `resource_database_postgres_config.go`). */
const postgresSettings = z
  .strictObject({
    /** Ends sessions that hold a transaction open and do nothing, seconds: each holds a pool connection and stops vacuum. */
    idleInTransactionSeconds: z.int().min(1).max(604_800).default(300),
    /** Logs statements that take longer, milliseconds. */
    slowStatementMilliseconds: z.int().min(1).max(86_400_000).default(1_000),
    /** What `pg_stat_statements` counts, which PgHero at `/pghero` reads: `top` the statements of clients, `all` also those inside functions. */
    trackStatements: z.enum(["top", "all"]).default("top"),
    /** Hour of the daily backup, UTC; not the hour after midnight, which the provider can't send. */
    backupHour: z.int().min(1).max(23).default(2),
  })
  .prefault({});

const readReplica = z.strictObject({
  /** Plan of the replica; no smaller than the database's, or it can't hold it. Each costs as much as a database without standby. */
  size: z.enum(POSTGRES_SIZES),
});

const alerts = z
  .strictObject({
    /** Who is told. Only verified addresses of members of the DigitalOcean team: any other is refused, at the very end of an update. */
    emails: z.array(z.email({ error: "expected an e-mail address" })).default([]),
    /** Slack channel that is told; its webhook is the secret `slackWebhook`. */
    slackChannel: z.string().min(1).optional(),
    /** Where the checks are made from. Two at least, or one region's trouble looks like ours. */
    regions: z
      .array(z.enum(["us_east", "us_west", "eu_west", "se_asia"]))
      .min(1)
      .default(["us_east", "eu_west"]),
    /** How long a page takes before someone is told, milliseconds. */
    latencyMilliseconds: z.int().min(100).max(30_000).default(2_000),
    /** How long before a certificate ends someone is told, days. Cloudflare renews at 30: at 14 it has failed for two weeks. */
    certificateDays: z.int().min(1).max(60).default(14),
    /** How busy a database is, percent, before someone is told: CPU, memory and disk. */
    cpuPercent: z.int().min(1).max(100).default(85),
    memoryPercent: z.int().min(1).max(100).default(90),
    /** Above the threshold at which the disk grows by itself, so that it tells of a growth that failed. */
    diskPercent: z.int().min(1).max(100).default(88),
  })
  .prefault({});

/** The key `digitalocean` of the stack file. */
export const DigitalOceanSchema = z
  .strictObject({
    maintenance,
    project,
    /** Left out, anyone can reach the cluster's API, and needs a token. DigitalOcean offers it by invitation. */
    controlPlaneFirewall: z
      .strictObject({
        /** Must hold the address from which `pulumi up` runs, or the next one can't reach the cluster. */
        allowedAddresses: z.array(ipv4Range).min(1),
      })
      .optional(),
    /** Left out, the workload pool keeps the nodes that `cluster.workloadPool.nodes` says. */
    autoscaling: z
      .strictObject({
        /** The pool grows up to so many nodes and falls back to `cluster.workloadPool.nodes`. This is the ceiling of the bill. */
        maxNodes: z.int().min(2).max(100),
      })
      .optional(),
    postgres: z
      .strictObject({
        /**
         * Disk of the database, GiB; left out, what the plan brings. It can grow and never shrink. With storage autoscaling it is
         * only used at creation.
         */
        storageGib: tens(10, 20_000).optional(),
        storageAutoscale,
        settings: postgresSettings,
        /** Left out, there is none. Mastodon's reads that may be a moment late go to it. */
        readReplica: readReplica.optional(),
      })
      .prefault({}),
    valkey: z
      .strictObject({
        /** A second Valkey for the cache alone, which may forget; the first one, with Sidekiq's jobs, then never fills up with it. */
        cache: z.strictObject({ size: z.enum(VALKEY_SIZES) }).optional(),
      })
      .prefault({}),
    alerts,
  })
  .prefault({});

/** What an operator decided about DigitalOcean, every default filled in. */
export type DigitalOceanConfig = z.infer<typeof DigitalOceanSchema>;

/** The rest of the configuration, as far as it has a say in what is possible at DigitalOcean. */
interface Surroundings {
  readonly cluster: { readonly workloadPool: { readonly nodes: number } };
  readonly postgres: { readonly size: (typeof POSTGRES_SIZES)[number] };
  readonly digitalocean: DigitalOceanConfig;
}

/** What contradicts itself: where, and in a sentence. */
export function digitalOceanFaults({
  cluster,
  postgres,
  digitalocean: { autoscaling, postgres: options },
}: Surroundings): readonly { readonly path: string[]; readonly message: string }[] {
  const { nodes } = cluster.workloadPool;
  const replica = options.readReplica?.size;
  return [
    ...(autoscaling !== undefined && autoscaling.maxNodes <= nodes
      ? [
          {
            path: ["digitalocean", "autoscaling", "maxNodes"],
            message: `${autoscaling.maxNodes} is not more than the ${nodes} nodes of cluster.workloadPool.nodes, which the pool never goes below. Raise it to ${nodes + 1} or more, or leave autoscaling out`,
          },
        ]
      : []),
    ...(replica !== undefined &&
    POSTGRES_SIZES.indexOf(replica) < POSTGRES_SIZES.indexOf(postgres.size)
      ? [
          {
            path: ["digitalocean", "postgres", "readReplica", "size"],
            message: `"${replica}" is smaller than the database's "${postgres.size}". Take that or larger`,
          },
        ]
      : []),
  ];
}
