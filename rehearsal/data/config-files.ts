/** Text of the servers' configuration files. Servers accept only TLS connections. */

/** DigitalOcean's port numbers (digitalocean/openapi, `databases`). */
export const PORTS = { postgres: 25_060, pool: 25_061, valkey: 25_061 } as const;

/** Address of a server, and its certificate. */
export interface ServerFiles {
  readonly address: string;
  /** Folder of its Unix socket, for this process and the pooler, never for clients. */
  readonly socketFolder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** `postgresql.conf`: optimized for speed, because no data outlives the run. */
export function postgresConf(files: ServerFiles): string {
  return `listen_addresses = '${files.address}'
port = ${PORTS.postgres}
unix_socket_directories = '${files.socketFolder}'
ssl = on
ssl_cert_file = '${files.certificateFile}'
ssl_key_file = '${files.keyFile}'
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
log_statement = 'none'
`;
}

/**
 * `pg_hba.conf`: clients use TLS and a password. The cloud's own agent uses the socket, which only
 * this process can reach.
 */
export const PG_HBA = `local   all  postgres          trust
local   all  all               scram-sha-256
hostssl all  all      0.0.0.0/0 scram-sha-256
`;

/** User that may tell PgBouncer to reload its files: this process, through the socket. */
export const POOLER_AGENT = "agent_of_the_cloud";

/** One pool of PgBouncer. With an empty `user` each client logs in with its own role. */
export interface Pool {
  readonly name: string;
  readonly database: string;
  readonly user: string;
  readonly mode: string;
  readonly size: number;
}

/**
 * `pgbouncer.ini`: clients get TLS with the database's own certificate; Postgres is reached through
 * its socket.
 */
export function pgbouncerIni(
  files: ServerFiles,
  usersFile: string,
  pools: readonly Pool[],
): string {
  const databases = pools.map(
    ({ name, database, user, mode, size }) =>
      `${name} = host=${files.socketFolder} port=${PORTS.postgres} dbname=${database} pool_mode=${mode} pool_size=${size}${user === "" ? "" : ` user=${user}`}`,
  );
  return `[databases]
${databases.join("\n")}

[pgbouncer]
listen_addr = ${files.address}
listen_port = ${PORTS.pool}
unix_socket_dir = ${files.socketFolder}
admin_users = ${POOLER_AGENT}
client_tls_sslmode = require
client_tls_cert_file = ${files.certificateFile}
client_tls_key_file = ${files.keyFile}
auth_type = scram-sha-256
auth_file = ${usersFile}
max_client_conn = 2000
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`;
}

/** PgBouncer's list of users. Quotes are doubled, as its parser requires. */
export function usersFile(users: ReadonlyMap<string, string>): string {
  const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  return [...users].map(([name, password]) => `${quote(name)} ${quote(password)}\n`).join("");
}

/** `valkey.conf`: there is no plaintext port. */
export function valkeyConf(
  files: ServerFiles,
  password: string,
  evictionPolicy: string,
  folder: string,
): string {
  return `bind ${files.address}
port 0
tls-port ${PORTS.valkey}
tls-cert-file ${files.certificateFile}
tls-key-file ${files.keyFile}
tls-auth-clients no
requirepass ${password}
maxmemory 64mb
maxmemory-policy ${hyphenated(evictionPolicy)}
save ""
appendonly no
dir ${folder}
daemonize no
`;
}

/** Valkey's form of an eviction policy: DigitalOcean has underscores where Valkey has hyphens. */
export function hyphenated(evictionPolicy: string): string {
  return evictionPolicy.replaceAll("_", "-");
}
