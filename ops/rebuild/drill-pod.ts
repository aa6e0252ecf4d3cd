import { withDatabasePod } from "../db/pod.ts";
import { connect } from "../pods/cluster.ts";
import type { DatabasePod } from "./world.ts";

/** The pods of a drill, in the cluster of the kubeconfig. */

/**
 * Pods that end if `stopped` aborts. The administrator's work ends first: it takes seconds, and its
 * last part drops the scratch database.
 */
export function clusterPod(stopped: AbortSignal): DatabasePod {
  const never = new AbortController().signal;
  return async ({ context, role }, use) =>
    await withDatabasePod(await connect(context), role === "administrator" ? never : stopped, use, {
      role,
      say: (sentence) => console.error(sentence),
    });
}
