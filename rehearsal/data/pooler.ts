import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import type { Processes, Server } from "../processes.ts";
import {
  pgbouncerIni,
  POOLER_AGENT,
  PORTS,
  usersFile,
  type Pool,
  type ServerFiles,
} from "./config-files.ts";
import { writeFileFor, type ServerUser } from "./server-user.ts";

/** The database, folder and user of a pooler. */
export interface PoolerOptions {
  /** Name of its database, for messages. */
  readonly name: string;
  readonly folder: string;
  readonly files: ServerFiles;
  readonly user: ServerUser;
  readonly processes: Processes;
}

/**
 * PgBouncer for one Postgres, started with the first pool. Removing a pool breaks its connections,
 * and no others. PgBouncer disconnects the clients of a database that its file no longer contains
 * (pgbouncer/pgbouncer `src/objects.c`, `kill_database`: "database removed"). Until a pool of that
 * name exists again, no client can connect to it.
 *
 * Assumed: DigitalOcean's pools behave the same, because each database has its own PgBouncer
 * process
 * (https://docs.digitalocean.com/products/databases/postgresql/how-to/manage-connection-pools/).
 */
export class Pooler {
  readonly #options: PoolerOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #agentPassword = randomBytes(18).toString("base64url");
  #server: Server | undefined;
  /** All changes rewrite one file, so they run one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: PoolerOptions) {
    this.#options = options;
  }

  async createPool(pool: Pool, users: ReadonlyMap<string, string>): Promise<void> {
    this.#pools.set(pool.name, pool);
    await this.apply(users);
  }

  /** Resolves when every connection through it is broken. */
  async dropPool(name: string, users: ReadonlyMap<string, string>): Promise<void> {
    this.#pools.delete(name);
    await this.apply(users);
  }

  /** Writes the files and reloads them; also for another certificate or another list of users. */
  async apply(users: ReadonlyMap<string, string>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#pools.size === 0 && this.#server === undefined) return;
      const { folder, files, user } = this.#options;
      const list = join(folder, "users.txt");
      const ini = join(folder, "pgbouncer.ini");
      const all = new Map([...users, [POOLER_AGENT, this.#agentPassword]]);
      await writeFileFor(user, list, usersFile(all));
      await writeFileFor(user, ini, pgbouncerIni(files, list, [...this.#pools.values()]));
      if (this.#server === undefined) this.#server = await this.#start(ini);
      else await this.#tell(["RELOAD"]);
    });
    await this.#turn;
  }

  /**
   * Changes the databases behind it while no client is connected; new clients wait. Otherwise a
   * login that Postgres refused would affect every client of the pool for `server_login_retry`, 15
   * s (https://www.pgbouncer.org/config.html).
   */
  async withoutClients(act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const pools = this.#server === undefined ? [] : [...this.#pools.keys()];
      await this.#tell(pools.map((pool) => `KILL ${pg.escapeIdentifier(pool)}`));
      await act().finally(() =>
        this.#tell(pools.map((pool) => `RESUME ${pg.escapeIdentifier(pool)}`)),
      );
    });
    await this.#turn;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #start(ini: string): Promise<Server> {
    const { name, folder, user, processes } = this.#options;
    return await processes.start({
      name: `pgbouncer ${name}`,
      command: "/usr/sbin/pgbouncer",
      args: ["--quiet", ini],
      directory: folder,
      logFile: join(folder, "pgbouncer.log"),
      user,
    });
  }

  /**
   * Restarts it after a crash, as a supervisor does, and reports its last output. With Debian 12's
   * 1.18 a crash was seen once, after a change of the certificate, on a very busy machine.
   */
  async #startedAgain(): Promise<boolean> {
    const server = this.#server;
    if (server === undefined || server.running()) return false;
    console.warn(`${server.name} ended by itself and is started again:\n${server.logTail(5)}`);
    this.#server = await this.#start(join(this.#options.folder, "pgbouncer.ini"));
    return true;
  }

  /**
   * Uses its console instead of a signal, because a signal has no answer: two changes in a row must
   * be two.
   */
  async #tell(commands: readonly string[]): Promise<void> {
    if (commands.length === 0) return;
    const deadline = Date.now() + 10_000;
    for (;;)
      try {
        const console = new pg.Client({
          host: this.#options.folder,
          port: PORTS.pool,
          user: POOLER_AGENT,
          password: this.#agentPassword,
          database: "pgbouncer",
        });
        await console.connect();
        try {
          for (const command of commands) await console.query(command);
        } finally {
          await console.end();
        }
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        // A new process has read its files, and has neither clients nor pauses.
        if (await this.#startedAgain()) return;
        // It may still be starting.
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
  }
}
