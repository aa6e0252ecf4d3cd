import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { POOL } from "../config/topology.ts";
import { POSTGRES_VERSION } from "../config/versions.ts";
import { checkedCa } from "./certificate.ts";
import { databaseWindow } from "./maintenance.ts";

/** What the database needs to know. */
export interface PostgresArgs {
  readonly region: string;
  readonly postgres: StackConfig["postgres"];
  /** Changing it replaces the database. */
  readonly vpcId: pulumi.Input<string>;
  /** Only nodes with this tag reach it. */
  readonly nodeTag: pulumi.Input<string>;
  readonly stackTag: pulumi.Input<string>;
  readonly maintenance: StackConfig["maintenance"];
}

/** A role with its password. */
export interface Role {
  readonly name: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/** Mastodon's database: cluster, settings, database, roles, transaction pool, firewall, and the certificate that proves it. */
export class Postgres extends pulumi.ComponentResource {
  readonly clusterId: pulumi.Output<string>;
  /** `do:dbaas:<id>` */
  readonly cloudUrn: pulumi.Output<string>;
  /** The name inside the VPC, which the certificate covers. Never an address: verify-full would fail. */
  readonly host: pulumi.Output<string>;
  /** For migrations and dumps: they need locks that a transaction pool can't hold. */
  readonly directPort: pulumi.Output<number>;
  readonly database: pulumi.Output<string>;
  /** To be waited for. Never a value of it: see `POOL`. */
  readonly pool: pulumi.Resource;
  readonly admin: Role;
  /** Owns the schema: migrates and runs. */
  readonly application: Role;
  /** Reads the columns that streaming reads, and nothing else (`k8s/streaming-grants.ts`). Tokens are among them. */
  readonly streaming: Role;
  /** DigitalOcean's private CA, PEM. */
  readonly caCertificate: pulumi.Output<string>;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Postgres", name, {}, opts);
    // Replaced means deleted, and DigitalOcean's backups go with the cluster.
    const kept = { parent: this, protect: true } as const;
    const { maintenance } = args;
    const { storageGib, storageAutoscale, settings } = args.postgres;
    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        engine: "pg",
        version: POSTGRES_VERSION,
        size: args.postgres.size,
        nodeCount: args.postgres.nodes,
        region: args.region,
        privateNetworkUuid: args.vpcId,
        maintenanceWindows: [databaseWindow(maintenance.day, maintenance.postgresHour)],
        // A text, as the provider has it: the number is too large for some of its languages.
        ...(storageGib === undefined ? {} : { storageSizeMib: String(storageGib * 1024) }),
        storageAutoscale,
        tags: [args.stackTag],
      },
      {
        ...kept,
        // A create that times out leaves a database that is billed and in no state: better wait.
        customTimeouts: { create: "60m" },
        // The disk grows by itself; what the stack file says is then less, and a disk can't shrink.
        ignoreChanges: storageAutoscale.enabled ? ["storageSizeMib"] : [],
      },
    );
    const clusterId = cluster.id;
    // First of all: between its creation and its firewall the database is open to the Internet, password and TLS only.
    const firewall = new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId, rules: [{ type: "tag", value: args.nodeTag }] },
      // To delete it is to put an empty list, which admits everyone: it goes with the database, never before it.
      { parent: this, deletedWith: cluster },
    );
    this.#settings(name, clusterId, settings);
    const database = new digitalocean.DatabaseDb(
      `${name}-database`,
      { clusterId, name: "mastodon" },
      // Nothing in the data says that the door is to be closed before there is something inside.
      { ...kept, dependsOn: [firewall] },
    );
    const application = new digitalocean.DatabaseUser(
      `${name}-application`,
      { clusterId, name: "mastodon" },
      kept,
    );
    const streaming = new digitalocean.DatabaseUser(
      `${name}-streaming`,
      { clusterId, name: "mastodon_streaming" },
      { parent: this },
    );
    this.pool = new digitalocean.DatabaseConnectionPool(
      `${name}-pool`,
      {
        clusterId,
        name: POOL.name,
        mode: "transaction",
        size: args.postgres.poolConnections,
        dbName: database.name,
        // No user: each client of the pool comes in as itself, the application as well as streaming's reader.
      },
      { parent: this },
    );
    this.clusterId = clusterId;
    this.cloudUrn = cluster.clusterUrn;
    this.host = cluster.privateHost;
    this.directPort = cluster.port;
    this.database = database.name;
    this.admin = { name: cluster.user, password: cluster.password };
    this.application = { name: application.name, password: application.password };
    this.streaming = { name: streaming.name, password: streaming.password };
    this.caCertificate = digitalocean
      .getDatabaseCaOutput({ clusterId }, { parent: this })
      .certificate.apply((pem) => checkedCa(pem, "the database"));
    this.registerOutputs({ host: this.host });
  }

  /** Deleting it only forgets it: the database keeps what it was told last. */
  #settings(
    name: string,
    clusterId: pulumi.Input<string>,
    settings: StackConfig["postgres"]["settings"],
  ): void {
    new digitalocean.DatabasePostgresqlConfig(
      `${name}-settings`,
      {
        clusterId,
        // pg_dump switches it off for itself, also through a long copy.
        idleInTransactionSessionTimeout: settings.idleInTransactionSeconds * 1_000,
        logMinDurationStatement: settings.slowStatementMilliseconds,
        pgStatStatementsTrack: settings.trackStatements,
        // Without it nobody can tell a slow disk from a slow query.
        trackIoTiming: "on",
        backupHour: settings.backupHour,
      },
      { parent: this },
    );
  }
}
