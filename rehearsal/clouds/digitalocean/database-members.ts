import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { refusal, refuseFaults } from "./api.ts";
import { DATABASE, PORTS, uriOf } from "./database-address.ts";
import { backendConnections } from "./sizes.ts";

export const USER = "digitalocean:index/databaseUser:DatabaseUser";
export const DB = "digitalocean:index/databaseDb:DatabaseDb";
export const POOL = "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool";

const FILE = "rehearsal/clouds/digitalocean/database-members.ts";
const SECONDS = { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };
const clusterId: PropertyRow = { kind: "string", required: true, replaces: true };
const name: PropertyRow = { kind: "string", replaces: true };
const secret: PropertyRow = { kind: "string", output: true, secret: true };
const given: PropertyRow = { kind: "string", output: true };

/**
 * A login role. The cloud generates its password (terraform-provider-digitalocean
 * `digitalocean/database/resource_database_user.go`).
 */
export const databaseUser: ResourceRow = {
  type: USER,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{clusterId},{name}",
  autonamed: { maxLength: 255 },
  properties: {
    clusterId,
    name,
    role: given,
    password: secret,
    accessCert: secret, // Only for Kafka; null otherwise.
    accessKey: secret,
  },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, { world }) {
    const doing = "creating Database User";
    const database = postgresOf(world, inputs, doing, "users");
    const wanted = read.text(inputs, "name");
    if (wanted === "doadmin" || isTaken(world, USER, inputs))
      throw refusal(doing, "POST", pathOf(database, "users"), 422, `user ${wanted} already exists`);
    // One at a time for each cluster, because the provider holds a mutex (same file).
    const password = await world.inTurn(database.id, () =>
      world.databases.createUser(database.id, wanted),
    );
    return {
      id: `${database.id}/user/${wanted}`,
      given: { password, role: "normal" },
    };
  },
  delete: async (object, { world }) =>
    await dropFrom(world, object, (id, gone) => world.databases.dropUser(id, gone)),
};

/** A database in the server. Replacing it drops all its rows (`resource_database_db.go`). */
export const databaseDb: ResourceRow = {
  type: DB,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{clusterId},{name}",
  autonamed: { maxLength: 255 },
  properties: { clusterId, name },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, { world }) {
    const doing = "creating Database DB";
    const database = postgresOf(world, inputs, doing, "dbs");
    const wanted = read.text(inputs, "name");
    if (wanted === "defaultdb" || isTaken(world, DB, inputs))
      throw refusal(
        doing,
        "POST",
        pathOf(database, "dbs"),
        422,
        `database ${wanted} already exists`,
      );
    await world.inTurn(database.id, () => world.databases.createDatabase(database.id, wanted));
    return { id: `${database.id}/database/${wanted}`, given: {} };
  },
  delete: async (object, { world }) =>
    await dropFrom(world, object, (id, gone) => world.databases.dropDatabase(id, gone)),
};

/**
 * A PgBouncer pool. No property can be changed in place (`resource_database_connection_pool.go`:
 * every property forces a new one). So every connection breaks, and until the new pool exists no
 * client can connect.
 */
export const databaseConnectionPool: ResourceRow = {
  type: POOL,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{clusterId},{name}",
  autonamed: { maxLength: 63 },
  properties: {
    clusterId,
    name: {
      ...name,
      refuse: (value) => ofLength(value, 63), // `StringLenBetween(3, 63)`
      // digitalocean/openapi `specification/resources/databases/models/connection_pool.yml`
      api: (value) => ofLength(value, 60),
    },
    mode: {
      kind: "string",
      required: true,
      replaces: true,
      allowed: ["session", "transaction", "statement"],
    },
    size: {
      kind: "integer",
      required: true,
      replaces: true,
      refuse: (value) => (Number(value) >= 1 ? undefined : "at least 1"),
    },
    dbName: { kind: "string", required: true, replaces: true },
    user: { kind: "string", replaces: true },
    host: given,
    privateHost: given,
    port: { kind: "integer", output: true },
    password: secret,
    uri: secret,
    privateUri: secret,
  },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, { world }) {
    const doing = "creating DatabaseConnectionPool";
    const database = postgresOf(world, inputs, doing, "pools");
    const path = pathOf(database, "pools");
    refuseFaults(databaseConnectionPool, inputs, doing, "POST", path);
    const refuse = (message: string): Error => refusal(doing, "POST", path, 422, message);
    const wanted = read.text(inputs, "name");
    const user = read.optionalText(inputs, "user");
    const dbName = read.text(inputs, "dbName");
    const size = read.number(inputs, "size");
    if (isTaken(world, POOL, inputs)) throw refuse(`pool ${wanted} already exists`);
    const owner = world.find(
      USER,
      (other) => other["clusterId"] === database.id && other["name"] === user,
    )[0];
    if (user !== undefined && owner === undefined) throw refuse(`user ${user} does not exist`);
    const known =
      dbName === "defaultdb" ||
      world.find(DB, (other) => other["clusterId"] === database.id && other["name"] === dbName)
        .length > 0;
    if (!known) throw refuse(`database ${dbName} does not exist`);
    const limit = backendConnections(read.text(database.properties, "size"));
    const used = world
      .find(POOL, (other) => other["clusterId"] === database.id)
      .reduce((sum, pool) => sum + read.number(pool.properties, "size"), 0);
    if (used + size > limit)
      throw refuse(
        `pool ${wanted} of ${size} does not fit: ${String(database.properties["size"])} has ${limit} backend connections and ${used} are taken by other pools`,
      );
    const mode = read.text(inputs, "mode");
    await world.inTurn(database.id, () =>
      world.databases.createPool(database.id, {
        name: wanted,
        database: dbName,
        user: user ?? "", // No user: each client logs in with its own role.
        mode,
        size,
      }),
    );
    const host = read.text(database.properties, "host");
    const privateHost = read.text(database.properties, "privateHost");
    // Without a user every client logs in with its own role (connection_pool.yml). Assumed: the API
    // then shows the admin's.
    const login = owner === undefined ? database.properties : { ...owner.properties, user };
    const access = {
      user: read.text(login, "user"),
      password: read.text(login, "password"),
      port: PORTS.pool,
      database: wanted,
    };
    return {
      id: `${database.id}/${wanted}`,
      given: {
        host,
        privateHost,
        port: PORTS.pool,
        password: access.password,
        uri: uriOf(true, { ...access, host }),
        privateUri: uriOf(true, { ...access, host: privateHost }),
      },
    };
  },
  delete: async (object, { world }) =>
    await dropFrom(world, object, (id, gone) => world.databases.dropPool(id, gone)),
};

/**
 * The Postgres of a member. Throws 404 if there is none, and 422 for Valkey, which has no members.
 */
function postgresOf(world: World, inputs: Properties, doing: string, what: string): CloudObject {
  const id = read.text(inputs, "clusterId");
  const database = world.get(DATABASE, id);
  if (database === undefined)
    throw refusal(doing, "POST", `/v2/databases/${id}/${what}`, 404, "cluster not found");
  if (database.properties["engine"] !== "pg")
    throw refusal(
      doing,
      "POST",
      `/v2/databases/${id}/${what}`,
      422,
      `${what} are not supported for ${String(database.properties["engine"])} clusters`,
    );
  return database;
}

function isTaken(world: World, type: string, inputs: Properties): boolean {
  return (
    world.find(
      type,
      (other) => other["clusterId"] === inputs["clusterId"] && other["name"] === inputs["name"],
    ).length > 0
  );
}

async function dropFrom(
  world: World,
  object: CloudObject,
  drop: (databaseId: string, name: string) => Promise<void>,
): Promise<void> {
  const id = read.text(object.properties, "clusterId");
  if (world.get(DATABASE, id) === undefined) return; // It was deleted with its cluster.
  await world.inTurn(id, () => drop(id, read.text(object.properties, "name")));
}

function ofLength(value: unknown, most: number): string | undefined {
  const { length } = String(value);
  return length >= 3 && length <= most
    ? undefined
    : `${String(value)} must have 3 to ${most} characters`;
}

const pathOf = (database: CloudObject, what: string): string =>
  `/v2/databases/${database.id}/${what}`;
