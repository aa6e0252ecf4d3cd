import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "../../ops/pods/cluster.ts";
import { ended, withPod } from "../../ops/pods/lifetime.ts";
import { oneOffJob } from "../../ops/pods/one-off.ts";
import { runTootctl } from "../../ops/pods/run-command.ts";
import { liveTemplate, lowestPriorityOf } from "../../ops/pods/template.ts";
import { checkOf, type Check } from "./check.ts";

const COMMAND = { args: ["media", "usage"], deadlineSeconds: 60 } as const;

/**
 * Checks that an operator's one-off command gets a pod. It uses the code of `npm run tootctl` and
 * the live web pods. Pod Security must admit the pod, the scheduler place it, and both Job and pod
 * must be deleted, also after an interruption. Its output is not covered: the pod's end is
 * simulated, and it has no log.
 */
export async function checkOneOff(cluster: Cluster): Promise<readonly Check[]> {
  return [await checkRuns(cluster), await checkStopped(cluster)];
}

async function checkRuns(cluster: Cluster): Promise<Check> {
  const faults: string[] = [];
  for (const direct of [false, true]) {
    const { status, says } = await runTootctl(
      cluster,
      { ...COMMAND, direct },
      { out: () => undefined, say: () => undefined },
      new AbortController().signal,
    ).catch((error: unknown) => ({ status: 1, says: reasonOf(error) }));
    if (status !== 0) faults.push(`${direct ? "past" : "through"} the pool: ${says ?? status}`);
  }
  return checkOf(
    "a tootctl pod is admitted and placed, through the pool and past it, and gone afterwards",
    [...faults, ...(await left(cluster))],
    "2 pods, none left",
  );
}

async function checkStopped(cluster: Cluster): Promise<Check> {
  const job = oneOffJob(await liveTemplate(cluster, false), {
    ...COMMAND,
    name: "tootctl",
    priority: await lowestPriorityOf(cluster),
  });
  const stopping = new AbortController();
  const outcome = await withPod(cluster, job, stopping.signal, async (pod) => {
    stopping.abort(new Error("Ctrl-C"));
    return await ended(cluster, pod, stopping.signal);
  }).then(
    () => "it went on",
    (error: unknown) => reasonOf(error),
  );
  return checkOf(
    "Ctrl-C in the middle of a tootctl leaves no pod and no Job",
    [...(outcome === "Ctrl-C" ? [] : [outcome]), ...(await left(cluster))],
    "none left",
  );
}

/** Objects that a one-off command left in the cluster. */
async function left({ batch, core }: Cluster): Promise<readonly string[]> {
  const query = {
    namespace: NAMESPACE,
    labelSelector: "app.kubernetes.io/component=one-off",
  };
  const [jobs, pods] = await Promise.all([
    batch.listNamespacedJob(query),
    core.listNamespacedPod(query),
  ]);
  return [...jobs.items, ...pods.items].map(({ metadata }) => `${metadata?.name} is left`);
}
