import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterBackend, NodeSpec, RunningCluster } from "../clouds/backends.ts";
import type { Processes } from "../processes.ts";
import { LOOPBACK_SITE, startControlPlane, type ControlPlane, type Site } from "./control-plane.ts";
import { withholdExecCredential, writeExecCredential } from "./doctl.ts";
import { addNodes, connect, removeNodes, type Machines } from "./node-operations.ts";
import { installSystemPods } from "./system-pods.ts";

/** Parts that the clusters of one rehearsal share. */
export interface ControlPlanesOptions {
  /** The multi-call program of `findControlPlane`. */
  readonly binary: string;
  /** Each cluster gets a folder of its id in here. Made if absent. */
  readonly directory: string;
  readonly processes: Processes;
  /** Default: loopback, and kwok's nodes. */
  readonly ground?: ClusterGround;
}

/** Site and machines of clusters with real nodes. */
export interface ClusterGround {
  readonly site: Site;
  /** The machines of a cluster that has just begun to answer. */
  readonly machinesOf: (clusterId: string, plane: ControlPlane) => Promise<Machines>;
}

/** Real control planes for the simulated clusters, each with its own etcd, keys and ports. */
export class ControlPlanes implements ClusterBackend {
  readonly #options: ControlPlanesOptions;
  /**
   * A start that is under way counts: `destroy` waits for it, and a second one of the same id is
   * refused.
   */
  readonly #clusters = new Map<string, Promise<ControlPlane>>();
  /** By the cluster's id; none where kwok plays the nodes. */
  readonly #machines = new Map<string, Machines>();

  constructor(options: ControlPlanesOptions) {
    this.#options = options;
  }

  /** A `kubectl` of the clusters' own version. It exists from the first cluster on. */
  get kubectl(): string {
    return join(this.#options.directory, "bin/kubectl");
  }

  /**
   * The administrator's kubeconfig of a cluster, readable by us alone; for `kubectl --kubeconfig`.
   * Throws if there is no such cluster.
   */
  kubeconfigPath(clusterId: string): string {
    void this.#running(clusterId);
    return join(this.#options.directory, clusterId, "kubeconfigs/admin.yaml");
  }

  /** Gives nobody a credential for a cluster that runs. Answers how that ends. */
  async withholdCredential(clusterId: string): Promise<() => Promise<void>> {
    await this.#running(clusterId);
    return await withholdExecCredential(join(this.#options.directory, clusterId));
  }

  /** Holds the API server of a cluster, so that it answers nobody. Answers how it goes on. */
  async holdApiServer(clusterId: string): Promise<() => Promise<void>> {
    const { apiServer } = await this.#running(clusterId);
    process.kill(apiServer.pid, "SIGSTOP");
    return async () => void process.kill(apiServer.pid, "SIGCONT");
  }

  /**
   * Starts a cluster without nodes: 3 s on two idle cores. Throws if it has one of this id, or what
   * `startControlPlane` throws.
   */
  async create(clusterId: string): Promise<RunningCluster> {
    if (this.#clusters.has(clusterId))
      throw new Error(`Cluster ${clusterId} runs already; destroy it before creating it again.`);
    const starting = this.#start(clusterId);
    this.#clusters.set(clusterId, starting);
    try {
      const { endpoint, caCertificate, adminToken } = await starting;
      return { endpoint, caCertificate, adminToken };
    } catch (error) {
      await this.destroy(clusterId); // Its log is in the error; its folder would be in the way of a second try.
      throw error;
    }
  }

  /**
   * Adds worker nodes; resolves when Pods can be placed on each. Throws for an unknown Droplet size
   * before it adds any.
   */
  async addNodes(clusterId: string, nodes: readonly NodeSpec[]): Promise<void> {
    const { kubeconfig } = await this.#running(clusterId);
    await addNodes(connect(kubeconfig), nodes, this.#machines.get(clusterId));
  }

  /** Drains and removes worker nodes. No error for one that is gone. */
  async removeNodes(clusterId: string, names: readonly string[]): Promise<void> {
    const { kubeconfig } = await this.#running(clusterId);
    await removeNodes(connect(kubeconfig), names, this.#machines.get(clusterId));
  }

  async destroy(clusterId: string): Promise<void> {
    const cluster = await this.#clusters.get(clusterId)?.catch(() => undefined);
    this.#clusters.delete(clusterId);
    await this.#machines.get(clusterId)?.stopAll();
    this.#machines.delete(clusterId);
    await cluster?.stop();
    await rm(join(this.#options.directory, clusterId), { recursive: true, force: true });
  }

  /** Destroys all clusters: the end of a rehearsal. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#clusters.keys()].map((clusterId) => this.destroy(clusterId)));
  }

  async #start(clusterId: string): Promise<ControlPlane> {
    const { binary, directory, processes, ground } = this.#options;
    if (!/^[\w-]+$/.test(clusterId))
      throw new Error(
        `"${clusterId}" can't name a cluster's folder: letters, digits, - and _ only.`,
      );
    await mkdir(join(directory, "bin"), { recursive: true, mode: 0o700 });
    await symlink(binary, this.kubectl).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
    const plane = await startControlPlane({
      binary,
      directory: join(directory, clusterId),
      processes,
      name: `cluster ${clusterId}`,
      site: ground?.site ?? LOOPBACK_SITE,
    });
    await writeExecCredential(join(directory, clusterId), plane.adminToken);
    if (ground !== undefined)
      this.#machines.set(clusterId, await ground.machinesOf(clusterId, plane));
    await installSystemPods(plane.kubeconfig, { dns: ground === undefined });
    return plane;
  }

  #running(clusterId: string): Promise<ControlPlane> {
    const cluster = this.#clusters.get(clusterId);
    if (cluster === undefined)
      throw new Error(`There is no cluster ${clusterId}; it was destroyed, or never created.`);
    return cluster;
  }
}
