import { isDeepStrictEqual } from "node:util";
import { reveal, UNKNOWN } from "../../plan/values.ts";

/**
 * Changes of a Kubernetes object that replace it, for comparing plans without an engine. In a drill
 * the provider itself decides. This is a copy of its table for the kinds of the stack
 * (pulumi-kubernetes `provider/pkg/provider/diff.go` at f47bc2d6f199, the same on 2026-07-01).
 */

type Properties = Readonly<Record<string, unknown>>;

const EVERY_KIND: readonly string[] = ["metadata.name", "metadata.namespace"];

const BY_KIND: Readonly<Record<string, readonly string[]>> = {
  "v1/ConfigMap": ["data", "binaryData"],
  "v1/Secret": ["data", "stringData", "type"],
  "v1/Service": ["spec.clusterIP"],
  "v1/ResourceQuota": ["spec.scopes"],
  "apps/v1/Deployment": ["spec.selector"],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
};

/**
 * Whether a change at this path (`spec.template.spec.containers[0].image`) replaces an object of
 * this kind (`apps/v1/Deployment`). A change of a parent of such a field does, too (a `spec` that
 * is not known yet). A plan that shows "in place" and then deletes would be worse.
 */
export function replacesOn(kind: string, path: string): boolean {
  return rulesOf(kind).some((rule) => isWithin(path, rule) || isWithin(rule, path));
}

/**
 * `apps/v1/Deployment` for `kubernetes:apps/v1:Deployment`, `v1/Secret` for
 * `kubernetes:core/v1:Secret`.
 */
export function kindOf(type: string): string {
  const [, version = "", kind = ""] = type.split(":");
  return `${version.replace(/^core\//u, "")}/${kind}`;
}

/** Whether new inputs replace an object of a kind. A Secret is compared by its value. */
export function replacesObject(
  kind: string,
  olds: Properties,
  news: Properties,
  ignoreChanges: readonly string[],
): boolean {
  const [older, newer] = [reveal(olds), reveal(news)];
  return rulesOf(kind)
    .filter((rule) => !ignoreChanges.some((ignored) => isWithin(rule, ignored)))
    .some((rule) => differsAt(rule.split("."), older, newer));
}

/**
 * Whether another configuration replaces the provider, and with it everything in the cluster. If
 * both have a `clusterIdentifier`, it decides (`DiffConfig` in `provider.go`).
 */
export function replacesProvider(olds: Properties, news: Properties): boolean {
  const [older, newer] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
  if (older === undefined || newer === undefined)
    throw new Error(
      "The Kubernetes provider has no clusterIdentifier, so a changed kubeconfig may replace the whole cluster's content. Give it one in infra/cluster.ts.",
    );
  return newer === UNKNOWN || older !== newer;
}

function rulesOf(kind: string): readonly string[] {
  return [...EVERY_KIND, ...(BY_KIND[kind] ?? [])];
}

function differsAt(path: readonly string[], older: unknown, newer: unknown): boolean {
  if (newer === UNKNOWN) return true;
  const [key, ...rest] = path;
  if (key === undefined) return !isDeepStrictEqual(older, newer);
  return differsAt(rest, fieldOf(older, key), fieldOf(newer, key));
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Properties)[key] : undefined;
}

/** Whether a path is this one, or below it. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}
