import type { Properties } from "../../../providers/provider.ts";
import {
  databaseConnectionPool,
  databaseDb,
  databaseUser,
  DB,
  POOL,
  USER,
} from "../../digitalocean/database-members.ts";
import { resetPassword } from "../../digitalocean/database-passwords.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove, settingsOf } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { make, missing, NO_CONTENT, ok, propertiesFrom } from "./answers.ts";
import { connection } from "./connections.ts";
import { databaseOf, memberOf, ONE_DATABASE } from "./database-requests.ts";

const USERS = `${ONE_DATABASE}/users`;
const DBS = `${ONE_DATABASE}/dbs`;
const POOLS = `${ONE_DATABASE}/pools`;
const POOL_FIELDS = { mode: "mode", size: "size", db: "dbName", user: "user" };

/**
 * Users, databases and pools in a database cluster (digitalocean/openapi 7c1300c4
 * `specification/resources/databases/`).
 */
export const memberOperations: readonly Operation[] = [
  {
    method: "GET",
    path: USERS,
    answer: (request, world) => ok({ users: shownUsers(world, databaseOf(request, world)) }),
  },
  {
    method: "POST",
    path: USERS,
    async answer(request, world) {
      const { id } = databaseOf(request, world);
      const wanted = { clusterId: id, ...propertiesFrom(request.body, { name: "name" }) };
      const user = await make(databaseUser, wanted, request, world);
      return { status: 201, body: { user: shownUser(user) } };
    },
  },
  {
    method: "GET",
    path: `${USERS}/{username}`,
    answer(request, world) {
      const name = request.parameters["username"];
      const users = shownUsers(world, databaseOf(request, world));
      const user = users.find((each) => each["name"] === name);
      if (user === undefined) throw missing(request);
      return ok({ user });
    },
  },
  {
    method: "DELETE",
    path: `${USERS}/{username}`,
    async answer(request, world) {
      const user = memberOf(request, world, USER, request.parameters["username"]!);
      await remove(databaseUser, user, request, world);
      return NO_CONTENT;
    },
  },
  {
    method: "POST",
    path: `${USERS}/{username}/reset_auth`,
    async answer(request, world) {
      const database = databaseOf(request, world);
      const name = request.parameters["username"]!;
      await resetPassword(world, database, name);
      return ok({ user: shownUsers(world, database).find((each) => each["name"] === name) });
    },
  },
  {
    method: "GET",
    path: DBS,
    answer: (request, world) => ok({ dbs: databasesOf(request, world).map((name) => ({ name })) }),
  },
  {
    method: "POST",
    path: DBS,
    async answer(request, world) {
      const { id } = databaseOf(request, world);
      const wanted = { clusterId: id, ...propertiesFrom(request.body, { name: "name" }) };
      const { properties } = await make(databaseDb, wanted, request, world);
      return { status: 201, body: { db: { name: properties["name"] } } };
    },
  },
  {
    method: "GET",
    path: `${DBS}/{database_name}`,
    answer(request, world) {
      const name = request.parameters["database_name"]!;
      if (!databasesOf(request, world).includes(name)) throw missing(request);
      return ok({ db: { name } });
    },
  },
  {
    method: "DELETE",
    path: `${DBS}/{database_name}`,
    async answer(request, world) {
      const db = memberOf(request, world, DB, request.parameters["database_name"]!);
      await remove(databaseDb, db, request, world);
      return NO_CONTENT;
    },
  },
  {
    method: "GET",
    path: POOLS,
    answer(request, world) {
      const { id } = databaseOf(request, world);
      return ok({ pools: world.find(POOL, ({ clusterId }) => clusterId === id).map(shownPool) });
    },
  },
  {
    method: "POST",
    path: POOLS,
    async answer(request, world) {
      const { id } = databaseOf(request, world);
      const fields = { name: "name", ...POOL_FIELDS };
      const wanted = { clusterId: id, ...propertiesFrom(request.body, fields) };
      const pool = await make(databaseConnectionPool, wanted, request, world);
      return { status: 201, body: { pool: shownPool(pool) } };
    },
  },
  {
    method: "GET",
    path: `${POOLS}/{pool_name}`,
    answer: (request, world) =>
      ok({ pool: shownPool(memberOf(request, world, POOL, request.parameters["pool_name"]!)) }),
  },
  {
    method: "PUT",
    path: `${POOLS}/{pool_name}`,
    async answer(request, world) {
      const pool = memberOf(request, world, POOL, request.parameters["pool_name"]!);
      const before = settingsOf(databaseConnectionPool, pool);
      const wanted = { ...before, ...propertiesFrom(request.body, POOL_FIELDS) };
      // The provider never sends it. The pooler here can't change a pool, so it is deleted and
      // created under the same name.
      await remove(databaseConnectionPool, pool, request, world);
      try {
        await make(databaseConnectionPool, wanted, request, world);
      } catch (error) {
        await make(databaseConnectionPool, before, request, world);
        throw error;
      }
      return NO_CONTENT;
    },
  },
  {
    method: "DELETE",
    path: `${POOLS}/{pool_name}`,
    async answer(request, world) {
      const pool = memberOf(request, world, POOL, request.parameters["pool_name"]!);
      await remove(databaseConnectionPool, pool, request, world);
      return NO_CONTENT;
    },
  },
];

/** Every user of a database, its administrator first, with their passwords, as the API does. */
export function shownUsers(world: World, { id, properties }: CloudObject): readonly Properties[] {
  const { user, password } = properties;
  const admin = user === undefined ? [] : [{ name: user, role: "primary", password }];
  return [...admin, ...world.find(USER, ({ clusterId }) => clusterId === id).map(shownUser)];
}

function shownUser({ properties }: CloudObject): Properties {
  const { name, role, password } = properties;
  return { name, role, password };
}

function databasesOf(request: RestRequest, world: World): readonly string[] {
  const { id, properties } = databaseOf(request, world);
  const made = world.find(DB, ({ clusterId }) => clusterId === id);
  return properties["engine"] === "pg"
    ? ["defaultdb", ...made.map((db) => read.text(db.properties, "name"))]
    : [];
}

function shownPool({ properties }: CloudObject): Properties {
  const { name, mode, size, dbName, user } = properties;
  const reached = { database: name, user: user ?? "" };
  return {
    name,
    mode,
    size,
    db: dbName,
    user: user ?? "",
    connection: connection(properties, "public", reached),
    private_connection: connection(properties, "private", reached),
  };
}
