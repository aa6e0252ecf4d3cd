import { cloudflareRows } from "../clouds/cloudflare/rows.ts";
import { diffOf as cloudDiffOf } from "../clouds/diff.ts";
import { digitaloceanRows } from "../clouds/digitalocean/rows.ts";
import { reveal, Secret, UNKNOWN } from "../../plan/values.ts";
import { kindOf, replacesObject, replacesProvider } from "./kubernetes-replaces.ts";
import type { Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";

/**
 * Replacements of an update from one plan to another, computed without an engine. The same rows as
 * in a rehearsal decide what a change replaces. Dependent replacements follow the engine's rule
 * (pulumi/pulumi v3.259.0 `pkg/resource/deploy/step_generator.go`,
 * `calculateDependentReplacements`).
 */

/** One resource that would be replaced. */
export interface Replacement {
  readonly resource: PlannedResource;
  /** Whether the old one is deleted before the new one exists, so that its work stops meanwhile. */
  readonly deleteFirst: boolean;
  /** The resource whose replacement causes this one; undefined if its own inputs do. */
  readonly dragger: PlannedResource | undefined;
}

type Inputs = PlannedResource["inputs"];
type Verdict = { readonly replaces: boolean; readonly deleteFirst: boolean };

const ROWS = new Map(
  [...digitaloceanRows.resources, ...cloudflareRows.resources].map((row) => [row.type, row]),
);
const KUBERNETES = "pulumi:providers:kubernetes";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const NOTHING: Verdict = { replaces: false, deleteFirst: false };

/** All replacements from `before` to `after`, in the order of the program. */
export function replacementsOf(before: Plan, after: Plan): readonly Replacement[] {
  const olds = new Map(before.resources.map((resource) => [resource.urn, resource]));
  const found = new Map<string, Replacement>();
  for (const resource of after.resources) {
    const old = olds.get(resource.urn);
    if (!resource.custom || old === undefined || found.has(resource.urn)) continue;
    const news = { ...resource, inputs: withNewOutputs(resource, found) };
    const byProvider = providerOf(resource, found) !== undefined;
    const { replaces, deleteFirst } = byProvider
      ? { replaces: true, deleteFirst: resource.deleteBeforeReplace }
      : verdictOf(old, news);
    if (!replaces) continue;
    found.set(resource.urn, { resource, deleteFirst, dragger: undefined });
    if (!deleteFirst) continue;
    for (const dragged of draggedBy(before, old))
      found.set(dragged.urn, { resource: dragged, deleteFirst: true, dragger: resource });
  }
  return [...found.values()];
}

/**
 * Resources that are deleted before `root`, if that is deleted first. For the engine each input
 * that depends on a deleted resource is unknown. It then asks whether an unknown value would
 * replace.
 */
export function draggedBy(plan: Plan, root: PlannedResource): readonly PlannedResource[] {
  const going = new Set([root.urn]);
  const dragged: PlannedResource[] = [];
  // The order of the program is one of dependencies: a resource depends only on earlier ones.
  for (const resource of plan.resources.slice(plan.resources.indexOf(root) + 1)) {
    if (!resource.custom) continue;
    const unknown = Object.fromEntries(
      Object.entries(resource.inputs).map(([key, value]) => [
        key,
        resource.propertyDependencies.get(key)?.some((urn) => going.has(urn)) === true
          ? UNKNOWN
          : value,
      ]),
    );
    if (
      !going.has(providerUrnOf(resource)) &&
      !verdictOf(resource, { ...resource, inputs: unknown }).replaces
    )
      continue;
    going.add(resource.urn);
    dragged.push(resource);
  }
  return dragged;
}

/**
 * A sentence for each Deployment among them that serves members and is deleted before its
 * replacement exists.
 */
export function servingOf(replacements: readonly Replacement[]): readonly string[] {
  return replacements
    .filter(
      ({ resource: { type, inputs }, deleteFirst }) =>
        // All of the stack's serve except metrics-server, which is in another namespace.
        deleteFirst && type === DEPLOYMENT && metadataOf(inputs)["namespace"] !== "kube-system",
    )
    .map(
      ({ resource, dragger }) =>
        `${resource.name} goes before it comes${dragger === undefined ? "" : `, with ${dragger.name}`}`,
    );
}

/** Whether a change of its own inputs could replace it with the old one deleted first. */
export function mayGoFirst(resource: PlannedResource): boolean {
  if (!resource.custom || resource.type === KUBERNETES) return false;
  const unknown = Object.fromEntries(Object.keys(resource.inputs).map((key) => [key, UNKNOWN]));
  const { replaces } = verdictOf(resource, { ...resource, inputs: unknown });
  return replaces && (resource.deleteBeforeReplace || keepsOwnName(resource, resource));
}

function verdictOf(old: PlannedResource, news: PlannedResource): Verdict {
  const replaces = replacesOf(old, news);
  return replaces
    ? { replaces, deleteFirst: news.deleteBeforeReplace || keepsOwnName(old, news) }
    : NOTHING;
}

function replacesOf(old: PlannedResource, news: PlannedResource): boolean {
  const { type, ignoreChanges } = news;
  if (type === KUBERNETES) return replacesProvider(old.inputs, news.inputs);
  if (type.startsWith("kubernetes:"))
    return replacesObject(kindOf(type), old.inputs, news.inputs, ignoreChanges);
  // The clouds' own providers, which have no state of their own.
  if (type.startsWith("pulumi:")) return false;
  const row = ROWS.get(type);
  if (row === undefined)
    throw new Error(
      `Nobody knows what a change of ${type} replaces. Add its row to rehearsal/clouds/.`,
    );
  return cloudDiffOf(row, old.inputs, news.inputs, ignoreChanges).replaces.length > 0;
}

/**
 * Whether a resource keeps a name that Pulumi did not generate, so that two can't exist at the same
 * time. A Kubernetes object can exist twice under another name or in another namespace.
 */
function keepsOwnName(old: PlannedResource, { type, inputs }: PlannedResource): boolean {
  if (!type.startsWith("kubernetes:"))
    return ROWS.get(type)?.autonamed !== undefined && inputs["name"] !== undefined;
  const [older, newer] = [metadataOf(old.inputs), metadataOf(inputs)];
  return (
    newer["name"] !== undefined &&
    ["name", "namespace"].every((key) => newer[key] === UNKNOWN || newer[key] === older[key])
  );
}

/** The `metadata` of an object, empty if it is not known yet. */
function metadataOf(inputs: Inputs): Inputs {
  const metadata = reveal(inputs["metadata"]);
  return typeof metadata === "object" && metadata !== null ? (metadata as Inputs) : {};
}

function providerUrnOf({ provider }: PlannedResource): string {
  return provider.split("::").slice(0, -1).join("::");
}

function providerOf(
  resource: PlannedResource,
  found: ReadonlyMap<string, Replacement>,
): Replacement | undefined {
  return found.get(providerUrnOf(resource));
}

/**
 * The inputs with changed outputs of their dependencies. The plan in memory always gives the same
 * ids and names, so only the texts that contain one of them become unknown.
 */
export function withNewOutputs(
  resource: PlannedResource,
  found: ReadonlyMap<string, Replacement>,
): Inputs {
  return Object.fromEntries(
    Object.entries(resource.inputs).map(([key, value]) => {
      const made = (resource.propertyDependencies.get(key) ?? []).flatMap(
        (urn) => found.get(urn)?.resource.name ?? [],
      );
      return [key, made.length === 0 ? value : renewed(value, made)];
    }),
  );
}

function renewed(value: unknown, names: readonly string[]): unknown {
  if (typeof value === "string")
    return names.some((name) => value.includes(name)) ? UNKNOWN : value;
  if (value instanceof Secret) return new Secret(renewed(value.reveal(), names));
  if (Array.isArray(value)) return value.map((item: unknown) => renewed(item, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renewed(item, names)]),
  );
}
