/**
 * What stands behind the simulated clouds and is real: a Kubernetes control plane for a cluster, a Postgres or Redis
 * server for a database. The clouds' world knows these interfaces only; `rehearsal/kubernetes` and `rehearsal/data` implement them.
 */

/** A cluster that answers. `caCertificate` is PEM; `adminToken` is a bearer token of `system:masters`. */
export interface RunningCluster {
  readonly endpoint: string;
  readonly caCertificate: string;
  readonly adminToken: string;
}

/** One node as the cloud would add it. `size` is the Droplet slug, which decides capacity and allocatable. */
export interface NodeSpec {
  readonly name: string;
  readonly size: string;
  readonly region: string;
  readonly poolName: string;
  readonly poolId: string;
  readonly nodeId: string;
  readonly dropletId: number;
  /** The DOKS version slug, for the label `doks.digitalocean.com/version`. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: string;
  }[];
}

/** Starts and stops control planes, one per simulated cluster. */
export interface ClusterBackend {
  create(clusterId: string): Promise<RunningCluster>;
  addNodes(clusterId: string, nodes: readonly NodeSpec[]): Promise<void>;
  removeNodes(clusterId: string, names: readonly string[]): Promise<void>;
  /** Stops the control plane and forgets its data. No error if it is gone. */
  destroy(clusterId: string): Promise<void>;
}

/** A server that answers on the address and port of the real service. Host names resolve inside pods only (their `/etc/hosts`). */
export interface RunningDatabase {
  /** A loopback address of its own per database, so that DigitalOcean's own port numbers can be used. */
  readonly address: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  /** The PEM of the private CA that signed its certificate. */
  readonly caCertificate: string;
}

/** Starts and stops database servers, one per simulated `DatabaseCluster`. */
export interface DatabaseBackend {
  /** Postgres 17 on port 25060 (TLS only, `doadmin`, database `defaultdb`); `hosts` are the names in its certificate. */
  createPostgres(databaseId: string, hosts: readonly string[]): Promise<RunningDatabase>;
  /** Redis speaking TLS only on port 25061, user `default`. */
  createValkey(
    databaseId: string,
    hosts: readonly string[],
    evictionPolicy: string,
  ): Promise<RunningDatabase>;
  /** From now on the Valkey evicts by this policy, in DigitalOcean's spelling, with underscores. */
  setEvictionPolicy(databaseId: string, evictionPolicy: string): Promise<void>;
  /** From now on the Postgres also answers by these names, with a certificate that covers them and all it had. */
  answerAs(databaseId: string, hosts: readonly string[]): Promise<void>;
  /** Replaces the private CA, and every Postgres' certificate by one of the new; answers the new one's PEM. */
  rotateCa(): Promise<string>;
  /** A new login role with a password that the backend makes; answers the password. */
  createUser(databaseId: string, name: string): Promise<string>;
  /**
   * Gives a login role of the Postgres, or its administrator, another password; answers it.
   * Connections that stand stay.
   */
  resetPassword(databaseId: string, name: string): Promise<string>;
  dropUser(databaseId: string, name: string): Promise<void>;
  createDatabase(databaseId: string, name: string): Promise<void>;
  dropDatabase(databaseId: string, name: string): Promise<void>;
  /**
   * A PgBouncer pool, reached on port 25061 under the pool's name as database. With an empty `user` every client goes on to
   * Postgres as itself (digitalocean/openapi `specification/resources/databases/models/connection_pool.yml`).
   */
  createPool(
    databaseId: string,
    pool: {
      readonly name: string;
      readonly database: string;
      readonly user: string;
      readonly mode: string;
      readonly size: number;
    },
  ): Promise<void>;
  dropPool(databaseId: string, name: string): Promise<void>;
  /** Stops the server and forgets its data. No error if it is gone. */
  destroy(databaseId: string): Promise<void>;
}
