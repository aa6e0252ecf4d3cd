import { BatchV1Api } from "@kubernetes/client-node";
import { NAMESPACE } from "../../../config/topology.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { liveConfig, liveDeployments } from "../live.ts";

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
