import { CLOUD_DURATIONS } from "../../../facts/durations.ts";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { offered, refusal, refuseFaults } from "./api.ts";
import { DATABASE, databaseHosts, PORTS, REPLICA, uriOf } from "./database-address.ts";
import { refuseStepsBack, refuseUnoffered } from "./database-refusals.ts";
import { putMembers } from "./database-forks.ts";
import { databasePlanFault, isSameDatabase } from "./database-plans.ts";
import { forgetFirewall } from "./database-firewall.ts";
import { DB, POOL, USER } from "./database-members.ts";
import { databasePostgresqlConfig, databaseValkeyConfig } from "./database-settings.ts";
import { isDay } from "./days.ts";
import { REGIONS } from "./regions.ts";
import { planStorageMib, POSTGRES_SIZES, storageOf, VALKEY_SIZES } from "./sizes.ts";
import { requireVpc } from "./vpc.ts";

const PATH = "/v2/databases";
const DOING = "creating database cluster";
const given: PropertyRow = { kind: "string", output: true };
const secret: PropertyRow = { kind: "string", output: true, secret: true };

/**
 * A managed Postgres or Valkey (digitalocean/terraform-provider-digitalocean
 * `digitalocean/database/resource_database_cluster.go`). In place: size, node count, storage,
 * region, version, eviction policy, maintenance window, tags.
 */
export const databaseCluster: ResourceRow = {
  type: DATABASE,
  file: "rehearsal/clouds/digitalocean/databases.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  outlasted: {
    create: "Error creating database cluster: Timeout waiting to database cluster to become online",
    update: "Error resizing database cluster: Timeout waiting to database cluster to become online",
  },
  // `resourceDigitalOceanDatabaseClusterRead`: each behind a `GetOk`.
  readWhereKnown: ["maintenanceWindows", "storageAutoscale", "evictionPolicy"],
  autonamed: { maxLength: 255 },
  properties: {
    name: {
      kind: "string",
      replaces: true,
      api: (value) =>
        String(value).includes("_")
          ? // Message from digitalocean/api-v2#194.
            `${String(value)}: cluster names cannot have "_" in them; use "-"`
          : undefined,
    },
    engine: { kind: "string", required: true, replaces: true },
    version: { kind: "string" },
    size: { kind: "string", required: true },
    region: { kind: "string", required: true, api: offered(REGIONS) },
    nodeCount: { kind: "integer", required: true, api: offered([1, 2, 3]) },
    storageSizeMib: {
      kind: "string",
      computed: true,
      // Parsed with `strconv.ParseUint`. The provider silently omits a value that it can't parse.
      unsent: (value) =>
        /^[1-9]\d*$/.test(String(value))
          ? undefined
          : `${String(value)} is no number of MiB, and is not sent`,
    },
    // `IntBetween(15, 95)` and `IntAtLeast(10)`; the maximum from
    // `database_storage_autoscale_params.yml`.
    storageAutoscale: {
      kind: "object",
      fields: {
        enabled: { kind: "boolean", required: true },
        thresholdPercent: {
          kind: "integer",
          refuse: (value) => within(value, 15, 95, "threshold_percent"),
        },
        incrementGib: {
          kind: "integer",
          refuse: (value) =>
            Number(value) >= 10
              ? undefined
              : `expected increment_gib to be at least (10), got ${String(value)}`,
          api: (value) => within(value, 10, 500, "increment_gib"),
        },
      },
    },
    privateNetworkUuid: { kind: "string", computed: true, replaces: true },
    projectId: { kind: "string", computed: true, replaces: true },
    evictionPolicy: {
      kind: "string",
      // With underscores here (digitalocean/openapi `models/eviction_policy_model.yml`).
      api: offered([
        "noeviction",
        "allkeys_lru",
        "allkeys_random",
        "volatile_lru",
        "volatile_random",
        "volatile_ttl",
      ]),
    },
    maintenanceWindows: {
      kind: "list",
      item: {
        kind: "object",
        fields: {
          day: { kind: "string", required: true, refuse: isDay }, // `IsDayOfTheWeek(true)`
          hour: { kind: "string", required: true },
        },
      },
    },
    tags: { kind: "set", item: { kind: "string" } },
    host: given,
    privateHost: given,
    port: { kind: "integer", output: true },
    user: given,
    database: given,
    password: secret,
    uri: secret,
    privateUri: secret,
    clusterUrn: given,
    metricsEndpoints: { kind: "list", item: { kind: "string" }, output: true },
    // Only for OpenSearch; otherwise empty, and the secret ones null.
    uiDatabase: given,
    uiHost: given,
    uiPassword: secret,
    uiPort: { kind: "integer", output: true },
    uiUri: secret,
    uiUser: given,
  },
  // The provider waits for "online" after `PUT …/resize` alone: not after a maintenance window, a
  // tag or a policy (terraform-provider-digitalocean, `resource_database_cluster.go`).
  waits: (before, after) =>
    RESIZED.some((key) => after[key] !== undefined && after[key] !== before[key]),
  seconds: CLOUD_DURATIONS[DATABASE],
  stableOutputs: "all",
  timeouts: { create: 30 * 60 },
  suppresses: isSameDatabase,
  planFault: databasePlanFault,
  apiFaults: ({ engine, size, region }) => {
    const sizes = engine === "pg" ? Object.keys(POSTGRES_SIZES) : VALKEY_SIZES;
    return [
      // digitalocean/openapi `specification/resources/databases/databases_create_cluster.yml`
      ...(engine === "redis"
        ? ["Caching cluster creates are no longer supported as of 2025-04-30; use valkey"]
        : []),
      ...(typeof size === "string" && !sizes.includes(size)
        ? [`size: ${size} is not offered for ${String(engine)}; there are ${sizes.join(", ")}`]
        : []),
      ...(engine === "valkey" && region === "nyc2" ? ["region: nyc2 has no valkey"] : []),
    ];
  },
  async create(inputs, context) {
    const { world } = context;
    refuseFaults(databaseCluster, inputs, DOING, "POST", PATH);
    const name = read.text(inputs, "name");
    const region = read.text(inputs, "region");
    const network = read.optionalText(inputs, "privateNetworkUuid");
    requireVpc(context, network, region, DOING, PATH);
    refuseUnoffered(world.account, inputs);
    if (world.find(DATABASE, (other) => other["name"] === name).length > 0)
      // Message from Greenstand/treetracker-infrastructure#122.
      throw refusal(DOING, "POST", PATH, 422, "cluster name is not available");
    const id = world.newId();
    const postgres = inputs["engine"] === "pg";
    const hosts = databaseHosts(name, world.accountNumber);
    const names = [hosts.publicHost, hosts.privateHost];
    const port = postgres ? PORTS.postgres : PORTS.valkey;
    const database = postgres ? "defaultdb" : "";
    return {
      id,
      given: {
        host: hosts.publicHost,
        privateHost: hosts.privateHost,
        port,
        database,
        clusterUrn: `do:dbaas:${id}`,
        metricsEndpoints: [`https://${hosts.publicHost}:9273/metrics`],
        privateNetworkUuid: network ?? world.defaultVpcId,
        projectId: inputs["projectId"] ?? world.defaultProjectId,
        // Recorded only; the real server uses this machine's disk.
        storageSizeMib: storageOf(inputs["storageSizeMib"], read.text(inputs, "size")),
        uiDatabase: "",
        uiHost: "",
        uiPort: 0,
        uiUser: "",
      },
      ready: async () => {
        const server = postgres
          ? await world.databases.createPostgres(id, names, world.forks.get(name))
          : await world.databases.createValkey(
              id,
              names,
              read.optionalText(inputs, "evictionPolicy") ?? "noeviction",
            );
        world.databaseServers.set(id, { server, ...hosts });
        if (world.forks.delete(name)) await putMembers(world, id);
        const access = { user: server.adminUser, password: server.adminPassword, port, database };
        return {
          ...access,
          uri: uriOf(postgres, { ...access, host: hosts.publicHost }),
          privateUri: uriOf(postgres, { ...access, host: hosts.privateHost }),
        };
      },
    };
  },
  async update(object, inputs, { world }) {
    const path = `${PATH}/${object.id}/resize`;
    refuseFaults(databaseCluster, inputs, "resizing database cluster", "PUT", path);
    refuseStepsBack(world.account, object, inputs);
    const policyOf = (properties: Properties): string =>
      read.optionalText(properties, "evictionPolicy") ?? "noeviction";
    if (policyOf(object.properties) !== policyOf(inputs))
      await world.databases.setEvictionPolicy(object.id, policyOf(inputs));
    return { storageSizeMib: grownStorage(object.properties, inputs) };
  },
  async delete(object, { world }) {
    await removeDatabase(world, object);
  },
};

/** Properties that a resize sends. */
const RESIZED = ["size", "nodeCount", "storageSizeMib"];

function within(value: unknown, min: number, max: number, name: string): string | undefined {
  return Number(value) >= min && Number(value) <= max
    ? undefined
    : `expected ${name} to be in the range (${min} - ${max}), got ${String(value)}`;
}

/**
 * Storage after a resize: the requested size, or the larger plan's. If neither is known, the old
 * size.
 */
function grownStorage(before: Properties, after: Properties): string {
  const disks = [before["storageSizeMib"], after["storageSizeMib"]].map((mib) => Number(mib ?? 0));
  return String(Math.max(...disks, planStorageMib(read.text(after, "size")) ?? 0));
}

/**
 * Types of objects that are deleted with a database; also replicas, whose names lead to its server
 * here.
 */
const PARTS = [
  USER,
  DB,
  POOL,
  REPLICA,
  databasePostgresqlConfig.type,
  databaseValkeyConfig.type,
] as const;

/** Objects that are deleted with a database. */
export function partsOf(world: World, database: CloudObject): readonly CloudObject[] {
  return PARTS.flatMap((type) => world.find(type, ({ clusterId }) => clusterId === database.id));
}

/** Stops the server of a database, and removes its members from the world. */
export async function removeDatabase(world: World, object: CloudObject): Promise<void> {
  await world.inTurn(object.id, () => world.databases.destroy(object.id));
  world.databaseServers.delete(object.id);
  for (const part of partsOf(world, object)) {
    if (part.type === REPLICA) {
      const uuid = read.text(part.properties, "uuid");
      world.databaseServers.delete(uuid);
      forgetFirewall(world, uuid);
    }
    world.remove(part);
  }
  forgetFirewall(world, object.id);
  world.departures.begin(read.text(object.properties, "privateNetworkUuid"));
}
