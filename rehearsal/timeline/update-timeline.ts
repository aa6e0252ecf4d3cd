import type { Operation, StateResource } from "../engine/operation.ts";
import { labelOf } from "../engine/operation.ts";
import { assumedSeconds } from "./kubernetes-durations.ts";
import { schedule, type Schedule, type Task } from "./schedule.ts";

/** How long the clouds take for real for one operation, by URN, as their rows say. */
export type CloudSeconds = ReadonlyMap<string, number>;

/**
 * The timeline of an update on the real clouds: its steps, who waits for whom out of the state, and real durations.
 * Steps of the update only: what was there already costs no time.
 */
export function timelineOf(
  operation: Operation,
  resources: readonly StateResource[],
  clouds: CloudSeconds,
): Schedule {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const done = operation.steps.filter((step) => !step.failed);
  const changed = new Set(done.map((step) => step.urn));
  const updated = new Set(done.filter(({ op }) => op === "update").map(({ urn }) => urn));
  const tasks = resources
    .filter((resource) => resource.custom && changed.has(resource.urn))
    .map((resource): Task => ({
      id: resource.urn,
      label: labelOf(resource.type, resource.urn),
      seconds:
        clouds.get(resource.urn) ??
        assumedSeconds(resource).seconds + pausesOf(resource, updated.has(resource.urn)),
      after: waitsFor(resource, byUrn),
    }));
  return schedule(tasks);
}

/** What a Deployment waits of its own will: after each pod of a rollout, which come one by one; once where all come together. */
function pausesOf({ type, inputs }: StateResource, isRollout: boolean): number {
  if (type !== "kubernetes:apps/v1:Deployment") return 0;
  const { minReadySeconds = 0, replicas = 1 } = (inputs?.["spec"] ?? {}) as {
    readonly minReadySeconds?: number;
    readonly replicas?: number;
  };
  return minReadySeconds * (isRollout ? replicas : 1);
}

/**
 * What a resource waits for: its dependencies and its provider; whatever the components around it wait for, since a child is
 * registered after its parent; and, where a component is named, all that is in it.
 */
function waitsFor(
  resource: StateResource,
  byUrn: ReadonlyMap<string, StateResource>,
): readonly string[] {
  // A provider reference is `<urn>::<id>`, and a URN has `::` in it.
  const provider = resource.provider?.split("::").slice(0, -1).join("::");
  const own = [...(resource.dependencies ?? []), ...(provider === undefined ? [] : [provider])];
  const parent = byUrn.get(resource.parent ?? "");
  const around = parent === undefined ? [] : waitsFor(parent, byUrn);
  const within = own.flatMap((urn) =>
    byUrn.get(urn)?.custom === false ? partsOf(urn, byUrn) : [],
  );
  return [
    ...new Set([...own, ...within, ...around, ...(parent?.custom === true ? [parent.urn] : [])]),
  ];
}

/** Everything in a component, however deep. */
function partsOf(component: string, byUrn: ReadonlyMap<string, StateResource>): readonly string[] {
  return [...byUrn.values()]
    .filter(({ parent }) => parent === component)
    .flatMap(({ urn, custom }) => (custom ? [urn] : partsOf(urn, byUrn)));
}
