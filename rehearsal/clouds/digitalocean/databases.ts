import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { CloudObject, PropertyRow, ResourceRow } from "../rows.ts";
import type { World } from "../world.ts";
import { refusal } from "./api.ts";
import { DATABASE, databaseHosts, PORTS, uriOf } from "./database-address.ts";
import { refuseStepsBack, refuseUnoffered, SERVED } from "./database-refusals.ts";
import { forgetFirewall } from "./database-firewall.ts";
import { REGIONS } from "./regions.ts";
import { POSTGRES_SIZES, VALKEY_SIZES } from "./sizes.ts";
import { requireVpc } from "./vpc.ts";

const PATH = "/v2/databases";
const DOING = "creating database cluster";
const given: PropertyRow = { kind: "string", output: true };
const secret: PropertyRow = { kind: "string", output: true, secret: true };

/**
 * A managed Postgres or Valkey (digitalocean/terraform-provider-digitalocean `digitalocean/database/resource_database_cluster.go`).
 * In place: size, node count, storage, region, version, eviction policy, maintenance window, tags.
 */
export const databaseCluster: ResourceRow = {
  type: DATABASE,
  file: "rehearsal/clouds/digitalocean/databases.ts",
  autonamed: { maxLength: 255 },
  properties: {
    name: {
      kind: "string",
      replaces: true,
      refuse: (value) =>
        String(value).includes("_")
          ? `${String(value)}: cluster names cannot have "_" in them; use "-"` // digitalocean/api-v2#194
          : undefined,
    },
    engine: {
      kind: "string",
      required: true,
      replaces: true,
      refuse: (value) => {
        // digitalocean/openapi `specification/resources/databases/databases_create_cluster.yml`
        if (value === "redis")
          return "redis: Caching cluster creates are no longer supported as of 2025-04-30; use valkey";
        return String(value) in SERVED
          ? undefined
          : `${String(value)}: the rehearsal has servers for pg and valkey only`;
      },
    },
    version: { kind: "string" },
    size: { kind: "string", required: true },
    region: { kind: "string", required: true, allowed: REGIONS },
    nodeCount: { kind: "integer", required: true, allowed: [1, 2, 3] },
    storageSizeMib: {
      kind: "string",
      computed: true,
      refuse: (value) =>
        /^[1-9]\d*$/.test(String(value)) ? undefined : `${String(value)} is no number of MiB`,
    },
    // `resource_database_cluster.go`: `IntBetween(15, 95)` and `IntAtLeast(10)`; the most from `database_storage_autoscale_params.yml`.
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
          refuse: (value) => within(value, 10, 500, "increment_gib"),
        },
      },
    },
    privateNetworkUuid: { kind: "string", computed: true, replaces: true },
    projectId: { kind: "string", computed: true, replaces: true },
    evictionPolicy: {
      kind: "string",
      // Underscores here (digitalocean/openapi `models/eviction_policy_model.yml`).
      allowed: [
        "noeviction",
        "allkeys_lru",
        "allkeys_random",
        "volatile_lru",
        "volatile_random",
        "volatile_ttl",
      ],
    },
    maintenanceWindows: {
      kind: "list",
      item: {
        kind: "object",
        fields: {
          day: { kind: "string", required: true },
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
    // For OpenSearch alone; otherwise empty, and the secret ones null.
    uiDatabase: given,
    uiHost: given,
    uiPassword: secret,
    uiPort: { kind: "integer", output: true },
    uiUri: secret,
    uiUser: given,
  },
  seconds: {
    create: {
      seconds: 250,
      source:
        "digitalocean/terraform-provider-digitalocean#1102: a database with a user in 250 s; #381: 5m3s. No number is public for Valkey; the same is assumed",
    },
    update: {
      seconds: 206,
      source:
        "digitalocean/terraform-provider-digitalocean#198: 475 s with a resize, 269 s without",
    },
    delete: {
      seconds: 1,
      source: "digitalocean/terraform-provider-digitalocean#446: the call returns",
    },
  },
  stableOutputs: "all",
  timeouts: { create: 30 * 60 },
  contradictions: (inputs) => {
    const { engine, size, evictionPolicy } = inputs;
    const sizes = engine === "pg" ? Object.keys(POSTGRES_SIZES) : VALKEY_SIZES;
    return [
      ...(typeof size === "string" && !sizes.includes(size)
        ? [
            {
              property: "size",
              reason: `size: ${size} is not offered for ${String(engine)}; there are ${sizes.join(", ")}`,
            },
          ]
        : []),
      ...(evictionPolicy !== undefined && engine === "pg"
        ? [
            {
              property: "evictionPolicy",
              // `validateExclusiveAttributes`
              reason:
                "evictionPolicy: eviction_policy is only supported for Redis or Valkey Database Clusters",
            },
          ]
        : []),
      ...(engine === "valkey" && inputs["region"] === "nyc2"
        ? [{ property: "region", reason: "region: nyc2 has no valkey" }]
        : []),
    ];
  },
  async create(inputs, context) {
    const { world } = context;
    const name = read.text(inputs, "name");
    const region = read.text(inputs, "region");
    const network = read.optionalText(inputs, "privateNetworkUuid");
    requireVpc(context, network, region, DOING, PATH);
    refuseUnoffered(inputs);
    if (world.find(DATABASE, (other) => other["name"] === name).length > 0)
      throw refusal(DOING, "POST", PATH, 422, "cluster name is not available"); // Greenstand/treetracker-infrastructure#122
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
        // The plan's own storage where none is asked for; the rehearsal's disk is the machine's.
        storageSizeMib: inputs["storageSizeMib"] ?? "0",
        uiDatabase: "",
        uiHost: "",
        uiPort: 0,
        uiUser: "",
      },
      ready: async () => {
        const server = postgres
          ? await world.databases.createPostgres(id, names)
          : await world.databases.createValkey(
              id,
              names,
              read.optionalText(inputs, "evictionPolicy") ?? "noeviction",
            );
        world.databaseServers.set(id, { server, ...hosts });
        const access = { user: server.adminUser, password: server.adminPassword, port, database };
        return {
          ...access,
          uri: uriOf(postgres, { ...access, host: hosts.publicHost }),
          privateUri: uriOf(postgres, { ...access, host: hosts.privateHost }),
        };
      },
    };
  },
  async update(object, inputs) {
    refuseStepsBack(object, inputs);
    const policy = (properties: Properties): unknown =>
      properties["evictionPolicy"] ?? "noeviction";
    if (policy(object.properties) !== policy(inputs))
      throw new Error(
        "The rehearsal can't change the eviction policy of a running Redis; teach its database backend, or recreate the cluster.",
      );
    return {};
  },
  async delete(object, { world }) {
    await removeDatabase(world, object);
  },
};

function within(value: unknown, min: number, max: number, name: string): string | undefined {
  return Number(value) >= min && Number(value) <= max
    ? undefined
    : `expected ${name} to be in the range (${min} - ${max}), got ${String(value)}`;
}

async function removeDatabase(world: World, object: CloudObject): Promise<void> {
  await world.inTurn(object.id, () => world.databases.destroy(object.id));
  world.databaseServers.delete(object.id);
  forgetFirewall(world, object.id);
  world.departures.begin(read.text(object.properties, "privateNetworkUuid"));
}
