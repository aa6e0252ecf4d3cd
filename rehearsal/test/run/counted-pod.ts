import type { V1ObjectMeta } from "@kubernetes/client-node";

/** Metadata of a pod that a count of pods reads; its name is its UID. */
export function countedPod(component: string, name: string, leaving: boolean): V1ObjectMeta {
  return {
    name,
    uid: name,
    labels: { "app.kubernetes.io/component": component },
    ...(leaving ? { deletionTimestamp: new Date() } : {}),
  };
}
