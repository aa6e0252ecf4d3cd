import type { RealDuration } from "../../facts/durations.ts";
import type { Operation, StateResource } from "../engine/operation.ts";
import { labelOf } from "../engine/operation.ts";
import { durationInCluster } from "../../domain/durations.ts";
import { schedule, type Schedule, type Task } from "../../domain/schedule.ts";

/** Duration of one operation on the real clouds, by URN, from their rows. */
export type CloudDurations = ReadonlyMap<string, RealDuration>;

/** A resource of a state file, or of a plan. */
export type TimedResource = Pick<
  StateResource,
  "urn" | "type" | "custom" | "inputs" | "parent" | "provider" | "dependencies"
>;

/**
 * Timeline of an update on the real clouds: its steps, their dependencies from the state, and real
 * durations. It contains only steps of the update, because existing resources take no time.
 */
export function timelineOf(
  operation: Operation,
  resources: readonly TimedResource[],
  clouds: CloudDurations,
): Schedule {
  const done = operation.steps.filter((step) => !step.failed);
  const changed = new Set(done.map((step) => step.urn));
  const updated = new Set(done.filter(({ op }) => op === "update").map(({ urn }) => urn));
  return scheduled(resources, clouds, (urn) =>
    updated.has(urn) ? "update" : changed.has(urn) ? "create" : undefined,
  );
}

/** Timeline of a first update, which creates everything. */
export function firstTimelineOf(
  resources: readonly TimedResource[],
  clouds: CloudDurations,
): Schedule {
  return scheduled(resources, clouds, () => "create");
}

function scheduled(
  resources: readonly TimedResource[],
  clouds: CloudDurations,
  doneTo: (urn: string) => "create" | "update" | undefined,
): Schedule {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return schedule(
    resources
      .filter(({ custom, urn }) => custom && doneTo(urn) !== undefined)
      .map((resource): Task => ({
        id: resource.urn,
        label: labelOf(resource.type, resource.urn),
        ...(clouds.get(resource.urn) ??
          durationInCluster(resource, doneTo(resource.urn) === "update")),
        after: changedBefore(resource, byUrn, (urn) => doneTo(urn) !== undefined),
      })),
  );
}

/**
 * Changed resources that a resource waits for, also through those that stay as they are. The engine
 * registers a resource only after all of its dependencies.
 */
function changedBefore(
  resource: TimedResource,
  byUrn: ReadonlyMap<string, TimedResource>,
  isChanged: (urn: string) => boolean,
): readonly string[] {
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (each: TimedResource): void => {
    for (const urn of waitsFor(each, byUrn)) {
      if (seen.has(urn)) continue;
      seen.add(urn);
      const other = byUrn.get(urn);
      if (other === undefined) continue;
      if (other.custom && isChanged(urn)) found.add(urn);
      else visit(other);
    }
  };
  visit(resource);
  return [...found];
}

/**
 * Dependencies of a resource: its own and its provider. It also waits for those of its parent
 * components, because a child is registered after its parent. If it depends on a component, it
 * waits for all resources in that.
 */
function waitsFor(
  resource: TimedResource,
  byUrn: ReadonlyMap<string, TimedResource>,
): readonly string[] {
  // A provider reference is `<urn>::<id>`, and a URN contains `::`.
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

/** All resources in a component, at any depth. */
function partsOf(component: string, byUrn: ReadonlyMap<string, TimedResource>): readonly string[] {
  return [...byUrn.values()]
    .filter(({ parent }) => parent === component)
    .flatMap(({ urn, custom }) => (custom ? [urn] : partsOf(urn, byUrn)));
}
