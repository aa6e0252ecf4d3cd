import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { PostgresMembers } from "../clouds/backends.ts";
import type { KeyPair } from "../authority.ts";
import type { Processes, Server } from "../processes.ts";
import { PG_HBA, PORTS, postgresConf, type Pool, type ServerFiles } from "./config-files.ts";
import { Pooler } from "./pooler.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { writeFileFor, type ServerUser } from "./server-user.ts";

const run = promisify(execFile);

/** Input of one Postgres. */
export interface PostgresOptions {
  readonly name: string;
  /** An existing folder that belongs to `user`. */
  readonly folder: string;
  readonly address: string;
  readonly certificate: KeyPair;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  readonly processes: Processes;
}

/**
 * A Postgres as DigitalOcean provides it: TLS only, `doadmin` without superuser rights,
 * `defaultdb`, and PgBouncer once there is a pool. The cloud's own agent creates the roles, so
 * `doadmin` is not a member of them.
 */
export class PostgresServer {
  readonly adminPassword = randomBytes(18).toString("base64url");
  readonly #options: PostgresOptions;
  readonly #files: ServerFiles;
  readonly #users = new Map<string, string>();
  readonly #pooler: Pooler;
  #postgres: Server | undefined;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#files = {
      address: options.address,
      socketFolder: options.folder,
      certificateFile: join(options.folder, "server.crt"),
      keyFile: join(options.folder, "server.key"),
    };
    this.#pooler = new Pooler({ ...options, files: this.#files });
  }

  /** @param copy folder of a copy of another one; default: a new and empty one. */
  async start(copy?: string): Promise<void> {
    const { folder, certificate, binaries, user, processes, name } = this.#options;
    const data = join(folder, "data");
    const identity = { uid: user.uid, gid: user.gid };
    await this.#write("server.crt", certificate.certificate);
    await this.#write("server.key", certificate.key);
    if (copy === undefined)
      await run(
        binaries.initdb,
        ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"],
        { ...identity, cwd: folder, env: { PATH: "/usr/bin:/bin" } },
      );
    else await run("cp", ["-a", copy, data]);
    await writeFile(join(data, "postgresql.conf"), postgresConf(this.#files));
    await writeFile(join(data, "pg_hba.conf"), PG_HBA);
    this.#postgres = await processes.start({
      name: `postgres ${name}`,
      command: binaries.postgres,
      args: ["-D", data],
      directory: folder,
      logFile: join(folder, "postgres.log"),
      user,
    });
    await this.#untilReady();
    if (copy !== undefined) {
      // The roles are the copied one's, and each gets a password of this one.
      const { users } = await this.members();
      await this.#sql("postgres", [
        `ALTER ROLE doadmin PASSWORD ${pg.escapeLiteral(this.adminPassword)}`,
      ]);
      this.#users.set("doadmin", this.adminPassword);
      for (const name of users) await this.resetPassword(name);
      return;
    }
    await this.#sql("postgres", [
      `CREATE ROLE doadmin LOGIN CREATEDB CREATEROLE PASSWORD ${pg.escapeLiteral(this.adminPassword)}`,
      "CREATE DATABASE defaultdb OWNER doadmin",
    ]);
    this.#users.set("doadmin", this.adminPassword);
  }

  /** Changes the certificate for new connections. */
  async useCertificate({ certificate, key }: KeyPair): Promise<void> {
    await this.#write("server.crt", certificate);
    await this.#write("server.key", key);
    await this.#sql("postgres", ["SELECT pg_reload_conf()"]);
    await this.#pooler.apply(this.#users);
  }

  /** Creates a login role with a password of 24 characters, as the cloud would. */
  async createUser(name: string): Promise<string> {
    return await this.#withPassword(`CREATE ROLE ${pg.escapeIdentifier(name)} LOGIN`, name);
  }

  /** Changes the password of a role. */
  async resetPassword(name: string): Promise<string> {
    return await this.#withPassword(`ALTER ROLE ${pg.escapeIdentifier(name)}`, name);
  }

  async #withPassword(statement: string, name: string): Promise<string> {
    const password = randomBytes(18).toString("base64url");
    await this.#sql("postgres", [`${statement} PASSWORD ${pg.escapeLiteral(password)}`]);
    this.#users.set(name, password);
    await this.#pooler.apply(this.#users);
    return password;
  }

  /** Runs a statement as the cloud's own agent, a superuser. Returns the rows. */
  async asAgent(database: string, statement: string): Promise<readonly Record<string, unknown>[]> {
    return await this.#sql(database, [statement]);
  }

  /** Allows or forbids the login of `doadmin`. */
  async letAdminIn(allowed: boolean): Promise<void> {
    await this.#sql("postgres", [`ALTER ROLE doadmin ${allowed ? "LOGIN" : "NOLOGIN"}`]);
  }

  /**
   * Copies its files while it runs, in Postgres' own way
   * (https://www.postgresql.org/docs/17/continuous-archiving.html, "Making a Base Backup Using the
   * Low Level API").
   */
  async copyTo(folder: string): Promise<void> {
    const data = join(this.#options.folder, "data");
    // The backup ends with its session.
    await this.#session("postgres", async (client) => {
      await client.query("SELECT pg_backup_start('copy', true)");
      await run("cp", ["-a", `${data}/.`, folder]);
      const { rows } = await client.query<{ readonly labelfile: string }>(
        "SELECT labelfile FROM pg_backup_stop(false)",
      );
      // With what was written while the files were copied.
      await run("cp", ["-a", `${join(data, "pg_wal")}/.`, join(folder, "pg_wal")]);
      const label = join(folder, "backup_label");
      await writeFileFor(this.#options.user, label, rows[0]?.labelfile ?? "");
    });
    await rm(join(folder, "postmaster.pid"), { force: true });
  }

  /** Names of its login roles without the administrator, and of the databases that were made. */
  async members(): Promise<PostgresMembers> {
    const names = async (sql: string): Promise<readonly string[]> =>
      (await this.#sql("postgres", [sql])).map(({ name }) => String(name));
    return {
      users: await names(
        "SELECT rolname AS name FROM pg_roles WHERE rolcanlogin AND rolname NOT IN ('postgres', 'doadmin') ORDER BY 1",
      ),
      databases: await names(
        "SELECT datname AS name FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', 'defaultdb') ORDER BY 1",
      ),
    };
  }

  async dropUser(name: string): Promise<void> {
    // Objects of the role are reassigned to the administrator, as DigitalOcean does on delete. The
    // cloud's agent may do that.
    const role = pg.escapeIdentifier(name);
    const databases = await this.#databases();
    for (const database of databases)
      await this.#sql(database, [`REASSIGN OWNED BY ${role} TO doadmin`, `DROP OWNED BY ${role}`]);
    await this.#sql("postgres", [`DROP ROLE IF EXISTS ${role}`]);
    this.#users.delete(name);
    await this.#pooler.apply(this.#users);
  }

  async createDatabase(name: string): Promise<void> {
    await this.#sql("postgres", [`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER doadmin`]);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#sql("postgres", [
      `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`,
    ]);
  }

  /** Renames a database even if clients are connected to it. */
  async renameDatabase(from: string, to: string): Promise<void> {
    const [database, name] = [pg.escapeIdentifier(from), pg.escapeIdentifier(to)];
    await this.#sql("postgres", [
      `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`,
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = ${pg.escapeLiteral(from)}`,
      `ALTER DATABASE ${database} RENAME TO ${name}`,
      `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`,
    ]);
  }

  /** Changes its databases while no client of a pool is connected; new clients wait. */
  async withoutClients(act: () => Promise<void>): Promise<void> {
    await this.#pooler.withoutClients(act);
  }

  async createPool(pool: Pool): Promise<void> {
    await this.#pooler.createPool(pool, this.#users);
  }

  async dropPool(name: string): Promise<void> {
    await this.#pooler.dropPool(name, this.#users);
  }

  async stop(): Promise<void> {
    await this.#pooler.stop();
    await this.#postgres?.stop(100);
  }

  async #databases(): Promise<readonly string[]> {
    const rows = await this.#sql("postgres", [
      "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate",
    ]);
    return rows.map((row) => String(row["datname"]));
  }

  /**
   * Runs statements one by one as the cloud's agent, over the socket. Returns the rows of the last.
   */
  async #sql(
    database: string,
    statements: readonly string[],
  ): Promise<readonly Record<string, unknown>[]> {
    return await this.#session(database, async (client) => {
      let rows: readonly Record<string, unknown>[] = [];
      for (const statement of statements)
        rows = (await client.query<Record<string, unknown>>(statement)).rows;
      return rows;
    });
  }

  /** Provides one session of the cloud's agent. */
  async #session<T>(database: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({
      host: this.#files.socketFolder,
      port: PORTS.postgres,
      user: "postgres",
      database,
    });
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }

  async #untilReady(): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      try {
        await this.#sql("postgres", ["SELECT 1"]);
        return;
      } catch (error) {
        const postgres = this.#postgres;
        if (postgres?.running() !== true || Date.now() > deadline)
          throw new Error(
            `Postgres for ${this.#options.name} did not start: ${postgres?.logTail(3) ?? ""}`,
            { cause: error },
          );
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    }
  }

  async #write(file: string, text: string): Promise<void> {
    await writeFileFor(this.#options.user, join(this.#options.folder, file), text);
  }
}
