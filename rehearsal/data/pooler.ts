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
  /** Of the database that it stands before, for messages. */
  readonly name: string;
  readonly folder: string;
  readonly files: ServerFiles;
  readonly user: ServerUser;
  readonly processes: Processes;
}

/**
 * PgBouncer before one Postgres, started with the first pool. A pool that goes takes its
 * connections along, and those of no other: PgBouncer disconnects the clients of a database that is
 * no longer in its file (pgbouncer/pgbouncer `src/objects.c`, `kill_database`: "database removed").
 * Nobody is let in there until a pool of the name comes again. That DigitalOcean's pools do the
 * same is assumed: an own process of PgBouncer is behind them
 * (https://docs.digitalocean.com/products/databases/postgresql/how-to/manage-connection-pools/).
 */
export class Pooler {
  readonly #options: PoolerOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #agentPassword = randomBytes(18).toString("base64url");
  #server: Server | undefined;
  /** Changes rewrite one file: one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: PoolerOptions) {
    this.#options = options;
  }

  async createPool(pool: Pool, users: ReadonlyMap<string, string>): Promise<void> {
    this.#pools.set(pool.name, pool);
    await this.apply(users);
  }

  /** Answers when every connection through it is broken. */
  async dropPool(name: string, users: ReadonlyMap<string, string>): Promise<void> {
    this.#pools.delete(name);
    await this.apply(users);
  }

  /** Writes the files and has them read. Also for another certificate, or another list of users. */
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
   * Does something to the databases behind it while nobody is connected; who comes in the meantime
   * waits. A login that Postgres refused would count for every client of the pool until
   * `server_login_retry` is over, 15 s (https://www.pgbouncer.org/config.html).
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
   * Starts it again where it ended by itself, as a supervisor does, and says what it said last: with
   * Debian 12's 1.18 that was seen once, after another certificate, on a very busy machine.
   */
  async #startedAgain(): Promise<boolean> {
    const server = this.#server;
    if (server === undefined || server.running()) return false;
    console.warn(`${server.name} ended by itself and is started again:\n${server.logTail(5)}`);
    this.#server = await this.#start(join(this.#options.folder, "pgbouncer.ini"));
    return true;
  }

  /**
   * By its console and not by a signal, which is answered by nothing: two changes in a row must be
   * two.
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
        // A new one has read its files, and has neither clients nor pauses.
        if (await this.#startedAgain()) return;
        // It may have been started a moment ago.
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
  }
}
