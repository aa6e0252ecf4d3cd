import { NODE_PRICES, POSTGRES_PRICES, VALKEY_PRICES } from "../../facts/digitalocean/prices.ts";
import { read, readAll, type Clouds, type Json } from "./clouds.ts";
import type { Candidate, Finder, Lookup } from "./finder.ts";
import { secretInState, type Properties } from "./state.ts";

/**
 * DigitalOcean's rows of `finders.ts`. Import ids: each resource's `Importer` in
 * digitalocean/terraform-provider-digitalocean v2.99.1, read 2026-11-28.
 */

/** A list, and the items of it that fit. */
interface Listed {
  readonly needs: readonly string[];
  readonly list: (api: Json, inputs: Json) => Promise<readonly Json[]>;
  /** Inputs that must equal a field of the item, by the item's field. */
  readonly same: Readonly<Record<string, string>>;
  /** A comparison beyond equal fields. */
  readonly fits?: (item: Json, inputs: Json) => boolean;
  readonly candidate?: (item: Json, inputs: Json) => Partial<Candidate>;
}

function listed(
  row: Listed,
  more: Pick<Lookup, "toldOnce"> & { readonly idField?: string } = {},
): Lookup {
  const { idField = "id", ...rest } = more;
  return {
    kind: "find",
    needs: [...row.needs, ...Object.values(row.same)],
    async find({ digitalocean }: Clouds, inputs: Properties) {
      const items = await row.list(digitalocean, inputs);
      return items
        .filter((item) =>
          Object.entries(row.same).every(([field, input]) => isSame(item[field], inputs[input])),
        )
        .filter((item) => row.fits?.(item, inputs) ?? true)
        .map((item) => {
          const id: unknown = item[idField];
          // Without it the thing could be neither shown nor adopted, and must not count as gone.
          if (typeof id !== "string") throw new Error(`An item has no ${idField}.`);
          const since = item.createdAt === undefined ? {} : { since: timeOf(item.createdAt) };
          const { name, tags } = item;
          return { id, importId: id, name, tags, ...since, ...row.candidate?.(item, inputs) };
        });
    },
    ...rest,
  };
}

const isSame = (field: unknown, input: unknown): boolean =>
  input instanceof RegExp ? input.test(String(field)) : field === input;

/** Whether an item carries every tag of the inputs: another stack's has another. */
const isTagged = ({ tags }: Json, inputs: Json): boolean =>
  ((inputs.tags ?? []) as readonly string[]).every((tag) => (tags ?? []).includes(tag));

/** A part of a database cluster, known by its name in it. */
function member(part: "dbs" | "users" | "pools" | "replicas"): Lookup {
  return listed(
    {
      needs: ["clusterId"],
      list: async (api, { clusterId }) =>
        (await read(api.databases.byDatabase_cluster_uuid(clusterId)[part]))[part] ?? [],
      same: { name: "name" },
      candidate: ({ id, name, status, size }, { clusterId }) => ({
        importId: `${clusterId},${name}`,
        // Only a replica runs, and is billed, separately.
        ...(part === "replicas"
          ? { uuid: id, dollars: databasePrice(size, 1), ...atWork(status, "active", "online") }
          : {}),
      }),
    },
    { idField: "name" },
  );
}

/** Every DigitalOcean type of the stack but buckets, which answer to S3 alone. */
export const digitaloceanFinders: Readonly<Record<string, Finder>> = {
  "digitalocean:index/vpc:Vpc": listed({
    needs: [],
    list: (api) => readAll(api.vpcs, "vpcs"),
    same: { name: "name" },
  }),
  "digitalocean:index/tag:Tag": listed(
    { needs: [], list: (api) => readAll(api.tags, "tags"), same: { name: "name" } },
    { idField: "name" },
  ),
  "digitalocean:index/kubernetesCluster:KubernetesCluster": listed({
    needs: [],
    list: (api) => readAll(api.kubernetes.clusters, "kubernetesClusters"),
    same: { name: "name" },
    fits: isTagged,
    candidate: ({ nodePools, status }) => ({
      dollars: sumOf(nodePools ?? []),
      ...atWork(status?.state, "running"),
    }),
  }),
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": listed({
    needs: ["clusterId"],
    list: async (api, { clusterId }) =>
      (await read(api.kubernetes.clusters.byCluster_id(clusterId).node_pools)).nodePools ?? [],
    same: { name: "name" },
    candidate: (pool) => ({ dollars: sumOf([pool]) }),
  }),
  "digitalocean:index/databaseCluster:DatabaseCluster": listed({
    needs: [],
    list: (api) => readAll(api.databases, "databases"),
    same: { name: "name" },
    fits: isTagged,
    candidate: ({ size, numNodes, status }) => ({
      dollars: databasePrice(size, numNodes),
      ...atWork(status, "online"),
    }),
  }),
  "digitalocean:index/databaseReplica:DatabaseReplica": member("replicas"),
  "digitalocean:index/databaseDb:DatabaseDb": member("dbs"),
  "digitalocean:index/databaseUser:DatabaseUser": member("users"),
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": member("pools"),
  "digitalocean:index/databaseFirewall:DatabaseFirewall": {
    kind: "find",
    needs: ["clusterId"],
    async find({ digitalocean }, { clusterId }) {
      const id = String(clusterId);
      const { rules } = await read(digitalocean.databases.byDatabase_cluster_uuid(id).firewall);
      // Without rules a database has no firewall.
      return rules?.length > 0 ? [{ id, importId: id }] : [];
    },
  },
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": {
    kind: "again",
    call: "PATCH of the database's settings",
    importId: (input) => input("clusterId"),
  },
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": {
    kind: "again",
    call: "PATCH of the database's settings",
    importId: (input) => input("clusterId"),
  },
  "digitalocean:index/project:Project": listed({
    needs: [],
    list: (api) => readAll(api.projects, "projects"),
    same: { name: "name" },
  }),
  "digitalocean:index/projectResources:ProjectResources": {
    kind: "again",
    call: "POST of the project's resources",
  },
  "digitalocean:index/uptimeCheck:UptimeCheck": listed({
    needs: [],
    list: (api) => readAll(api.uptime.checks, "checks"),
    same: { name: "name", target: "target" },
  }),
  "digitalocean:index/uptimeAlert:UptimeAlert": listed({
    needs: ["checkId"],
    list: (api, { checkId }) => readAll(api.uptime.checks.byCheck_id(checkId).alerts, "alerts"),
    same: { name: "name", type: "type" },
    candidate: ({ id }, { checkId }) => ({ importId: `${checkId},${id}` }),
  }),
  "digitalocean:index/monitorAlert:MonitorAlert": listed(
    {
      needs: [],
      list: (api) => readAll(api.monitoring.alerts, "policies"),
      same: { description: "description", type: "type" },
      fits: ({ entities }, inputs) =>
        JSON.stringify((entities ?? []).toSorted()) ===
        JSON.stringify((inputs.entities ?? []).toSorted()),
    },
    { idField: "uuid" },
  ),
  "digitalocean:index/spacesKey:SpacesKey": listed(
    { needs: [], list: (api) => readAll(api.spaces.keys, "keys"), same: { name: "name" } },
    {
      idField: "accessKey",
      toldOnce: {
        where: "DigitalOcean's control panel, API, Spaces Keys",
        outputsWith: (accessKey, secret) => ({ accessKey, secretKey: secretInState(secret) }),
      },
    },
  ),
};

/**
 * Reports a resource as unfinished: once it is in the state, nothing else waits for it. Status
 * words: digitalocean/openapi `database_cluster_read.yml`, `database_replica_read.yml`,
 * `cluster_read.yml`.
 */
function atWork(status: unknown, ...done: readonly string[]): Pick<Candidate, "busy"> {
  return done.includes(String(status)) ? {} : { busy: `it is ${String(status)} still` };
}

/** A time as the API writes it. */
function timeOf(time: unknown): string {
  return time instanceof Date ? time.toISOString() : String(time);
}

/** US dollars a month of all nodes of some pools; undefined where one has an unknown price. */
function sumOf(pools: readonly Json[]): number | undefined {
  const prices = pools.map(({ size, count }) => priceOf(NODE_PRICES, size, count));
  return prices.some((price) => price === undefined)
    ? undefined
    : prices.reduce((sum: number, price) => sum + (price ?? 0), 0);
}

const databasePrice = (size: unknown, nodes: unknown): number | undefined =>
  priceOf({ ...VALKEY_PRICES, ...POSTGRES_PRICES }, size, nodes);

function priceOf(
  prices: Readonly<Record<string, number>>,
  size: unknown,
  count: unknown,
): number | undefined {
  const price = prices[String(size)];
  return price === undefined || typeof count !== "number" ? undefined : price * count;
}
