import { connect } from "../pods/cluster.ts";
import { withDatabasePod, type RunInPod } from "./pod.ts";

/**
 * Provides a pod with Postgres' clients in the cluster that serves.
 * @param context of the kubeconfig; undefined: the current one.
 * @param role of the database: `application` owns the tables, `administrator` makes databases.
 */
export type DatabasePod = <T>(
  at: { readonly context: string | undefined; readonly role: "application" | "administrator" },
  use: (run: RunInPod) => Promise<T>,
) => Promise<T>;

/**
 * Pods in the cluster of the kubeconfig, which end if `stopped` aborts. The administrator's work
 * ends first: it takes seconds, and may be the one that drops a second database.
 */
export function clusterPod(stopped: AbortSignal): DatabasePod {
  const never = new AbortController().signal;
  return async ({ context, role }, use) =>
    await withDatabasePod(await connect(context), role === "administrator" ? never : stopped, use, {
      role,
      say: (sentence) => console.error(sentence),
    });
}
