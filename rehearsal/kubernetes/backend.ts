import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterBackend, NodeSpec, RunningCluster } from "../clouds/backends.ts";
import type { Processes, Server } from "../processes.ts";
import { LOOPBACK_SITE, startControlPlane, type ControlPlane, type Site } from "./control-plane.ts";
import { withholdExecCredential, writeExecCredential } from "./doctl.ts";
import { addNodes, connect, loseNodes, removeNodes, type Machines } from "./node-operations.ts";
import { installSystemPods } from "./system-pods.ts";

/** Shared by the clusters of one rehearsal. */
export interface ControlPlanesOptions {
  /** The multi-call program of `findControlPlane`. */
  readonly binary: string;
  /** Each cluster gets a folder with its id in this one. Created if missing. */
  readonly directory: string;
  readonly processes: Processes;
  /** Default: loopback, and kwok's nodes. */
  readonly ground?: ClusterGround;
}

/** Network and machines for clusters with real nodes. */
export interface ClusterGround {
  readonly site: Site;
  /** Returns the machines of a cluster whose API has just started. */
  readonly machinesOf: (clusterId: string, plane: ControlPlane) => Promise<Machines>;
}

/** Real control planes for the simulated clusters, each with its own etcd, keys and ports. */
export class ControlPlanes implements ClusterBackend {
  readonly #options: ControlPlanesOptions;
  /**
   * Includes a cluster that is starting: `destroy` waits for it, and a second start with the same
   * id is refused.
   */
  readonly #clusters = new Map<string, Promise<ControlPlane>>();
  /** By the cluster's id; empty if kwok simulates the nodes. */
  readonly #machines = new Map<string, Machines>();

  constructor(options: ControlPlanesOptions) {
    this.#options = options;
  }

  /** A `kubectl` of the clusters' own version. It exists from the first cluster on. */
  get kubectl(): string {
    return join(this.#options.directory, "bin/kubectl");
  }

  /**
   * Path of a cluster's administrator kubeconfig, for `kubectl --kubeconfig`. Only this user can
   * read it. Throws if there is no such cluster.
   */
  kubeconfigPath(clusterId: string): string {
    void this.#running(clusterId);
    return join(this.#options.directory, clusterId, "kubeconfigs/admin.yaml");
  }

  /** Withholds credentials for a running cluster. Returns the function that ends it. */
  async withholdCredential(clusterId: string): Promise<() => Promise<void>> {
    await this.#running(clusterId);
    return await withholdExecCredential(join(this.#options.directory, clusterId));
  }

  /**
   * Suspends the API server of a cluster, so that it does not answer. Returns the function that
   * resumes it.
   */
  async holdApiServer(clusterId: string): Promise<() => Promise<void>> {
    const { apiServer } = await this.#running(clusterId);
    return held(apiServer);
  }

  /**
   * Suspends the kubelets that kwok simulates, so that no node sends a heartbeat. Returns the
   * function that resumes them. @throws Error if the nodes are real.
   */
  async holdKubelets(clusterId: string): Promise<() => Promise<void>> {
    const { kwok } = await this.#running(clusterId);
    if (kwok === undefined) throw new Error(`The nodes of ${clusterId} are real.`);
    return held(kwok);
  }

  /**
   * Starts a cluster without nodes: 3 s on two idle cores. Throws if the id is in use, or if
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
      // The error contains its log; its folder would block a second try.
      await this.destroy(clusterId);
      throw error;
    }
  }

  /**
   * Adds worker nodes. Resolves when Pods can be scheduled on each. Throws for an unknown Droplet
   * size before it adds any.
   */
  async addNodes(clusterId: string, nodes: readonly NodeSpec[]): Promise<void> {
    const { kubeconfig } = await this.#running(clusterId);
    await addNodes(connect(kubeconfig), nodes, this.#machines.get(clusterId));
  }

  /** Drains and removes worker nodes. No error for a missing one. */
  async removeNodes(clusterId: string, names: readonly string[]): Promise<void> {
    const { kubeconfig } = await this.#running(clusterId);
    await removeNodes(connect(kubeconfig), names, this.#machines.get(clusterId));
  }

  async loseNodes(clusterId: string, names: readonly string[]): Promise<void> {
    const { kubeconfig } = await this.#running(clusterId);
    await loseNodes(connect(kubeconfig), names, this.#machines.get(clusterId));
  }

  async destroy(clusterId: string): Promise<void> {
    const cluster = await this.#clusters.get(clusterId)?.catch(() => undefined);
    this.#clusters.delete(clusterId);
    await this.#machines.get(clusterId)?.stopAll();
    this.#machines.delete(clusterId);
    await cluster?.stop();
    await rm(join(this.#options.directory, clusterId), { recursive: true, force: true });
  }

  /** Destroys all clusters, at the end of a rehearsal. */
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

/** Suspends a process. Returns the function that resumes it. */
function held({ pid }: Server): () => Promise<void> {
  process.kill(pid, "SIGSTOP");
  return async () => void process.kill(pid, "SIGCONT");
}
