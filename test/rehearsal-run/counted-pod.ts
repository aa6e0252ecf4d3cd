import type { V1ObjectMeta } from "@kubernetes/client-node";

/** Metadata of a pod as a count of pods looks at it; its name is its uid. */
export function countedPod(component: string, name: string, leaving: boolean): V1ObjectMeta {
  return {
    name,
    uid: name,
    labels: { "app.kubernetes.io/component": component },
    ...(leaving ? { deletionTimestamp: new Date() } : {}),
  };
}
