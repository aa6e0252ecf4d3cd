import { expect } from "vitest";
import * as types from "../clouds/standard.ts";
import { until, type ClientRow, type Thing } from "./client-row.ts";
import type { Json } from "./walk.ts";

/** The rows of databases and their parts, in the order of their creation. */
export const DATABASE_ROWS: readonly ClientRow[] = [
  {
    type: types.DATABASE,
    async make(api, made) {
      const wanted = {
        name: "pg",
        engine: "pg",
        version: "17",
        size: "db-s-1vcpu-2gb",
        region: "fra1",
        numNodes: 1,
        privateNetworkUuid: made.get(types.VPC)!.id,
        tags: ["mastodon"],
      };
      const { id } = (await api.databases.post(wanted)).database;
      const one = api.databases.byDatabase_cluster_uuid(id);
      const read = async () => (await one.get()).database;
      const online = () => until(async () => (await read()).status === "online");
      await online();
      return {
        id,
        read,
        list: async () =>
          (await api.databases.get({ queryParameters: { tagName: "mastodon" } })).databases,
        isIn: (item) => item.id === id,
        change: {
          async make() {
            await one.resize.put({ size: "db-s-2vcpu-4gb", numNodes: 1 });
            await online();
          },
          seen: (database) => database.size,
          property: "size",
          value: "db-s-2vcpu-4gb",
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.FIREWALL,
    async make(api, made) {
      const { firewall } = databaseOf(api, made);
      const put = (value: string) => firewall.put({ rules: [{ type: "tag", value }] });
      await put("mastodon");
      const read = async () => await firewall.get();
      return {
        id: made.get(types.DATABASE)!.id,
        read,
        list: async () => [await read()],
        isIn: (item) => item.rules.length === 1,
        change: {
          make: () => put("nodes"),
          seen: ({ rules }) => rules[0].value,
          property: "rules",
          value: "nodes",
          inState: [expect.objectContaining({ type: "tag", value: "nodes" })],
        },
        remove: () => firewall.put({ rules: [] }),
      };
    },
  },
  {
    type: types.SETTINGS,
    async make(api, made) {
      const { config } = databaseOf(api, made);
      const patch = (value: number) =>
        config.patch(settings({ log_min_duration_statement: value }));
      await patch(1000);
      const read = async () => (await config.get()).config;
      return {
        id: made.get(types.DATABASE)!.id,
        read,
        list: async () => [await read()],
        isIn: () => true,
        change: {
          make: () => patch(2000),
          seen: (settings) => settings.additionalData.log_min_duration_statement,
          property: "logMinDurationStatement",
          value: 2000,
        },
        // Settings have no delete: they are deleted with their database.
        remove: async () => {},
      };
    },
  },
  {
    type: types.USER,
    async make(api, made) {
      const all = databaseOf(api, made).users;
      const { name } = (await all.post({ name: "mastodon" })).user;
      const one = all.byUsername(name);
      return {
        id: name,
        read: async () => (await one.get()).user,
        list: async () => (await all.get()).users,
        isIn: (item) => item.name === name && item.password !== "",
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.DB,
    async make(api, made) {
      const all = databaseOf(api, made).dbs;
      const { name } = (await all.post({ name: "mastodon" })).db;
      const one = all.byDatabase_name(name);
      return {
        id: name,
        read: async () => (await one.get()).db,
        list: async () => (await all.get()).dbs,
        isIn: (item) => item.name === name,
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.POOL,
    async make(api, made) {
      const all = databaseOf(api, made).pools;
      const wanted = { mode: "transaction", size: 10, db: "mastodon", user: "mastodon" };
      const { name } = (await all.post({ name: "web", ...wanted })).pool;
      const one = all.byPool_name(name);
      return {
        id: name,
        read: async () => (await one.get()).pool,
        list: async () => (await all.get()).pools,
        isIn: (item) => item.name === name && item.connection.port === 25061,
        change: {
          make: () => one.put({ ...wanted, size: 12 }),
          seen: (pool) => pool.size,
          property: "size",
          value: 12,
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.REPLICA,
    async make(api, made) {
      const database = databaseOf(api, made);
      const all = database.replicas;
      const wanted = { name: "replica", region: "fra1", size: "db-s-2vcpu-4gb" };
      const { id, name } = (await all.post(wanted)).replica;
      const one = all.byReplica_name(name);
      const read = async () => (await one.get()).replica;
      const online = () => until(async () => (await read()).status === "online");
      await online();
      return {
        id: name,
        read,
        list: async () => (await all.get()).replicas,
        isIn: (item) => item.id === id,
        change: {
          async make() {
            const resized = { size: "db-s-4vcpu-8gb", numNodes: 1 };
            await api.databases.byDatabase_cluster_uuid(id).resize.put(resized);
            await online();
          },
          seen: (replica) => replica.size,
          property: "size",
          value: "db-s-4vcpu-8gb",
        },
        remove: () => one.delete(),
      };
    },
  },
  {
    type: types.VALKEY_SETTINGS,
    async make(api, made) {
      const wanted = { name: "cache", engine: "valkey", version: "8", size: "db-s-1vcpu-1gb" };
      const vpc = { region: "fra1", numNodes: 1, privateNetworkUuid: made.get(types.VPC)!.id };
      const { id } = (await api.databases.post({ ...wanted, ...vpc })).database;
      const one = api.databases.byDatabase_cluster_uuid(id);
      await until(async () => (await one.get()).database.status === "online");
      const patch = (value: number) => one.config.patch(settings({ valkey_timeout: value }));
      await patch(300);
      const read = async () => (await one.config.get()).config;
      return {
        id,
        read,
        list: async () => [await read()],
        isIn: () => true,
        change: {
          make: () => patch(600),
          seen: (settings) => settings.additionalData.valkey_timeout,
          property: "timeout",
          value: 600,
        },
        remove: () => one.delete(),
      };
    },
  },
];

function databaseOf(api: Json, made: ReadonlyMap<string, Thing>): Json {
  return api.databases.byDatabase_cluster_uuid(made.get(types.DATABASE)!.id);
}

/**
 * A body of settings that the client sends unchanged. With its own types it adds defaults of other
 * engines.
 */
function settings(config: Json): Json {
  return { additionalData: { config } };
}
