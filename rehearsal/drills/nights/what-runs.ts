import { BatchV1Api } from "@kubernetes/client-node";
import { NAMESPACE } from "../../../config/topology.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { liveConfig, liveDeployments, livePods } from "../live.ts";

/** Every Job and Deployment, with its UID and its version. */
export async function whatRuns(rehearsal: Rehearsal): Promise<ReadonlyMap<string, string>> {
  const { items } = await liveConfig(rehearsal)
    .makeApiClient(BatchV1Api)
    .listNamespacedJob({ namespace: NAMESPACE });
  return new Map(
    [...items, ...(await liveDeployments(rehearsal))].map(({ metadata }) => [
      metadata?.name ?? "",
      `${metadata?.uid} ${metadata?.generation}`,
    ]),
  );
}

/** Names of everything that changed. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} is another one`);
}

/** Every pod with its UID and the restarts of its containers, a line each. */
export async function podsThatRun(rehearsal: Rehearsal): Promise<readonly string[]> {
  return (await livePods(rehearsal))
    .map(({ metadata, status }) => {
      const restarts = (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
      return `${metadata?.name} ${metadata?.uid} restarted ${restarts.join(", ")}`;
    })
    .toSorted();
}

/** Lines that are in one of two lists only. */
export function linesThatDiffer(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `gone: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `new: ${line}`),
  ];
}
