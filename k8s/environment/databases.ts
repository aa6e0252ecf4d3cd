import * as pulumi from "@pulumi/pulumi";
import { POOL, TRUSTED_PROXIES } from "../../config/topology.ts";
import type { Variables } from "./variables.ts";

/** Access to Postgres, as the database's own layer offers it. */
export interface DatabaseAccess {
  readonly host: pulumi.Input<string>;
  readonly directPort: pulumi.Input<number>;
  readonly database: pulumi.Input<string>;
  readonly application: {
    readonly name: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  };
  readonly streaming: {
    readonly name: pulumi.Input<string>;
    readonly password: pulumi.Input<string>;
  };
  readonly caCertificate: pulumi.Input<string>;
}

/** Access to a read-only copy of the database; roles and database are the original's. */
export interface ReplicaAccess {
  readonly host: pulumi.Input<string>;
  readonly port: pulumi.Input<number>;
}

/** Access to Valkey. */
export interface RedisAccess {
  /** `rediss://…` */
  readonly redisUrl: pulumi.Input<string>;
  /** `rediss://…` of the Redis that only caches, where there is one. */
  readonly cacheUrl: pulumi.Input<string> | undefined;
}

/** The folder of DigitalOcean's private CA. */
export const CA_FOLDER = "/etc/mastodon/ca";
/** Path of the CA in every pod. */
export const CA_FILE = `${CA_FOLDER}/do-internal.crt`;

/** Variables by which every process of Rails reaches them, on either port. */
export function railsDatabases(
  { host, application }: DatabaseAccess,
  { redisUrl, cacheUrl }: RedisAccess,
): Variables {
  return {
    plain: {
      // Redis over TLS works with this driver only; the default one checks no host name
      // (mastodon/mastodon#30717).
      REDIS_DRIVER: "ruby",
      DB_HOST: host,
      DB_USER: application.name,
      // The one value that checks chain and host name in libpq and in Node alike.
      DB_SSLMODE: "verify-full",
      // libpq's own variable: Mastodon has none for the CA.
      PGSSLROOTCERT: CA_FILE,
    },
    secret: {
      DB_PASS: application.password,
      REDIS_URL: redisUrl,
      // A URL of its own: with parts, user and password would not be inherited
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
            // Not the pool's name, which it would fall back to: no pool stands in front of the
            // replica.
            REPLICA_DB_NAME: postgres.database,
            // Or db:prepare and its kind would try to write to it.
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

/** All that streaming reads: a role of its own, none of Mastodon's secrets. */
export function streamingDatabases(postgres: DatabaseAccess, { redisUrl }: RedisAccess): Variables {
  return {
    plain: {
      DB_HOST: postgres.host,
      DB_PORT: String(POOL.port),
      DB_NAME: POOL.name,
      DB_USER: postgres.streaming.name,
      DB_SSLMODE: "verify-full",
      // Adds to Node's own roots; Node knows nothing of libpq's variable, nor libpq of this.
      NODE_EXTRA_CA_CERTS: CA_FILE,
      TRUSTED_PROXY_IP: TRUSTED_PROXIES,
    },
    secret: { DB_PASS: postgres.streaming.password, REDIS_URL: redisUrl },
  };
}

function text(value: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.output(value).apply(String);
}
