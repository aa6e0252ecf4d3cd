import { CLUSTER_NIGHTS } from "./cluster.ts";
import type { Night } from "./night.ts";

/** Every night, in the order in which they are rehearsed. */
export const NIGHTS: readonly Night[] = [...CLUSTER_NIGHTS];
