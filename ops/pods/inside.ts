import type { V1Pod } from "@kubernetes/client-node";
import type { z } from "zod";
import { NAMESPACE } from "../../config/topology.ts";
import { withinLimit } from "../doctor/limit.ts";
import type { Cluster } from "./cluster.ts";
import { collected } from "./collected.ts";
import { executed, type Execute } from "./exec-command.ts";

/**
 * A short program inside a pod that serves. It has the pod's own environment, CA and network
 * policies, so it sees what the server sees. No secret leaves the pod: the program reads them
 * from its environment, and its command line is the same for every server.
 */

/** A program, and the pods in one of which it runs. */
export interface Question {
  /** Component of the pods: `web`. */
  readonly component: string;
  /** Their container: `puma`. */
  readonly container: string;
  /**
   * The program. It ends on its own after {@link PROGRAM_SECONDS}: a cluster lets it run on where
   * the connection breaks. Its errors name no secret.
   */
  readonly command: readonly string[];
}

/** Asks a running pod. Resolves to the program's output; rejects with a reason in one sentence. */
export type AskInside = (question: Question) => Promise<string>;

/** Seconds after which a program inside a pod ends itself. */
export const PROGRAM_SECONDS = 6;

/**
 * Milliseconds for the whole question. The program's own time, and the way to it: finding a pod and
 * opening the connection are three requests to the API server.
 */
export const INSIDE_LIMIT_MS = PROGRAM_SECONDS * 1_000 + 1_500;

/**
 * Runs a program in one of the running pods, in a ready one if there is one.
 * @param execute runs a program in a pod. Default: the API server's `exec`.
 * @throws Error in a sentence: no pod runs, the program failed, or it took too long.
 */
export async function askedInside(
  cluster: Cluster,
  { component, container, command }: Question,
  execute: Execute = executed,
): Promise<string> {
  const [output, errors] = [collected(), collected()];
  const over = new AbortController();
  const asked = async (): Promise<string> => {
    const pod = await aRunningPod(cluster, component, container);
    const execution = { container, command, out: output.out, error: errors.out };
    const status = await execute(cluster, pod, execution, over.signal);
    if (status === 0) return output.text();
    const [first = "it did not say why"] = errors.text().trim().split("\n");
    throw new Error(`the program in ${pod.metadata?.name} ended with ${status}: ${first}`);
  };
  try {
    return await withinLimit(asked(), INSIDE_LIMIT_MS);
  } finally {
    over.abort();
  }
}

/** Reads a program's JSON. @throws Error if it is none, or another one. */
export function answerIn<T>(output: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(output));
  } catch {
    // Without the output, which may hold anything.
    throw new Error("the program in the pod answered something else than its figures");
  }
}

/** @throws Error if none of the component's pods runs. */
async function aRunningPod(
  { core }: Cluster,
  component: string,
  container: string,
): Promise<V1Pod> {
  const { items } = await core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `app.kubernetes.io/component=${component}`,
  });
  const running = items.flatMap((pod) => {
    const status = pod.status?.containerStatuses?.find(({ name }) => name === container);
    const stays = pod.metadata?.deletionTimestamp === undefined;
    return stays && status?.state?.running !== undefined ? [{ pod, ready: status.ready }] : [];
  });
  const [first] = running.toSorted((one, other) => Number(other.ready) - Number(one.ready));
  if (first === undefined) throw new Error(`no pod of ${component} runs that could be asked`);
  return first.pod;
}
