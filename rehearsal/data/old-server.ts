import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { TABLES_4_6 } from "../pods/mastodon-tables.ts";
import type { Processes, Server } from "../processes.ts";
import { findServerUser, makeFolderFor } from "./server-user.ts";

const run = promisify(execFile);

/** Folder in which Debian installs its versions of Postgres. */
const DEBIANS = "/usr/lib/postgresql";
/** Timeout for its Postgres to answer, milliseconds. */
const START_MS = 20_000;

/**
 * Row counts of the old server's tables, invented. There are many rows, so that a truncated dump
 * cuts a table.
 */
export const OLD_ROWS = { accounts: 500, users: 300, statuses: 20_000 } as const;

/**
 * A server of the previous minor release, one patch before its last migration (that of the fake
 * image, `rehearsal/pods/mastodon-image.ts`). It has PgHero's extension, and a table of a fork that
 * no release knows.
 */
const CONTENT = `
CREATE EXTENSION pg_stat_statements;
${TABLES_4_6}
ALTER TABLE statuses ADD COLUMN old_note text;
ALTER TABLE users ADD FOREIGN KEY (account_id) REFERENCES accounts;
CREATE UNIQUE INDEX users_by_email ON users (email);
CREATE INDEX statuses_by_account ON statuses (account_id);
CREATE TABLE of_a_fork (id bigserial PRIMARY KEY, "a name; with spaces" text);
CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
INSERT INTO schema_migrations VALUES ('20250101000000'), ('20250102000000');
INSERT INTO accounts (id, username) SELECT n, 'account ' || n FROM generate_series(1, ${OLD_ROWS.accounts} - 1) n UNION ALL SELECT -99, 'instance';
INSERT INTO users (id, account_id, email) SELECT n, n, n || '@old.example' FROM generate_series(1, ${OLD_ROWS.users}) n;
INSERT INTO statuses (id, old_note) SELECT n, 'CREATE EXTENSION x; ' || md5(n::text) FROM generate_series(1, ${OLD_ROWS.statuses}) n;
INSERT INTO of_a_fork VALUES (1, U&'back\\\\slash, tab\\0009, line\\000Aend');
`;

/**
 * A simulated server to migrate: a real Postgres of an older major version, with its own superuser.
 */
export class OldServer {
  readonly #folder: string;
  readonly #bin: string;

  private constructor(folder: string, bin: string) {
    this.#folder = folder;
    this.#bin = bin;
  }

  /** Starts Debian's newest Postgres with the old server's data. */
  static async start(folder: string, processes: Processes): Promise<OldServer> {
    const user = await findServerUser();
    const version = readdirSync(DEBIANS).sort((a, b) => Number(b) - Number(a))[0] ?? "";
    const bin = join(DEBIANS, version, "bin");
    await makeFolderFor(user, folder);
    const data = join(folder, "data");
    await run(
      join(bin, "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8"],
      { uid: user.uid, gid: user.gid, cwd: folder, env: { PATH: "/usr/bin:/bin" } },
    );
    const server = await processes.start({
      name: "the old server's postgres",
      command: join(bin, "postgres"),
      args: [
        ...["-D", data, "-c", "listen_addresses=", "-c", `unix_socket_directories=${folder}`],
        ...["-c", "fsync=off", "-c", "shared_preload_libraries=pg_stat_statements"],
      ],
      directory: folder,
      logFile: join(folder, "postgres.log"),
      user,
    });
    const old = new OldServer(folder, bin);
    await old.#untilReady(server);
    await old.sql(CONTENT);
    return old;
  }

  /** Runs SQL as its superuser; returns the output of `psql`. */
  async sql(statements: string): Promise<string> {
    const { stdout } = await run(
      join(this.#bin, "psql"),
      [...this.#connection(), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statements],
      { env: { PATH: "/usr/bin:/bin" } },
    );
    return stdout.trim();
  }

  /** Dumps it with the command of docs/import.md. */
  async dump(file: string): Promise<void> {
    await run(
      join(this.#bin, "pg_dump"),
      [...this.#connection(), "--format=custom", `--file=${file}`],
      {
        env: { PATH: "/usr/bin:/bin" },
      },
    );
  }

  #connection(): readonly string[] {
    return ["-h", this.#folder, "-U", "postgres", "-d", "postgres"];
  }

  async #untilReady(server: Server): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;)
      try {
        await this.sql("SELECT 1");
        return;
      } catch (error) {
        if (!server.running() || Date.now() > deadline)
          throw new Error(`${server.name} did not start: ${server.logTail(3)}`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
  }
}
