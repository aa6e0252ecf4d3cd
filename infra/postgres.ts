import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { DATABASE_MEMBERS, POOL } from "../config/topology.ts";
import { POSTGRES_VERSION } from "../config/versions.ts";
import { checkedCa } from "./certificate.ts";
import { databaseWindow } from "./maintenance.ts";

/** Arguments of the database. */
export interface PostgresArgs {
  readonly region: string;
  readonly postgres: StackConfig["postgres"];
  /** Changing it replaces the database. */
  readonly vpcId: pulumi.Input<string>;
  /** Tag of the nodes that may connect. */
  readonly nodeTag: pulumi.Input<string>;
  readonly stackTag: pulumi.Input<string>;
  readonly maintenance: StackConfig["maintenance"];
  /** An existing cluster to take over (`postgres.origin.cluster`). If unset, a new one is made. */
  readonly existing: ExistingCluster | undefined;
  /** Whether dumps are made, which need a role of their own. */
  readonly backup: boolean;
}

/** A cluster that DigitalOcean made, such as a fork. */
export type ExistingCluster = NonNullable<
  NonNullable<StackConfig["postgres"]["origin"]>["cluster"]
>;

/** A role with its password. */
export interface Role {
  readonly name: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/**
 * Mastodon's database: cluster, settings, database, roles, transaction pool, firewall and CA
 * certificate.
 */
export class Postgres extends pulumi.ComponentResource {
  readonly clusterId: pulumi.Output<string>;
  /** `do:dbaas:<id>` */
  readonly cloudUrn: pulumi.Output<string>;
  /**
   * Host name inside the VPC, which the certificate covers. Never use an address: verify-full would
   * fail.
   */
  readonly host: pulumi.Output<string>;
  /** Direct port, for migrations and dumps. They need locks that a transaction pool can't hold. */
  readonly directPort: pulumi.Output<number>;
  readonly database: pulumi.Output<string>;
  /** Only for `dependsOn`. Never use its values: see `POOL`. */
  readonly pool: pulumi.Resource;
  readonly admin: Role;
  /** Role that owns the schema: for migrations and the application. */
  readonly application: Role;
  /**
   * Role that reads only the columns that streaming needs (`k8s/streaming-grants.ts`). Access
   * tokens are among them.
   */
  readonly streaming: Role;
  /** Role that reads everything for dumps, and changes nothing; undefined without `backup`. */
  readonly backup: Role | undefined;
  /** DigitalOcean's private CA, PEM. */
  readonly caCertificate: pulumi.Output<string>;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Postgres", name, {}, opts);
    // A replacement deletes the database, and DigitalOcean's backups are deleted with the cluster.
    const kept = { parent: this, protect: true } as const;
    const { maintenance, existing } = args;
    // A fork has the database and the roles of its source, and a create would be refused. The
    // engine ignores the id once the resource is in the state.
    const importing = (member?: string): { readonly import?: string } =>
      existing === undefined
        ? {}
        : { import: member === undefined ? existing.id : `${existing.id},${member}` };
    const { storageGib, storageAutoscale, settings } = args.postgres;
    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        // Another name than the existing one's would replace it.
        ...(existing === undefined ? {} : { name: existing.name }),
        engine: "pg",
        version: POSTGRES_VERSION,
        size: args.postgres.size,
        nodeCount: args.postgres.nodes,
        region: args.region,
        privateNetworkUuid: args.vpcId,
        maintenanceWindows: [databaseWindow(maintenance.day, maintenance.postgresHour)],
        // The provider takes a string, because the number is too large for some of its languages.
        ...(storageGib === undefined ? {} : { storageSizeMib: String(storageGib * 1024) }),
        storageAutoscale,
        tags: [args.stackTag],
      },
      {
        ...kept,
        ...importing(),
        // A create that times out leaves a database that is billed and not in the state. A long
        // timeout prevents that.
        customTimeouts: { create: "60m" },
        // The disk grows automatically. The stack file's size is then smaller, and a disk can't
        // shrink.
        ignoreChanges: storageAutoscale.enabled ? ["storageSizeMib"] : [],
      },
    );
    const clusterId = cluster.id;
    // First: between its creation and its firewall the database is open to the Internet, with
    // password and TLS only.
    const firewall = new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId, rules: [{ type: "tag", value: args.nodeTag }] },
      // Deleting this resource writes an empty rule list, which allows every source. `deletedWith`
      // removes it together with the database, never earlier.
      { parent: this, deletedWith: cluster },
    );
    this.#settings(name, clusterId, settings);
    const database = new digitalocean.DatabaseDb(
      `${name}-database`,
      { clusterId, name: DATABASE_MEMBERS.database },
      // Explicit dependency: create the firewall before the database can hold data.
      { ...kept, ...importing(DATABASE_MEMBERS.database), dependsOn: [firewall] },
    );
    const application = new digitalocean.DatabaseUser(
      `${name}-application`,
      { clusterId, name: DATABASE_MEMBERS.application },
      { ...kept, ...importing(DATABASE_MEMBERS.application) },
    );
    const streaming = new digitalocean.DatabaseUser(
      `${name}-streaming`,
      { clusterId, name: DATABASE_MEMBERS.streaming },
      { parent: this, ...importing(DATABASE_MEMBERS.streaming) },
    );
    // Optional: `backup`.
    const backup = args.backup
      ? new digitalocean.DatabaseUser(
          `${name}-backup`,
          { clusterId, name: DATABASE_MEMBERS.backup },
          // A cluster that is taken over has it, because the server had dumps.
          { parent: this, ...importing(DATABASE_MEMBERS.backup) },
        )
      : undefined;
    this.pool = new digitalocean.DatabaseConnectionPool(
      `${name}-pool`,
      {
        clusterId,
        name: POOL.name,
        mode: "transaction",
        size: args.postgres.poolConnections,
        dbName: database.name,
        // No user: each client of the pool logs in with its own role, both the application and
        // streaming.
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
    this.backup = backup && { name: backup.name, password: backup.password };
    this.caCertificate = digitalocean
      .getDatabaseCaOutput({ clusterId }, { parent: this })
      .certificate.apply((pem) => checkedCa(pem, "the database"));
    this.registerOutputs({ host: this.host });
  }

  /** Deleting this resource does not reset the settings on the server. */
  #settings(
    name: string,
    clusterId: pulumi.Input<string>,
    settings: StackConfig["postgres"]["settings"],
  ): void {
    new digitalocean.DatabasePostgresqlConfig(
      `${name}-settings`,
      {
        clusterId,
        // pg_dump disables it for its own session, so a long copy is not cut.
        idleInTransactionSessionTimeout: settings.idleInTransactionSeconds * 1_000,
        logMinDurationStatement: settings.slowStatementMilliseconds,
        pgStatStatementsTrack: settings.trackStatements,
        // Without it an operator can't tell a slow disk from a slow query.
        trackIoTiming: "on",
        backupHour: settings.backupHour,
      },
      { parent: this },
    );
  }
}
