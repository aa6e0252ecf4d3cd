import type { V1Pod } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import type { Cluster } from "../pods/cluster.ts";
import { executed, explained, type Execute, type Execution } from "../pods/exec-command.ts";
import { withPod, type Say } from "../pods/lifetime.ts";
import { lowestPriorityOf } from "../pods/template.ts";
import { databaseJob } from "./job.ts";

/** Runs one program in the database pod, and returns its exit status. */
export type RunInPod = (execution: Execution) => Promise<number>;

/** Time limit of a dump or a restore, seconds. */
const DEADLINE_SECONDS = 12 * 3_600;

/** The release's Jobs that use a role, by that role. */
const JOBS = {
  application: "app.kubernetes.io/component=streaming-grants",
  administrator: "app.kubernetes.io/component=database-grants",
} as const;

/**
 * Provides a pod with Postgres' clients, and always deletes it afterwards.
 * @throws Error if nothing is deployed, the pod does not start, or the cluster evicts it.
 */
export async function withDatabasePod<T>(
  cluster: Cluster,
  signal: AbortSignal,
  use: (run: RunInPod) => Promise<T>,
  {
    execute = executed,
    say,
    role = "application",
  }: {
    readonly execute?: Execute;
    readonly say?: Say;
    /** Role of the pod's programs. Default: the application's, which owns the tables. */
    readonly role?: keyof typeof JOBS;
  } = {},
): Promise<T> {
  const { items } = await cluster.batch.listNamespacedJob({
    namespace: NAMESPACE,
    labelSelector: JOBS[role],
  });
  const madeAt = (at: number): number => items[at]?.metadata?.creationTimestamp?.getTime() ?? 0;
  const [newest] = items.map((_job, at) => at).sort((one, other) => madeAt(other) - madeAt(one));
  const grants = newest === undefined ? undefined : items[newest];
  if (grants === undefined)
    throw new Error(
      "No grants Job is there to take the database's address from. Run `pulumi up` first, which makes one.",
    );
  const job = databaseJob(grants, {
    name: "db",
    deadlineSeconds: DEADLINE_SECONDS,
    priority: await lowestPriorityOf(cluster),
  });
  const run = async (pod: V1Pod, execution: Execution): Promise<number> => {
    const running = execute(cluster, pod, execution, signal);
    const { status, says } = await explained(cluster, pod, running, signal);
    if (says !== undefined) throw new Error(says);
    return status;
  };
  return await withPod(cluster, job, signal, (pod) => use((each) => run(pod, each)), say);
}
