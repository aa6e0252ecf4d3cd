import type { ObjectRef } from "./object-ref.ts";

/** What the provider must know of a kind beyond what the API server tells. */
export interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  "v1/Namespace": { plural: "namespaces", namespaced: false },
  "v1/ConfigMap": { plural: "configmaps", namespaced: true },
  "v1/Secret": { plural: "secrets", namespaced: true },
  "v1/Service": { plural: "services", namespaced: true },
  "v1/ServiceAccount": { plural: "serviceaccounts", namespaced: true },
  "v1/ResourceQuota": { plural: "resourcequotas", namespaced: true },
  "v1/LimitRange": { plural: "limitranges", namespaced: true },
  "apps/v1/Deployment": { plural: "deployments", namespaced: true },
  "batch/v1/Job": { plural: "jobs", namespaced: true },
  "batch/v1/CronJob": { plural: "cronjobs", namespaced: true },
  "autoscaling/v2/HorizontalPodAutoscaler": {
    plural: "horizontalpodautoscalers",
    namespaced: true,
  },
  "policy/v1/PodDisruptionBudget": { plural: "poddisruptionbudgets", namespaced: true },
  "networking.k8s.io/v1/NetworkPolicy": { plural: "networkpolicies", namespaced: true },
  "rbac.authorization.k8s.io/v1/ClusterRole": { plural: "clusterroles", namespaced: false },
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": {
    plural: "clusterrolebindings",
    namespaced: false,
  },
  "rbac.authorization.k8s.io/v1/RoleBinding": { plural: "rolebindings", namespaced: true },
  "apiregistration.k8s.io/v1/APIService": { plural: "apiservices", namespaced: false },
  "monitoring.coreos.com/v1/PrometheusRule": { plural: "prometheusrules", namespaced: true },
  "scheduling.k8s.io/v1/PriorityClass": { plural: "priorityclasses", namespaced: false },
};

/** `apps/v1/Deployment`: how tables name a kind. */
export function kindKey(apiVersion: string, kind: string): string {
  return `${apiVersion}/${kind}`;
}

/** @throws for a kind that no stack of ours used so far. */
export function kindOf(key: string): Kind {
  const kind = KINDS[key];
  if (kind === undefined)
    throw new Error(
      `The rehearsal's kubernetes provider does not know ${key}. Add it to kinds.ts, replace-rules.ts and, if the real provider waits for it, to await.ts.`,
    );
  return kind;
}

/** Where the API server lists a kind: `/apis/apps/v1/namespaces/mastodon/deployments`. */
export function pathOf(ref: Pick<ObjectRef, "apiVersion" | "kind" | "namespace">): string {
  const { plural, namespaced } = kindOf(kindKey(ref.apiVersion, ref.kind));
  const root = ref.apiVersion === "v1" ? "/api/v1" : `/apis/${ref.apiVersion}`;
  return namespaced ? `${root}/namespaces/${ref.namespace}/${plural}` : `${root}/${plural}`;
}
