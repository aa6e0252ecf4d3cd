import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { offered, refusal, refuseFaults } from "./api.ts";
import { DATABASE } from "./database-address.ts";

/**
 * An integer within the API's bounds, which the provider doesn't know. The provider does not send 0
 * (`GetOk`).
 */
const whole = (min: number, max: number): PropertyRow => ({
  kind: "integer",
  computed: true,
  api: (value) => (value === 0 ? undefined : between(value, min, max)),
  unsent: (value) => (value === 0 ? "the provider can't send a 0; leave it out" : undefined),
});
/** An integer within bounds that the provider checks (`IntBetween`). */
const bounded = (min: number, max: number): PropertyRow => ({
  kind: "integer",
  computed: true,
  refuse: (value) => between(value, min, max),
});
const between = (value: unknown, min: number, max: number): string | undefined =>
  Number(value) >= min && Number(value) <= max
    ? undefined
    : `${String(value)} is not ${min} to ${max}`;
const blocks: PropertyRow = {
  kind: "list",
  computed: true,
  item: { kind: "map", item: { kind: "any" } },
};
const oneOf = (...allowed: readonly string[]): PropertyRow => ({
  kind: "string",
  computed: true,
  allowed,
});
const integer: PropertyRow = { kind: "integer", computed: true };
const fraction: PropertyRow = { kind: "number", computed: true };
const text: PropertyRow = { kind: "string", computed: true };

/** The three formats (`resource_database_postgres_config.go`, as every list of values here). */
const LOG_LINE_PREFIXES = [
  "pid=%p,user=%u,db=%d,app=%a,client=%h",
  "%m [%p] %q[user=%u,db=%d,app=%a]",
  "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h",
];

/**
 * Settings of a Postgres; bounds from digitalocean/openapi
 * `databases/models/advanced_config/postgres_advanced_config.yml`.
 */
const SETTINGS: Readonly<Record<string, PropertyRow>> = {
  idleInTransactionSessionTimeout: whole(0, 604_800_000),
  logMinDurationStatement: whole(-1, 86_400_000),
  pgStatStatementsTrack: { ...text, api: offered(["all", "top", "none"]) },
  trackIoTiming: oneOf("off", "on"),
  backupHour: whole(0, 23),
  backupMinute: whole(0, 59),
  autovacuumAnalyzeScaleFactor: fraction,
  autovacuumAnalyzeThreshold: integer,
  autovacuumFreezeMaxAge: integer,
  autovacuumMaxWorkers: integer,
  autovacuumNaptime: integer,
  autovacuumVacuumCostDelay: integer,
  autovacuumVacuumCostLimit: integer,
  autovacuumVacuumScaleFactor: fraction,
  autovacuumVacuumThreshold: integer,
  bgwriterDelay: integer,
  bgwriterFlushAfter: integer,
  bgwriterLruMaxpages: integer,
  bgwriterLruMultiplier: fraction,
  deadlockTimeout: integer,
  defaultToastCompression: oneOf("lz4", "pglz"),
  jit: { kind: "boolean", computed: true },
  logAutovacuumMinDuration: integer,
  logErrorVerbosity: oneOf("TERSE", "DEFAULT", "VERBOSE"),
  logLinePrefix: oneOf(...LOG_LINE_PREFIXES),
  maxFilesPerProcess: integer,
  maxLocksPerTransaction: integer,
  maxLogicalReplicationWorkers: integer,
  maxParallelWorkers: integer,
  maxParallelWorkersPerGather: integer,
  maxPredLocksPerTransaction: integer,
  maxPreparedTransactions: integer,
  maxReplicationSlots: integer,
  maxStackDepth: integer,
  maxStandbyArchiveDelay: integer,
  maxStandbyStreamingDelay: integer,
  maxWalSenders: integer,
  maxWorkerProcesses: integer,
  pgPartmanBgwInterval: integer,
  pgPartmanBgwRole: text,
  pgbouncers: blocks,
  sharedBuffersPercentage: {
    ...fraction,
    // A 0 from the API was not set by the program (`FloatBetween` checks only set values).
    refuse: (value) => (value === 0 ? undefined : between(value, 20, 60)),
  },
  tempFileLimit: integer,
  timescaledbs: blocks,
  timezone: text,
  trackActivityQuerySize: integer,
  trackCommitTimestamp: oneOf("off", "on"),
  trackFunctions: oneOf("all", "pl", "none"),
  walSenderTimeout: integer,
  walWriterDelay: integer,
  workMem: integer,
};

const ZERO: Readonly<Record<string, unknown>> = {
  integer: 0,
  number: 0,
  string: "",
  boolean: false,
  list: [],
};

/**
 * Value of an unset setting: a zero, or the smallest allowed one. Nothing in the stack reads it.
 */
function unset({ kind, allowed, refuse }: PropertyRow): unknown {
  if (allowed !== undefined) return allowed[0];
  return [ZERO[kind], 1, 32].find((value) => refuse?.(value) === undefined);
}

const neverSent = (): string => "the provider never sends it; leave it out";

/**
 * Settings of a Valkey; bounds from `resource_database_valkey_config.go`. Those of `timeout` are
 * from `valkey_advanced_config.yml`: it is the only 0 that is sent (`GetOkExists`).
 */
const VALKEY_SETTINGS: Readonly<Record<string, PropertyRow>> = {
  persistence: oneOf("off", "rdb"),
  timeout: { ...integer, api: (value) => between(value, 0, 31_536_000) },
  ssl: { kind: "boolean", computed: true },
  numberOfDatabases: bounded(1, 128),
  ioThreads: bounded(1, 32),
  lfuLogFactor: bounded(1, 100),
  lfuDecayTime: bounded(1, 120),
  notifyKeyspaceEvents: {
    ...text,
    refuse: (value) =>
      /^[KEg$lshzxeA]{0,32}$/.test(String(value))
        ? undefined
        : `${String(value)} must be at most 32 of: K, E, g, $, l, s, h, z, x, e, A`,
  },
  pubsubClientOutputBufferLimit: bounded(32, 512),
  aclChannelsDefault: oneOf("allchannels", "resetchannels"),
  // With hyphens, unlike the cluster's own `evictionPolicy`: set it there.
  valkeyMaxmemoryPolicy: oneOf(
    "noeviction",
    "allkeys-lru",
    "allkeys-random",
    "volatile-lru",
    "volatile-random",
    "volatile-ttl",
  ),
  frequentSnapshots: { kind: "boolean", computed: true, unsent: neverSent },
  valkeyActiveExpireEffort: { ...bounded(1, 10), unsent: neverSent },
};

/**
 * Settings of an engine. They are recorded only; the server runs with the rehearsal's own. A delete
 * only removes them from the state (terraform-provider-digitalocean
 * `digitalocean/database/resource_database_postgres_config.go`, `…_valkey_config.go`).
 */
function settingsRow(
  type: string,
  engine: string,
  words: { readonly doing: string; readonly idSuffix: string },
  settings: Readonly<Record<string, PropertyRow>>,
): ResourceRow {
  const row: ResourceRow = {
    type,
    file: "rehearsal/clouds/digitalocean/database-settings.ts",
    asOf: DIGITALOCEAN_SOURCE,
    importId: "{clusterId}",
    forgets: {},
    properties: { clusterId: { kind: "string", required: true, replaces: true }, ...settings },
    seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
    stableOutputs: "all",
    async create(inputs, { world }) {
      const id = read.text(inputs, "clusterId");
      const path = `/v2/databases/${id}/config`;
      refuseFaults(row, inputs, words.doing, "PATCH", path);
      const database = world.get(DATABASE, id);
      if (database === undefined)
        throw refusal(words.doing, "PATCH", path, 404, "cluster not found");
      if (database.properties["engine"] !== engine)
        // Message from GoogleCloudPlatform/terraformer#1905, of another engine's call.
        throw refusal(
          words.doing,
          "PATCH",
          path,
          422,
          "operation is not supported for this cluster type",
        );
      const given = Object.entries(settings).map(([key, property]) => [
        key,
        inputs[key] ?? unset(property),
      ]);
      return { id: `${id}/${words.idSuffix}`, given: Object.fromEntries(given) };
    },
    async update(_object, inputs) {
      const path = `/v2/databases/${read.text(inputs, "clusterId")}/config`;
      refuseFaults(row, inputs, words.doing, "PATCH", path);
      return {};
    },
    async delete() {},
  };
  return row;
}

/** Settings of a Postgres. */
export const databasePostgresqlConfig = settingsRow(
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig",
  "pg",
  { doing: "updating PostgreSQL configuration", idSuffix: "postgresql-config" },
  SETTINGS,
);

/** Settings of a Valkey. */
export const databaseValkeyConfig = settingsRow(
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig",
  "valkey",
  { doing: "updating Valkey configuration", idSuffix: "valkey-config" },
  VALKEY_SETTINGS,
);
