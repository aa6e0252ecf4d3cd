import { read } from "../properties.ts";
import { ONE_CALL, type PropertyRow, type ResourceRow } from "../rows.ts";
import { refusal } from "./api.ts";
import { DATABASE } from "./database-address.ts";

/** A whole number within the API's bounds. 0 is left out by the provider (`GetOk`), so it would change nothing: refused. */
const whole = (min: number, max: number): PropertyRow => ({
  kind: "integer",
  computed: true,
  refuse: (value) => {
    if (value === 0) return "the provider can't send a 0; leave it out";
    return Number(value) >= min && Number(value) <= max
      ? undefined
      : `${String(value)} is not ${min} to ${max}`;
  },
});
const oneOf = (...allowed: readonly string[]): PropertyRow => ({
  kind: "string",
  computed: true,
  allowed,
});
const integer: PropertyRow = { kind: "integer", computed: true };
const fraction: PropertyRow = { kind: "number", computed: true };
const text: PropertyRow = { kind: "string", computed: true };

/** What can be set; bounds from digitalocean/openapi `databases/models/advanced_config/postgres_advanced_config.yml`. */
const SETTINGS: Readonly<Record<string, PropertyRow>> = {
  idleInTransactionSessionTimeout: whole(0, 604_800_000),
  logMinDurationStatement: whole(-1, 86_400_000),
  pgStatStatementsTrack: oneOf("all", "top", "none"),
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
  defaultToastCompression: text,
  jit: { kind: "boolean", computed: true },
  logAutovacuumMinDuration: integer,
  logErrorVerbosity: text,
  logLinePrefix: text,
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
  pgbouncers: { kind: "list", computed: true, item: { kind: "any" } },
  sharedBuffersPercentage: fraction,
  tempFileLimit: integer,
  timescaledbs: { kind: "list", computed: true, item: { kind: "any" } },
  timezone: text,
  trackActivityQuerySize: integer,
  trackCommitTimestamp: text,
  trackFunctions: text,
  walSenderTimeout: integer,
  walWriterDelay: integer,
  workMem: integer,
};

/** What a property of this kind reads as where nobody has set it: a zero of its kind, since nothing of the stack reads it. */
const ZERO: Readonly<Record<string, unknown>> = {
  integer: 0,
  number: 0,
  string: "",
  boolean: false,
  list: [],
};

const NEVER_SENT = "the provider never sends it; leave it out";

/**
 * What can be set of a Valkey; bounds from `valkey_advanced_config.yml` beside it. `frequentSnapshots` and `valkeyActiveExpireEffort` are
 * taken by the provider and never sent (`resource_database_valkey_config.go`): refused here, for they would do nothing.
 */
const VALKEY_SETTINGS: Readonly<Record<string, PropertyRow>> = {
  persistence: oneOf("off", "rdb"),
  timeout: whole(0, 31_536_000),
  ssl: { kind: "boolean", computed: true },
  numberOfDatabases: whole(1, 128),
  ioThreads: whole(1, 32),
  lfuLogFactor: integer,
  lfuDecayTime: integer,
  notifyKeyspaceEvents: text,
  pubsubClientOutputBufferLimit: whole(32, 512),
  aclChannelsDefault: oneOf("allchannels", "resetchannels"),
  // Hyphens, unlike the cluster's own `evictionPolicy`: set it there.
  valkeyMaxmemoryPolicy: text,
  frequentSnapshots: { kind: "boolean", computed: true, refuse: () => NEVER_SENT },
  valkeyActiveExpireEffort: { kind: "integer", computed: true, refuse: () => NEVER_SENT },
};

/**
 * Settings of an engine. They are recorded; the server behind runs with the rehearsal's own. Deleting them only forgets them
 * (terraform-provider-digitalocean `digitalocean/database/resource_database_postgres_config.go`, `…_valkey_config.go`).
 */
function settingsRow(
  type: string,
  engine: string,
  words: { readonly doing: string; readonly idSuffix: string },
  settings: Readonly<Record<string, PropertyRow>>,
): ResourceRow {
  return {
    type,
    file: "rehearsal/clouds/digitalocean/database-settings.ts",
    properties: { clusterId: { kind: "string", required: true, replaces: true }, ...settings },
    seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
    stableOutputs: "all",
    async create(inputs, { world }) {
      const id = read.text(inputs, "clusterId");
      const path = `/v2/databases/${id}/config`;
      const database = world.get(DATABASE, id);
      if (database === undefined)
        throw refusal(words.doing, "PATCH", path, 404, "cluster not found");
      if (database.properties["engine"] !== engine)
        // GoogleCloudPlatform/terraformer#1905, of another engine's call.
        throw refusal(
          words.doing,
          "PATCH",
          path,
          422,
          "operation is not supported for this cluster type",
        );
      const given = Object.entries(settings).map(([key, { kind }]) => [
        key,
        inputs[key] ?? ZERO[kind],
      ]);
      return { id: `${id}/${words.idSuffix}`, given: Object.fromEntries(given) };
    },
    update: async () => ({}),
    async delete() {},
  };
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
