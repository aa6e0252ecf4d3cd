import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Resources } from "../domain/resources.ts";

/**
 * Parts that all pods of this stack share: the complete restricted Pod Security profile, and no
 * credential for the cluster.
 */

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type ObjectMeta = kubernetes.types.input.meta.v1.ObjectMeta;

/**
 * User and group of Mastodon's images (its Dockerfile; numeric, since `runAsNonRoot` can't check a
 * name).
 */
export const MASTODON_UID = 991;

/** Labels that Kubernetes recommends, including the selecting ones. */
export function labelsOf(component: string): Record<string, string> {
  return { ...selectorOf(component), "app.kubernetes.io/part-of": "mastodon" };
}

/** Labels of a selector, which can never change. */
export function selectorOf(component: string): Record<string, string> {
  return { "app.kubernetes.io/name": "mastodon", "app.kubernetes.io/component": component };
}

/** Metadata of an object of a component. Pulumi generates the name, unless others must know it. */
export function metadataOf(
  namespace: pulumi.Input<string>,
  component: string,
  name?: string,
): ObjectMeta {
  return { namespace, labels: labelsOf(component), ...(name === undefined ? {} : { name }) };
}

/** Requests and limits in Kubernetes' form. */
export function resourcesOf({
  cpu,
  memory,
  cpuLimit,
  memoryLimit,
}: Resources): kubernetes.types.input.core.v1.ResourceRequirements {
  return {
    requests: { cpu, memory },
    limits: { cpu: cpuLimit, memory: memoryLimit },
  };
}

/**
 * A container that can't gain privileges or write to its image; with the user `uid` if it differs
 * from the pod's. If it fails, its last lines are in the pod's status (80 at most, 2 KiB), where
 * `pulumi up` reads them (pulumi-kubernetes `provider/pkg/await/checker/pod/check.go`).
 */
export function container(spec: Container, uid?: number): Container {
  return {
    ...spec,
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: {
      ...(uid === undefined ? {} : { runAsUser: uid, runAsGroup: uid }),
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

/** A pod with the user `uid`, without a token for the cluster. */
export function pod(uid: number, spec: PodSpec): PodSpec {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: uid,
      fsGroup: uid,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...spec,
  };
}

/** Spreads the pods of a component over nodes, if there are enough nodes. */
export function spread(component: string): PodSpec["topologySpreadConstraints"] {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: selectorOf(component) },
    },
  ];
}

/**
 * Puts the pods of a component on different nodes if there are enough nodes. Each release is
 * counted separately, so a rollout's extra pod can be scheduled. Nodes that are being drained don't
 * count, so the last two pods can share one instead of blocking the drain.
 */
export function apart(component: string): PodSpec["topologySpreadConstraints"] {
  return [
    {
      maxSkew: 1,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "DoNotSchedule",
      nodeTaintsPolicy: "Honor",
      matchLabelKeys: ["pod-template-hash"],
      labelSelector: { matchLabels: selectorOf(component) },
    },
  ];
}
