/**
 * What can't be changed in place, by kind: a path here, or below it, replaces the object
 * (pulumi-kubernetes `provider/pkg/provider/diff.go`, and the API server's own "field is immutable").
 */

const EVERY_KIND: readonly string[] = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];

const BY_KIND: Readonly<Record<string, readonly string[]>> = {
  "v1/ConfigMap": ["data", "binaryData", "immutable"],
  "v1/Secret": ["data", "stringData", "type", "immutable"],
  "v1/Namespace": [],
  "v1/Service": ["spec.clusterIP", "spec.type"],
  "v1/ServiceAccount": [],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/LimitRange": [],
  "apps/v1/Deployment": ["spec.selector"],
  "batch/v1/Job": ["spec.completions", "spec.selector", "spec.template"],
  "batch/v1/CronJob": [],
  "autoscaling/v2/HorizontalPodAutoscaler": [],
  "policy/v1/PodDisruptionBudget": [],
  "networking.k8s.io/v1/NetworkPolicy": [],
  "rbac.authorization.k8s.io/v1/ClusterRole": [],
  // "cannot change roleRef" (kubernetes/kubernetes `pkg/apis/rbac/validation`).
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "apiregistration.k8s.io/v1/APIService": [],
  "monitoring.coreos.com/v1/PrometheusRule": [],
  "scheduling.k8s.io/v1/PriorityClass": ["value", "preemptionPolicy", "globalDefault"],
};

/**
 * Whether a change at this path (`spec.template.spec.containers[0].image`) replaces an object of this kind. So does one of all that stands
 * above such a field (a `spec` that is yet unknown): a plan that says "in place" and then deletes is worse than the other way round.
 * @throws for a kind without a row: silence would say "in place" about a kind nobody looked up.
 */
export function replacesOn(kind: string, path: string): boolean {
  const rules = BY_KIND[kind];
  if (rules === undefined)
    throw new Error(
      `The rehearsal does not know what a change of ${kind} replaces. Look it up in pulumi-kubernetes' diff.go and add a row to replace-rules.ts.`,
    );
  return [...EVERY_KIND, ...rules].some((rule) => isWithin(path, rule) || isWithin(rule, path));
}

/** Whether a path is this one, or below it. */
export function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}
