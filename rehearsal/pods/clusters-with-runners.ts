import { join } from "node:path";
import type { ClusterBackend, NodeSpec, RunningCluster } from "../clouds/backends.ts";
import type { ControlPlanes } from "../kubernetes/backend.ts";
import type { JobPod } from "./job-pod.ts";
import type { PodServer } from "./pod-server.ts";
import { PodRunner, type PodRunnerOptions } from "./runner.ts";

/** Control planes, each with a runner for the pods whose programs exist on this machine. */
export class ClustersWithRunners implements ClusterBackend {
  readonly #clusters: ControlPlanes;
  readonly #options: Omit<PodRunnerOptions, "kubeconfigFile">;
  readonly #runners = new Map<string, PodRunner>();

  constructor(clusters: ControlPlanes, options: Omit<PodRunnerOptions, "kubeconfigFile">) {
    this.#clusters = clusters;
    this.#options = options;
  }

  async create(clusterId: string): Promise<RunningCluster> {
    const cluster = await this.#clusters.create(clusterId);
    const runner = new PodRunner({
      ...this.#options,
      directory: join(this.#options.directory, clusterId),
      kubeconfigFile: this.#clusters.kubeconfigPath(clusterId),
    });
    this.#runners.set(clusterId, runner);
    await runner.start();
    return cluster;
  }

  async addNodes(clusterId: string, nodes: readonly NodeSpec[]): Promise<void> {
    await this.#clusters.addNodes(clusterId, nodes);
  }

  async removeNodes(clusterId: string, names: readonly string[]): Promise<void> {
    await this.#clusters.removeNodes(clusterId, names);
  }

  async loseNodes(clusterId: string, names: readonly string[]): Promise<void> {
    await this.#clusters.loseNodes(clusterId, names);
  }

  async destroy(clusterId: string): Promise<void> {
    await this.#runners.get(clusterId)?.stop();
    this.#runners.delete(clusterId);
    await this.#clusters.destroy(clusterId);
  }

  /** The running program of a pod of any cluster, by the pod's UID. */
  serverOf(uid: string): PodServer | undefined {
    return [...this.#runners.values()].map((runner) => runner.serverOf(uid)).find(Boolean);
  }

  /** A Job's pod of any cluster that runs or has run here, by its UID. */
  jobOf(uid: string): JobPod | undefined {
    return [...this.#runners.values()].map((runner) => runner.jobOf(uid)).find(Boolean);
  }

  /** Stops the runners. The owner of the control planes must stop those. */
  async stopRunners(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    this.#runners.clear();
  }
}
