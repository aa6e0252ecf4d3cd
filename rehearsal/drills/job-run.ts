import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import { clusterOf, type Cluster } from "../../ops/pods/cluster.ts";
import type { JobPod } from "../pods/job-pod.ts";
import type { ContainerUse } from "../pods/meter.ts";
import type { SandboxResult } from "../pods/sandbox.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveConfig } from "./live.ts";

/** A Job of a CronJob that came to its end. */
export interface JobRun {
  /** Whether the Job is complete, as its owner sees it. */
  readonly succeeded: boolean;
  /** The pod, as it ended. */
  readonly pod: V1Pod;
  /** Log and exit code of each container. */
  readonly results: ReadonlyMap<string, SandboxResult>;
  readonly use: ReadonlyMap<string, ContainerUse>;
  /** From the pod's start to its end. */
  readonly seconds: number;
}

/** Milliseconds between two looks. */
const LOOK_MS = 50;
/** Milliseconds in which a pod is scheduled and seen by its runner. */
const START_MS = 60_000;
/** Milliseconds after which a Job counts as hung. A dump's own deadline is hours. */
const MOST_MS = 1_200_000;

/**
 * Makes a Job from a live CronJob, as `kubectl create job --from` does, and waits for its end.
 * @param name of the CronJob.
 * @param during runs beside the pod, once its programs are started.
 */
export async function runCronJob(
  rehearsal: Rehearsal,
  name: string,
  during: (job: JobPod) => Promise<void> = () => Promise.resolve(),
): Promise<JobRun> {
  const cluster = clusterOf(liveConfig(rehearsal));
  const made = await jobFrom(cluster, name);
  try {
    const pod = await podOf(cluster, made);
    const job = await until(
      "a runner of its pod",
      () => rehearsal.runners.jobOf(pod.metadata?.uid ?? ""),
      START_MS,
    );
    const started = performance.now();
    const [succeeded] = await Promise.all([jobEnded(cluster, made), during(job)]);
    return {
      succeeded,
      pod: await podOf(cluster, made),
      results: job.results(),
      use: job.use(),
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    await cluster.batch.deleteNamespacedJob({
      ...{ name: made.metadata?.name ?? "", namespace: NAMESPACE },
      propagationPolicy: "Background",
    });
  }
}

/** Output of all containers of a run, for a message. */
export function saidBy({ results }: Pick<JobRun, "results">): string {
  return [...results]
    .map(([name, { exitCode, stderr }]) => `${name} ${exitCode}: ${stderr.trim().slice(-300)}`)
    .join("; ");
}

async function jobFrom(cluster: Cluster, name: string): Promise<V1Job> {
  const { metadata, spec } = await cluster.batch.readNamespacedCronJob({
    ...{ name, namespace: NAMESPACE },
  });
  const { jobTemplate } = spec!;
  return await cluster.batch.createNamespacedJob({
    namespace: NAMESPACE,
    body: {
      metadata: {
        ...jobTemplate.metadata,
        generateName: `${name}-now-`,
        annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
        ownerReferences: [
          { apiVersion: "batch/v1", kind: "CronJob", name, uid: metadata!.uid!, controller: true },
        ],
      },
      spec: jobTemplate.spec!,
    },
  });
}

async function podOf(cluster: Cluster, { metadata }: V1Job): Promise<V1Pod> {
  return await until(
    "a pod of its Job",
    async () => {
      const { items } = await cluster.core.listNamespacedPod({
        namespace: NAMESPACE,
        labelSelector: `batch.kubernetes.io/job-name=${metadata?.name ?? ""}`,
      });
      return items[0];
    },
    START_MS,
  );
}

/** Whether a Job is complete, once it has ended. @throws Error if it hangs. */
export async function jobEnded(cluster: Cluster, { metadata, spec }: V1Job): Promise<boolean> {
  return await until(
    "the end of its Job",
    async () => {
      const { status } = await cluster.batch.readNamespacedJob({
        ...{ name: metadata?.name ?? "", namespace: NAMESPACE },
      });
      return status?.conditions?.find(
        ({ type, status: is }) => is === "True" && (type === "Complete" || type === "Failed"),
      );
    },
    Math.min((spec?.activeDeadlineSeconds ?? 0) * 1_000, MOST_MS) + START_MS,
  ).then(({ type }) => type === "Complete");
}

/** Asks until there is an answer. @throws Error after this many milliseconds, with `what`. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  patienceMs: number,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline)
      throw new Error(`Waited ${Math.round(patienceMs / 1_000)} s in vain for ${what}.`);
    await sleep(LOOK_MS);
  }
}
