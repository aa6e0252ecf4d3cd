import { KubeConfig, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeSpec } from "../clouds/backends.ts";
import type { ControlPlane } from "../kubernetes/control-plane.ts";
import type { Machines } from "../kubernetes/node-operations.ts";
import type { Processes } from "../processes.ts";
import type { Cgroups } from "./cgroups.ts";
import type { ImageStore } from "./image-store.ts";
import { placeStore } from "./image-store.ts";
import { NETWORK } from "./network.ts";
import { RealNode } from "./node.ts";

/** Input of a run's nodes. */
export interface RealNodesOptions {
  /** Each node gets a folder with its name in this one. */
  readonly directory: string;
  readonly debian: string;
  readonly program: string;
  readonly policyAgent: string;
  readonly cgroups: Cgroups;
  readonly processes: Processes;
  readonly images: ImageStore;
  /** PEM of the roots that the images trust in this run. */
  readonly trustStore: () => Promise<string>;
}

/** Machines of the nodes of one cluster: real kubelets in namespaces of their own. */
export class RealNodes implements Machines {
  readonly #options: RealNodesOptions;
  readonly #plane: ControlPlane;
  readonly #nodes = new Map<string, RealNode>();
  #count = 0;

  private constructor(options: RealNodesOptions, plane: ControlPlane) {
    this.#options = options;
    this.#plane = plane;
  }

  /** For a running cluster; allows its API server to reach kubelets. */
  static async of(options: RealNodesOptions, plane: ControlPlane): Promise<RealNodes> {
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    await config.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
      body: {
        metadata: { name: "rehearsal:kubelet-api" },
        roleRef: {
          apiGroup: "rbac.authorization.k8s.io",
          kind: "ClusterRole",
          name: "system:kubelet-api-admin",
        },
        // The name in the certificate that it presents to kubelets.
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "kube-apiserver" }],
      },
    });
    return new RealNodes(options, plane);
  }

  /** A node of this cluster by its name; undefined if there is none. */
  node(name: string): RealNode | undefined {
    return this.#nodes.get(name);
  }

  /** All running nodes. */
  get all(): readonly RealNode[] {
    return [...this.#nodes.values()];
  }

  async start(spec: NodeSpec, podRange: string): Promise<void> {
    const { directory, debian, program, policyAgent, cgroups, processes, images } = this.#options;
    const index = ++this.#count;
    const address = NETWORK.nodes[index - 1];
    if (address === undefined)
      throw new Error(`A run has addresses for ${NETWORK.nodes.length} nodes.`);
    const folder = join(directory, spec.name);
    const store = await placeStore(images, folder, await this.#options.trustStore());
    const node = new RealNode({
      ...{ name: spec.name, size: spec.size, address, podRange, index, folder },
      ...{ debian, program, policyAgent, cgroups, processes, store },
      clusterCa: this.#plane.caCertificate,
      serving: await this.#plane.issue({
        subject: `CN=system:node:${spec.name}`,
        usages: ["server"],
        addresses: [address],
        dnsNames: [spec.name],
      }),
      kubeconfig: await readFile(this.#plane.kubeconfig, "utf8"),
    });
    this.#nodes.set(spec.name, node);
    await node.boot();
    await node.join();
  }

  async stop(name: string): Promise<void> {
    await this.#nodes.get(name)?.stop();
    this.#nodes.delete(name);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#nodes.keys()].map((name) => this.stop(name)));
  }
}
