import type { Properties } from "../../../providers/provider.ts";
import { DATABASE, REPLICA } from "../../digitalocean/database-address.ts";
import { DB } from "../../digitalocean/database-members.ts";
import { databaseReplica } from "../../digitalocean/database-replicas.ts";
import { OFFERED } from "../../digitalocean/database-refusals.ts";
import { keepPointInTime } from "../../digitalocean/database-forks.ts";
import { databaseCluster } from "../../digitalocean/databases.ts";
import { POSTGRES_SIZES } from "../../digitalocean/sizes.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import {
  ACCEPTED,
  change,
  make,
  missing,
  NO_CONTENT,
  ok,
  propertiesFrom,
  refused,
  type FieldMap,
} from "./answers.ts";
import { connection } from "./connections.ts";
import { databaseOf, ONE_DATABASE, statusOf } from "./database-requests.ts";
import { backupsOf } from "./database-facts.ts";
import { putRules } from "./database-firewalls.ts";
import { shownUsers } from "./database-members.ts";
import { projectOf } from "./projects.ts";

const storage = (value: unknown): Properties => ({ storageSizeMib: String(value) });

/**
 * `digitalocean/godo` v1.202.0 `databases.go` sends it flat; the description nests it as
 * `autoscale.storage`.
 */
const autoscale = (value: unknown): Properties => {
  const { enabled, threshold_percent, increment_gib } = value as Properties;
  return {
    storageAutoscale: {
      enabled,
      thresholdPercent: threshold_percent,
      incrementGib: increment_gib,
    },
  };
};

const FIELDS: FieldMap = {
  name: "name",
  engine: "engine",
  version: "version",
  size: "size",
  region: "region",
  num_nodes: "nodeCount",
  private_network_uuid: "privateNetworkUuid",
  tags: "tags",
  project_id: "projectId",
  storage_size_mib: storage,
  storage_autoscale: autoscale,
  autoscale: (value) => autoscale((value as Properties)["storage"]),
  rules: () => ({}),
  // See `beginFork`.
  backup_restore: () => ({}),
};

/** Database clusters (digitalocean/openapi 7c1300c4 `specification/resources/databases/`). */
export const databaseOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/databases",
    answer(request, world) {
      const tag = request.query.get("tag_name");
      const all = world.find(
        DATABASE,
        (properties) => tag === null || read.texts(properties, "tags").includes(tag),
      );
      return ok({ databases: all.map((object) => shown(world, object)) });
    },
  },
  {
    method: "POST",
    path: "/v2/databases",
    async answer(request, world) {
      const wanted = propertiesFrom(request.body, FIELDS);
      // Without a version the newest is used.
      wanted["version"] ??= OFFERED[String(wanted["engine"])]?.at(-1);
      const { backup_restore } = request.body as { readonly backup_restore?: Properties | null };
      if (backup_restore?.["database_name"] !== undefined)
        await beginFork(request, world, wanted, backup_restore);
      const object = await make(databaseCluster, wanted, request, world);
      await putRules(request, world, object.id, read.list(request.body, "rules"));
      return { status: 201, body: { database: shown(world, object) } };
    },
  },
  {
    method: "GET",
    path: ONE_DATABASE,
    answer: (request, world) => ok({ database: shown(world, databaseOf(request, world)) }),
  },
  {
    method: "DELETE",
    path: ONE_DATABASE,
    async answer(request, world) {
      await remove(databaseCluster, databaseOf(request, world), request, world);
      return NO_CONTENT;
    },
  },
  {
    method: "PUT",
    path: `${ONE_DATABASE}/resize`,
    async answer(request, world) {
      const id = request.parameters["database_cluster_uuid"]!;
      const { body } = request;
      // A replica is resized under its own id (terraform-provider-digitalocean
      // `resource_database_replica.go`).
      const replica = world.find(REPLICA, ({ uuid }) => uuid === id)[0];
      const sizes = { size: "size", storage_size_mib: storage };
      if (replica !== undefined) {
        const wanted = propertiesFrom(body, { ...sizes, num_nodes: () => ({}) });
        await change(databaseReplica, replica, wanted, request, world, "resizing");
        return ACCEPTED;
      }
      const wanted = propertiesFrom(body, { ...sizes, num_nodes: "nodeCount" });
      await change(databaseCluster, databaseOf(request, world), wanted, request, world, "resizing");
      return ACCEPTED;
    },
  },
  {
    method: "PUT",
    path: `${ONE_DATABASE}/migrate`,
    async answer(request, world) {
      const wanted = propertiesFrom(request.body, { region: "region" });
      const database = databaseOf(request, world);
      await change(databaseCluster, database, wanted, request, world, "migrating");
      return ACCEPTED;
    },
  },
  changing("upgrade", (body) => propertiesFrom(body, { version: "version" })),
  changing("maintenance", ({ day, hour }) => ({ maintenanceWindows: [{ day, hour }] })),
  changing("autoscale", ({ storage }) => autoscale(storage)),
  {
    method: "GET",
    path: `${ONE_DATABASE}/autoscale`,
    answer(request, world) {
      const { properties } = databaseOf(request, world);
      const set = (properties["storageAutoscale"] ?? { enabled: false }) as Properties;
      const { enabled, thresholdPercent, incrementGib } = set;
      const storage = {
        enabled,
        threshold_percent: thresholdPercent,
        increment_gib: incrementGib,
      };
      // The description nests it; `digitalocean/godo` v1.202.0 reads it flat. Which one is sent
      // isn't known.
      return ok({ autoscale: { storage }, storage });
    },
  },
  {
    method: "GET",
    path: `${ONE_DATABASE}/eviction_policy`,
    answer(request, world) {
      const { properties } = cacheOf(request, world);
      return ok({ eviction_policy: properties["evictionPolicy"] ?? "noeviction" });
    },
  },
  {
    method: "PUT",
    path: `${ONE_DATABASE}/eviction_policy`,
    async answer(request, world) {
      const wanted = propertiesFrom(request.body, { eviction_policy: "evictionPolicy" });
      await change(databaseCluster, cacheOf(request, world), wanted, request, world);
      return NO_CONTENT;
    },
  },
];

/**
 * A create with `backup_restore` (digitalocean/openapi 7c1300c4 `models/database_backup.yml`): "the
 * name of an existing database cluster", and the time of a backup. Its data here is the source's of
 * this moment. Statuses and messages are assumed, except the size's (terraform-provider-
 * digitalocean#1161).
 */
async function beginFork(
  request: RestRequest,
  world: World,
  wanted: Properties,
  { database_name, backup_created_at }: Properties,
): Promise<void> {
  const [source] = world.find(DATABASE, ({ name }) => name === database_name);
  if (source === undefined) throw missing(request);
  const times = backupsOf(world, source).map(({ created_at }) => created_at);
  if (times.length === 0 || (backup_created_at && !times.includes(backup_created_at)))
    throw refused(request, 422, "backup not found");
  const sizes = Object.keys(POSTGRES_SIZES);
  if (sizes.indexOf(String(wanted["size"])) < sizes.indexOf(read.text(source.properties, "size")))
    throw refused(request, 422, "the size is smaller than that of the source");
  const { copy } = await keepPointInTime(world, source);
  world.forks.set(String(wanted["name"]), copy);
}

/** A PUT that changes one property of a database and has an empty answer. */
function changing(what: string, propertiesOf: (body: Properties) => Properties): Operation {
  return {
    method: "PUT",
    path: `${ONE_DATABASE}/${what}`,
    async answer(request, world) {
      const database = databaseOf(request, world);
      await change(databaseCluster, database, propertiesOf(request.body), request, world);
      return NO_CONTENT;
    },
  };
}

function cacheOf(request: RestRequest, world: World): CloudObject {
  const database = databaseOf(request, world);
  if (database.properties["engine"] === "pg")
    throw refused(request, 422, "operation is not supported for this cluster type");
  return database;
}

/**
 * A database as the API shows it. The real API returns its password already in the answer to the
 * create. Here it is known when the server runs.
 */
function shown(world: World, object: CloudObject): Properties {
  const { id, properties } = object;
  const of = (type: string): readonly string[] =>
    world
      .find(type, ({ clusterId }) => clusterId === id)
      .map((member) => read.text(member.properties, "name"));
  const [window] = read.list(properties, "maintenanceWindows");
  return {
    id,
    name: properties["name"],
    engine: properties["engine"],
    version: properties["version"],
    num_nodes: properties["nodeCount"],
    size: properties["size"],
    region: properties["region"],
    status: statusOf(object),
    created_at: world.since(object),
    private_network_uuid: properties["privateNetworkUuid"],
    tags: read.texts(properties, "tags"),
    db_names: properties["engine"] === "pg" ? ["defaultdb", ...of(DB)] : null,
    connection: connection(properties, "public"),
    private_connection: connection(properties, "private"),
    users: shownUsers(world, object),
    ...(window === undefined
      ? {}
      : { maintenance_window: { day: window["day"], hour: window["hour"], pending: false } }),
    project_id: projectOf(world, read.text(properties, "clusterUrn")),
    storage_size_mib: Number(properties["storageSizeMib"]),
    metrics_endpoints: read
      .texts(properties, "metricsEndpoints")
      .map((address) => new URL(address))
      .map(({ hostname, port }) => ({ host: hostname, port: Number(port) })),
  };
}
