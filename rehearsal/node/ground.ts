import { join } from "node:path";
import type { ClusterGround } from "../kubernetes/backend.ts";
import type { ControlPlane } from "../kubernetes/control-plane.ts";
import type { Processes } from "../processes.ts";
import type { Tools } from "../tools.ts";
import { installClusterDns } from "./cluster-dns.ts";
import type { Enclosed } from "./enclosure.ts";
import type { ImageStore } from "./image-store.ts";
import { NETWORK } from "./network.ts";
import { RealNodes } from "./real-nodes.ts";
import { RESOLVER, startWorldDns } from "./world-dns.ts";

/** Programs and folders from outside the world that real nodes need, found or built before it. */
export interface NodeTools extends Tools {
  /** A Debian 13 with {@link NODE_PACKAGES}. */
  readonly debian: string;
  /** The program of `findNodeProgram`. */
  readonly node: string;
  readonly coredns: string;
  /** kube-router. */
  readonly policyAgent: string;
  readonly images: ImageStore;
}

/** Parts of the surrounding world that real nodes need. */
export interface Surroundings {
  readonly directory: string;
  readonly processes: Processes;
  /** PEM of the roots that the images trust in this run. */
  readonly trustStore: () => Promise<string>;
  /** Names outside the cluster, with their addresses. */
  readonly hosts: () => ReadonlyMap<string, string>;
}

/** Clusters with real nodes, whose machines can be looked up. */
export interface RealGround extends ClusterGround {
  readonly machinesOf: (clusterId: string, plane: ControlPlane) => Promise<RealNodes>;
}

/** Clusters with real nodes in the VPC. */
export function realGround(
  { cgroups, tools }: Enclosed<NodeTools>,
  { directory, processes, trustStore, hosts }: Surroundings,
): RealGround {
  return {
    site: { address: NETWORK.api.address, apiPort: NETWORK.api.port, kubelets: "real" },
    machinesOf: async (_clusterId, plane) => {
      await startWorldDns({ program: tools.coredns, directory, processes, hosts });
      await installClusterDns(plane.kubeconfig, RESOLVER);
      return await RealNodes.of(
        {
          directory: join(directory, "nodes"),
          debian: tools.debian,
          program: tools.node,
          policyAgent: tools.policyAgent,
          cgroups,
          processes,
          images: tools.images,
          trustStore,
        },
        plane,
      );
    },
  };
}
