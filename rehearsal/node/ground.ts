import { join } from "node:path";
import type { ClusterGround } from "../kubernetes/backend.ts";
import type { Processes } from "../processes.ts";
import type { Tools } from "../rehearsal.ts";
import type { Enclosed } from "./enclosure.ts";
import type { ImageStore } from "./image-store.ts";
import { NETWORK } from "./network.ts";
import { RealNodes } from "./real-nodes.ts";
import { startWorldDns } from "./world-dns.ts";

/** What real nodes need from outside of their world, found or made before it. */
export interface NodeTools extends Tools {
  /** A Debian 13 with {@link NODE_PACKAGES}. */
  readonly debian: string;
  /** The program of `findNodeProgram`. */
  readonly node: string;
  readonly coredns: string;
  readonly images: ImageStore;
}

/** What real nodes need of the world that they are in. */
export interface Surroundings {
  readonly directory: string;
  readonly processes: Processes;
  /** PEM of the roots that the images trust in this run. */
  readonly trustStore: () => Promise<string>;
  /** Names outside of the cluster, with their addresses. */
  readonly hosts: () => ReadonlyMap<string, string>;
}

/** Clusters in the VPC whose nodes are real. */
export function realGround(
  { cgroups, tools }: Enclosed<NodeTools>,
  { directory, processes, trustStore, hosts }: Surroundings,
): ClusterGround {
  return {
    site: { address: NETWORK.api.address, apiPort: NETWORK.api.port, kubelets: "real" },
    machinesOf: async (_clusterId, plane) => {
      const { kubeconfig } = plane;
      await startWorldDns({ program: tools.coredns, directory, processes, kubeconfig, hosts });
      return await RealNodes.of(
        {
          directory: join(directory, "nodes"),
          debian: tools.debian,
          program: tools.node,
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
