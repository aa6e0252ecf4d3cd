import pg from "pg";
import { read } from "../clouds/properties.ts";
import { DATABASE, PORTS } from "../clouds/digitalocean/database-address.ts";
import { POOL } from "../clouds/digitalocean/database-members.ts";
import type { CloudObject } from "../clouds/cloud-object.ts";
import type { World } from "../clouds/world.ts";
import { checkOf, type Check } from "./check.ts";

/** An open connection, and the time at which it broke. */
interface Held {
  readonly client: pg.Client;
  brokenAt: number | undefined;
}

/**
 * Connections that stay open while a connection pool of the database changes. One goes through the
 * pool, as web's. The other is direct to Postgres, as a migration's.
 */
export class PoolConnections {
  readonly #through: Held;
  readonly #straight: Held;
  readonly #startedAt = performance.now();

  private constructor(through: Held, straight: Held) {
    this.#through = through;
    this.#straight = straight;
  }

  /** @throws if the world has not exactly one pool, or no client may connect to it. */
  static async start(world: World): Promise<PoolConnections> {
    const [pool, ...others] = world.find(POOL);
    if (pool === undefined || others.length > 0)
      throw new Error(`The rehearsal has ${others.length + (pool ? 1 : 0)} pools, not one.`);
    const dbName = read.text(pool.properties, "dbName");
    return new PoolConnections(
      await held(world, pool, PORTS.pool, read.text(pool.properties, "name")),
      await held(world, pool, PORTS.postgres, dbName),
    );
  }

  /** Those that broke so far: "through the pool", "direct". */
  get broken(): readonly string[] {
    return [
      ...(this.#through.brokenAt === undefined ? [] : ["through the pool"]),
      ...(this.#straight.brokenAt === undefined ? [] : ["direct"]),
    ];
  }

  /** Closes both. */
  async close(): Promise<void> {
    for (const { client } of [this.#through, this.#straight]) await client.end().catch(() => {});
  }

  /** Closes both, and checks that the change broke only the one through the pool. */
  async stop(name: string): Promise<Check> {
    const complaints = [
      ...(this.#through.brokenAt === undefined ? ["the one through the pool still stands"] : []),
      ...(this.#straight.brokenAt === undefined ? [] : ["the one straight to Postgres broke, too"]),
    ];
    const seconds = ((this.#through.brokenAt ?? NaN) - this.#startedAt) / 1_000;
    await this.close();
    return checkOf(
      name,
      complaints,
      `through the pool it broke after ${seconds.toFixed(1)} s; straight to Postgres it stood`,
    );
  }
}

/** One client with the pool's user, which trusts only the database's own CA. */
async function held(
  world: World,
  pool: CloudObject,
  port: number,
  database: string,
): Promise<Held> {
  const clusterId = read.text(pool.properties, "clusterId");
  const server = world.databaseServers.get(clusterId);
  const admin = world.get(DATABASE, clusterId);
  if (server === undefined || admin === undefined)
    throw new Error(`There is no server behind the database ${clusterId} of the pool.`);
  const { address, caCertificate } = server.server;
  const client = new pg.Client({
    ...{ host: address, port, database },
    user: read.optionalText(pool.properties, "user") ?? read.text(admin.properties, "user"),
    password: read.text(pool.properties, "password"),
    ssl: { ca: caCertificate, servername: server.privateHost },
  });
  const one: Held = { client, brokenAt: undefined };
  client.on("error", () => {
    one.brokenAt ??= performance.now();
  });
  await client.connect();
  await client.query("SELECT 1");
  return one;
}
