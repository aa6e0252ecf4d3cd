import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { once, sceneOf, type Scene } from "../doctor/scene.ts";
import type { DoctorWorld } from "../doctor/world.ts";
import type { StackPlace } from "../stack-file/place.ts";

/** The server's objects in the cluster, as far as the screen shows them. */
export interface InCluster {
  readonly deployments: readonly V1Deployment[];
  readonly pods: readonly V1Pod[];
  /** Use of each node by the metrics API, in percent; undefined: no metrics-server answers. */
  readonly nodes: readonly NodeUse[] | undefined;
}

/** Use of one node, percent of what pods may have. */
export interface NodeUse {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
}

/** Outside interfaces of `npm run status`. A test and the rehearsal replace them. */
export interface StatusWorld extends DoctorWorld {
  /** Reads the cluster of the kubeconfig. */
  readonly cluster: () => Promise<InCluster>;
  /** End of the certificate that a host shows to visitors. */
  readonly certificateEnd: (host: string) => Promise<Date>;
}

/** Answers that several parts use. */
export interface StatusScene extends Scene {
  readonly cluster: () => Promise<InCluster>;
  readonly certificateEnd: StatusWorld["certificateEnd"];
}

/** Default of a part's time, milliseconds: with the start of Node the screen is there in 3 s. */
export const PART_LIMIT_MS = 2_500;

/** Opens a scene. It sends no request. */
export function statusSceneOf(place: StackPlace, world: StatusWorld): StatusScene {
  const { cluster, certificateEnd, limitMs = PART_LIMIT_MS } = world;
  return {
    ...sceneOf(place, { ...world, limitMs }),
    certificateEnd,
    cluster: once(cluster),
  };
}
