import * as pulumi from "@pulumi/pulumi";
import { POOL, TRUSTED_PROXIES } from "../../config/topology.ts";
import type { Variables } from "./variables.ts";

/** A role of the database, with its password. */
export interface Role {
  readonly name: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
}

/** Access to Postgres, from the component that creates it. */
export interface DatabaseAccess {
  readonly host: pulumi.Input<string>;
  readonly directPort: pulumi.Input<number>;
  readonly database: pulumi.Input<string>;
  readonly application: Role;
  readonly streaming: Role;
  readonly caCertificate: pulumi.Input<string>;
}

/** Access to a read-only copy of the database. Roles and database name are the original's. */
export interface ReplicaAccess {
  readonly host: pulumi.Input<string>;
  readonly port: pulumi.Input<number>;
}

/** Access to Valkey. */
export interface RedisAccess {
  /** `rediss://…` */
  readonly redisUrl: pulumi.Input<string>;
  /** `rediss://…` of the cache-only Redis, if there is one. */
  readonly cacheUrl: pulumi.Input<string> | undefined;
}

/** Folder of DigitalOcean's private CA. */
export const CA_FOLDER = "/etc/mastodon/ca";
/** Path of the CA in every pod. */
export const CA_FILE = `${CA_FOLDER}/do-internal.crt`;

/** Variables with which all Rails processes reach the databases, on either port. */
export function railsDatabases(
  { host, application }: DatabaseAccess,
  { redisUrl, cacheUrl }: RedisAccess,
): Variables {
  return {
    plain: {
      // TLS to Redis works only with this driver; the default one does not verify the host name
      // (mastodon/mastodon#30717).
      REDIS_DRIVER: "ruby",
      DB_HOST: host,
      DB_USER: application.name,
      // The only value with which both libpq and Node verify chain and host name.
      DB_SSLMODE: "verify-full",
      // libpq's own variable, because Mastodon has none for the CA.
      PGSSLROOTCERT: CA_FILE,
    },
    secret: {
      DB_PASS: application.password,
      REDIS_URL: redisUrl,
      // A separate URL: with single variables, user and password would not be inherited
      // (lib/mastodon/redis_configuration.rb).
      ...(cacheUrl === undefined ? {} : { CACHE_REDIS_URL: cacheUrl }),
    },
  };
}

/** Web and Sidekiq: through the transaction pool. */
export function pooled(postgres: DatabaseAccess, replica: ReplicaAccess | undefined): Variables {
  return {
    plain: {
      DB_PORT: String(POOL.port),
      DB_NAME: POOL.name,
      // Prepared statements of one transaction are unknown to the next one's connection.
      PREPARED_STATEMENTS: "false",
      ...(replica === undefined
        ? {}
        : {
            REPLICA_DB_HOST: replica.host,
            REPLICA_DB_PORT: text(replica.port),
            // Set, because its default is the pool's name, and the replica has no pool.
            REPLICA_DB_NAME: postgres.database,
            // Otherwise db:prepare and similar tasks would try to write to it.
            REPLICA_DB_TASKS: "false",
          }),
    },
    secret: {},
  };
}

/** Migrations and other Jobs: on the direct port. */
export function direct(postgres: DatabaseAccess): Variables {
  return {
    plain: { DB_PORT: text(postgres.directPort), DB_NAME: postgres.database },
    secret: {},
  };
}

/** Everything that streaming reads: its own role, and none of Mastodon's secrets. */
export function streamingDatabases(postgres: DatabaseAccess, { redisUrl }: RedisAccess): Variables {
  return {
    plain: {
      DB_HOST: postgres.host,
      DB_PORT: String(POOL.port),
      DB_NAME: POOL.name,
      DB_USER: postgres.streaming.name,
      DB_SSLMODE: "verify-full",
      // Adds to Node's own roots. Node does not read libpq's variable, and libpq does not read this
      // one.
      NODE_EXTRA_CA_CERTS: CA_FILE,
      TRUSTED_PROXY_IP: TRUSTED_PROXIES,
    },
    secret: { DB_PASS: postgres.streaming.password, REDIS_URL: redisUrl },
  };
}

function text(value: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.output(value).apply(String);
}
