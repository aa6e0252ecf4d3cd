export const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
export const REPLICA = "digitalocean:index/databaseReplica:DatabaseReplica";

/**
 * Port of each kind of database (digitalocean/openapi
 * `specification/resources/databases/models/database_connection.yml`).
 */
export const PORTS = { postgres: 25060, pool: 25061, valkey: 25061 } as const;

/**
 * Host names of a database: the public one, and the one inside the VPC. Both follow the primary.
 */
export function databaseHosts(
  name: string,
  account: number,
): { readonly publicHost: string; readonly privateHost: string } {
  const publicHost = `${name}-do-user-${account}-0.m.db.ondigitalocean.com`;
  return { publicHost, privateHost: `private-${publicHost}` };
}

/**
 * A connection URI in the API's form: `sslmode=require` for Postgres, `rediss` for Valkey. It
 * contains the password.
 */
export function uriOf(
  postgres: boolean,
  to: {
    readonly user: string;
    readonly password: string;
    readonly host: string;
    readonly port: number;
    readonly database: string;
  },
): string {
  const login = `${encodeURIComponent(to.user)}:${encodeURIComponent(to.password)}`;
  return postgres
    ? `postgresql://${login}@${to.host}:${to.port}/${to.database}?sslmode=require`
    : `rediss://${login}@${to.host}:${to.port}`;
}
