import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackSecrets } from "../config/secrets.ts";
import type { StackConfig } from "../config/schema.ts";
import { hostsOf, RANGES } from "../config/topology.ts";
import { metadataOf } from "./pod.ts";

type EnvFromSource = kubernetes.types.input.core.v1.EnvFromSource;
type Volume = kubernetes.types.input.core.v1.Volume;
type VolumeMount = kubernetes.types.input.core.v1.VolumeMount;

/** How to reach Postgres: what the database's own layer offers. */
export interface DatabaseAccess {
  readonly host: pulumi.Input<string>;
  readonly directPort: pulumi.Input<number>;
  readonly database: pulumi.Input<string>;
  readonly poolPort: pulumi.Input<number>;
  readonly pool: pulumi.Input<string>;
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

/** How to reach a copy of the database that can only be read; roles and database are the original's. */
export interface ReplicaAccess {
  readonly host: pulumi.Input<string>;
  readonly port: pulumi.Input<number>;
}

/** What the environment is made of. */
export interface EnvironmentArgs {
  readonly namespace: pulumi.Input<string>;
  readonly config: StackConfig;
  readonly secrets: StackSecrets;
  readonly postgres: DatabaseAccess;
  /** Where there is one, reads that may be a moment late go to it. */
  readonly replica: ReplicaAccess | undefined;
  /** `rediss://…` */
  readonly redisUrl: pulumi.Input<string>;
  /** `rediss://…` of the Redis that only caches, where there is one. */
  readonly cacheUrl: pulumi.Input<string> | undefined;
}

const CA_FOLDER = "/etc/mastodon/ca";
/** Where every pod finds DigitalOcean's private CA. */
export const CA_FILE = `${CA_FOLDER}/do-internal.crt`;

/**
 * What Mastodon's processes read, each kind only its own: the ConfigMaps and Secrets, and the CA that proves the database. Their
 * names change with their content, so a changed value rolls the pods that use it.
 */
export class Environment extends pulumi.ComponentResource {
  /** Web and Sidekiq: Rails, through the transaction pool. */
  readonly rails: readonly EnvFromSource[];
  /** Migrations and other Jobs: Rails, on the direct port. */
  readonly railsDirect: readonly EnvFromSource[];
  /** Streaming: its own role, none of Mastodon's secrets. */
  readonly streaming: readonly EnvFromSource[];
  /** The CA as a volume, for all of them. */
  readonly caVolume: Volume;
  readonly caMount: VolumeMount;

  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Environment", name, {}, opts);
    const { namespace, config, secrets, postgres, replica, redisUrl, cacheUrl } = args;
    const hosts = hostsOf(config);
    const configMap = (
      role: string,
      data: Record<string, pulumi.Input<string>>,
    ): EnvFromSource => ({ configMapRef: { name: this.#configMap(name, role, namespace, data) } });
    const secret = (role: string, data: Record<string, pulumi.Input<string>>): EnvFromSource => ({
      secretRef: { name: this.#secret(name, role, namespace, data) },
    });

    const common = configMap("rails", {
      LOCAL_DOMAIN: config.domain,
      ...(config.webDomain === config.domain ? {} : { WEB_DOMAIN: config.webDomain }),
      STREAMING_API_BASE_URL: `wss://${hosts.streaming}`,
      CDN_HOST: `https://${hosts.assets}`,
      // Setting it replaces Mastodon's own list of private ranges, so pods and loopback must be in it: a request that
      // carries X-Forwarded-For from anyone else is answered with 500.
      TRUSTED_PROXY_IP: `127.0.0.0/8,${RANGES.pods},${RANGES.vpc}`,
      // Redis over TLS works with this driver only; the default one checks no host name (mastodon/mastodon#30717).
      REDIS_DRIVER: "ruby",
      DB_HOST: postgres.host,
      DB_USER: postgres.application.name,
      // The one value that checks chain and host name in libpq and in Node alike.
      DB_SSLMODE: "verify-full",
      // libpq's own variable: Mastodon has none for the CA.
      PGSSLROOTCERT: CA_FILE,
    });
    const pooled = configMap("pooled", {
      DB_PORT: text(postgres.poolPort),
      DB_NAME: postgres.pool,
      // Prepared statements of one transaction are unknown to the next one's connection.
      PREPARED_STATEMENTS: "false",
      ...(replica === undefined
        ? {}
        : {
            REPLICA_DB_HOST: replica.host,
            REPLICA_DB_PORT: text(replica.port),
            // Not the pool's name, which it would fall back to: no pool stands in front of the replica.
            REPLICA_DB_NAME: postgres.database,
            // Or db:prepare and its kind would try to write to it.
            REPLICA_DB_TASKS: "false",
          }),
    });
    const direct = configMap("direct", {
      DB_PORT: text(postgres.directPort),
      DB_NAME: postgres.database,
    });
    const application = secret("application", {
      SECRET_KEY_BASE: secrets.secretKeyBase,
      ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: secrets.activeRecordPrimaryKey,
      ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: secrets.activeRecordDeterministicKey,
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: secrets.activeRecordKeyDerivationSalt,
      VAPID_PRIVATE_KEY: secrets.vapidPrivateKey,
      VAPID_PUBLIC_KEY: secrets.vapidPublicKey,
      DB_PASS: postgres.application.password,
      REDIS_URL: redisUrl,
      // A URL of its own: with parts, user and password would not be inherited (lib/mastodon/redis_configuration.rb).
      ...(cacheUrl === undefined ? {} : { CACHE_REDIS_URL: cacheUrl }),
    });
    this.rails = [common, pooled, application];
    this.railsDirect = [common, direct, application];
    this.streaming = [
      configMap("streaming", {
        DB_HOST: postgres.host,
        DB_PORT: text(postgres.poolPort),
        DB_NAME: postgres.pool,
        DB_USER: postgres.streaming.name,
        DB_SSLMODE: "verify-full",
        // Adds to Node's own roots; Node knows nothing of libpq's variable, nor libpq of this.
        NODE_EXTRA_CA_CERTS: CA_FILE,
        TRUSTED_PROXY_IP: `127.0.0.0/8,${RANGES.pods},${RANGES.vpc}`,
      }),
      secret("streaming", { DB_PASS: postgres.streaming.password, REDIS_URL: redisUrl }),
    ];
    this.caVolume = {
      name: "ca",
      secret: {
        secretName: this.#secret(name, "ca", namespace, {
          "do-internal.crt": postgres.caCertificate,
        }),
      },
    };
    this.caMount = { name: "ca", mountPath: CA_FOLDER, readOnly: true };
    this.registerOutputs({});
  }

  #configMap(
    name: string,
    role: string,
    namespace: pulumi.Input<string>,
    data: Record<string, pulumi.Input<string>>,
  ): pulumi.Output<string> {
    return new kubernetes.core.v1.ConfigMap(
      `${name}-${role}`,
      { metadata: metadataOf(namespace, "environment"), data },
      { parent: this },
    ).metadata.name;
  }

  #secret(
    name: string,
    role: string,
    namespace: pulumi.Input<string>,
    stringData: Record<string, pulumi.Input<string>>,
  ): pulumi.Output<string> {
    return new kubernetes.core.v1.Secret(
      `${name}-${role}-secret`,
      { metadata: metadataOf(namespace, "environment"), stringData },
      { parent: this },
    ).metadata.name;
  }
}

function text(value: pulumi.Input<number>): pulumi.Output<string> {
  return pulumi.output(value).apply(String);
}
