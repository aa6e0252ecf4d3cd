/**
 * Real servers behind the simulated clouds: a Kubernetes control plane for a cluster, a Postgres or
 * Redis server for a database. The clouds' world knows only these interfaces.
 * `rehearsal/kubernetes` and `rehearsal/data` implement them.
 */

/**
 * A running cluster. `caCertificate` is PEM; `adminToken` is a bearer token of `system:masters`.
 */
export interface RunningCluster {
  readonly endpoint: string;
  readonly caCertificate: string;
  readonly adminToken: string;
}

/**
 * One node as the cloud would add it. `size` is the Droplet slug, which determines capacity and
 * allocatable.
 */
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
  /** Ends machines without a word to their Pods, as where they are destroyed. */
  loseNodes(clusterId: string, names: readonly string[]): Promise<void>;
  /** Stops the control plane and deletes its data. No error if it does not exist. */
  destroy(clusterId: string): Promise<void>;
}

/**
 * A server with the address and port of the real service. Host names resolve only inside pods
 * (their `/etc/hosts`).
 */
export interface RunningDatabase {
  /**
   * A loopback address of its own for each database, so that DigitalOcean's own port numbers can be
   * used.
   */
  readonly address: string;
  readonly adminUser: string;
  readonly adminPassword: string;
  /** The PEM of the private CA that signed its certificate. */
  readonly caCertificate: string;
}

/** Names of the members of a Postgres. */
export interface PostgresMembers {
  readonly users: readonly string[];
  readonly databases: readonly string[];
}

/** Starts and stops database servers, one per simulated `DatabaseCluster`. */
export interface DatabaseBackend {
  /**
   * Creates a Postgres 17 on port 25060 (TLS only, `doadmin`, database `defaultdb`). `hosts` are
   * the names in its certificate.
   * @param copy folder of a copied Postgres (`copyPostgres`): then its databases and roles are
   * there. Default: none, an empty one.
   */
  createPostgres(
    databaseId: string,
    hosts: readonly string[],
    copy?: string,
  ): Promise<RunningDatabase>;
  /** Copies a running Postgres as it is at this moment. Returns the folder of the copy. */
  copyPostgres(databaseId: string): Promise<string>;
  /** Names of the login roles, without the administrator, and of the databases that were made. */
  membersOf(databaseId: string): Promise<PostgresMembers>;
  /** Creates a Redis with TLS only on port 25061, user `default`. */
  createValkey(
    databaseId: string,
    hosts: readonly string[],
    evictionPolicy: string,
  ): Promise<RunningDatabase>;
  /** Changes the eviction policy of the Valkey. DigitalOcean's spelling has underscores. */
  setEvictionPolicy(databaseId: string, evictionPolicy: string): Promise<void>;
  /** Adds host names to the Postgres, with a certificate that covers them and all earlier ones. */
  answerAs(databaseId: string, hosts: readonly string[]): Promise<void>;
  /**
   * Replaces the private CA, and every Postgres' certificate by one of the new CA. Returns the PEM
   * of the new CA.
   */
  rotateCa(): Promise<string>;
  /** Creates a login role with a password from the backend; returns the password. */
  createUser(databaseId: string, name: string): Promise<string>;
  /**
   * Changes the password of a login role or of the administrator; returns it. Open connections
   * stay.
   */
  resetPassword(databaseId: string, name: string): Promise<string>;
  dropUser(databaseId: string, name: string): Promise<void>;
  createDatabase(databaseId: string, name: string): Promise<void>;
  dropDatabase(databaseId: string, name: string): Promise<void>;
  /**
   * Creates a PgBouncer pool on port 25061 with the pool's name as database. With an empty `user`
   * every client logs in to Postgres with its own role (digitalocean/openapi
   * `specification/resources/databases/models/connection_pool.yml`).
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
  /** Stops the server and deletes its data. No error if it does not exist. */
  destroy(databaseId: string): Promise<void>;
}
