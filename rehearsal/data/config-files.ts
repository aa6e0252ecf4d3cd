/**
 * The servers' configuration files, as text. Pure. TLS is not one way in among others: it is the
 * only one.
 */

/** DigitalOcean's port numbers (digitalocean/openapi, `databases`). */
export const PORTS = { postgres: 25_060, pool: 25_061, valkey: 25_061 } as const;

/** Address of a server, and its certificate. */
export interface ServerFiles {
  readonly address: string;
  /** Folder of its unix socket: for us and for the pooler, never for clients. */
  readonly socketFolder: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** `postgresql.conf`: fast, since nothing here outlives the run. */
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
 * `pg_hba.conf`: clients by TLS and password; the cloud's own agent by the socket, which only we
 * can reach.
 */
export const PG_HBA = `local   all  postgres          trust
local   all  all               scram-sha-256
hostssl all  all      0.0.0.0/0 scram-sha-256
`;

/** The user that may tell PgBouncer to read its files again: us, by the socket. */
export const POOLER_AGENT = "agent_of_the_cloud";

/** One pool of PgBouncer. An empty `user` lets each client in as itself. */
export interface Pool {
  readonly name: string;
  readonly database: string;
  readonly user: string;
  readonly mode: string;
  readonly size: number;
}

/**
 * `pgbouncer.ini`: TLS to clients with the database's own certificate; to Postgres by its socket.
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

/** PgBouncer's list of users. Quotes are doubled, as its parser wants. */
export function usersFile(users: ReadonlyMap<string, string>): string {
  const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  return [...users].map(([name, password]) => `${quote(name)} ${quote(password)}\n`).join("");
}

/**
 * `valkey.conf`: no plaintext port at all.
 */
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

/**
 * An eviction policy as Valkey writes it: DigitalOcean has underscores where Valkey has hyphens.
 */
export function hyphenated(evictionPolicy: string): string {
  return evictionPolicy.replaceAll("_", "-");
}
