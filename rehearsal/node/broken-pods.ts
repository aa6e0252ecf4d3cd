import type { V1Container, V1Deployment, V1PodSpec } from "@kubernetes/client-node";
import type { RolloutFault } from "../../k8s/rollout-judgement.ts";
import { PRIORITIES } from "../../domain/priorities.ts";

/** One fault in a copy of a Deployment of the stack, and the component that must detect it. */
export interface BrokenPod {
  readonly name: string;
  /** The Deployment that is copied. */
  readonly of: string;
  readonly make: (spec: V1PodSpec, container: V1Container) => void;
  readonly seen: Sight;
}

/** Evidence of a fault: codes of Kubernetes, never its English. */
export type Sight =
  /** The API server refuses the object. */
  | { readonly by: "api"; readonly code: number }
  /**
   * The rollout step ends because of it. `event`: an additional event of the kubelet for the pod.
   */
  | {
      readonly by: "rollout";
      readonly fault: RolloutFault;
      readonly reason?: string;
      readonly ended?: string;
      readonly event?: string;
    };

/** Label that distinguishes a copy's pods from all others. */
export const BROKEN_LABEL = "rehearsal/broken";

/** Copies without a fault. If they failed, too, the results of the others would prove nothing. */
export const SOUND_COPIES: readonly Pick<BrokenPod, "name" | "of" | "make">[] = [
  { name: "sound-assets", of: "assets", make: () => undefined },
  { name: "sound-streaming", of: "streaming", make: () => undefined },
];

const rollout = (
  fault: RolloutFault,
  more: { readonly reason?: string; readonly ended?: string; readonly event?: string } = {},
): Sight => ({ by: "rollout", fault, ...more });

/** Copies with one fault each. `name` is a Deployment's name. */
export const BROKEN_PODS: readonly BrokenPod[] = [
  {
    name: "wrong-probe-path",
    of: "assets",
    make: (_spec, { readinessProbe }) => (readinessProbe!.httpGet!.path = "/nowhere"),
    seen: rollout("unready", { event: "Unhealthy" }),
  },
  {
    name: "wrong-probe-port",
    of: "assets",
    make: (_spec, { readinessProbe }) => (readinessProbe!.httpGet!.port = 9),
    seen: rollout("unready", { event: "Unhealthy" }),
  },
  {
    // As in the stack, but probed each second, because its own interval of a minute proves no more.
    name: "wrong-liveness-port",
    of: "assets",
    make: (spec, one) => {
      one.livenessProbe = { tcpSocket: { port: 9 }, periodSeconds: 1, failureThreshold: 1 };
      hurried(spec, one);
    },
    seen: rollout("crash", { reason: "CrashLoopBackOff", event: "Unhealthy" }),
  },
  {
    name: "startup-too-short",
    of: "assets",
    make: (spec, one) => {
      one.startupProbe = { httpGet: { path: "/nowhere", port: "http" }, periodSeconds: 1 };
      one.startupProbe.failureThreshold = 1;
      hurried(spec, one);
    },
    seen: rollout("crash", { reason: "CrashLoopBackOff", event: "Unhealthy" }),
  },
  {
    name: "missing-volume",
    of: "assets",
    make: (spec) => (spec.volumes = spec.volumes!.filter(({ name }) => name !== "config")),
    seen: { by: "api", code: 422 },
  },
  {
    name: "missing-secret-key",
    of: "streaming",
    make: (spec, one) => {
      const name = spec.volumes?.find(({ secret }) => secret !== undefined)?.secret?.secretName;
      const secretKeyRef = { name: name!, key: "nowhere" };
      one.env = [...(one.env ?? []), { name: "NOWHERE", valueFrom: { secretKeyRef } }];
    },
    seen: rollout("config", { reason: "CreateContainerConfigError" }),
  },
  {
    name: "missing-configmap",
    of: "streaming",
    make: (_spec, one) => (one.envFrom = [{ configMapRef: { name: "nowhere" } }]),
    seen: rollout("config", { reason: "CreateContainerConfigError" }),
  },
  {
    name: "missing-mounted-configmap",
    of: "assets",
    make: ({ volumes = [] }) => {
      for (const { configMap } of volumes) if (configMap !== undefined) configMap.name = "nowhere";
    },
    seen: rollout("creating", { event: "FailedMount" }),
  },
  {
    name: "root",
    of: "streaming",
    make: (spec) => (spec.securityContext!.runAsUser = 0),
    seen: rollout("refused", { reason: "FailedCreate" }),
  },
  {
    name: "privileged",
    of: "streaming",
    make: (_spec, one) => {
      one.securityContext = { privileged: true };
    },
    seen: rollout("refused", { reason: "FailedCreate" }),
  },
  {
    name: "no-work-folder",
    of: "assets",
    make: (_spec, one) =>
      (one.volumeMounts = one.volumeMounts!.filter(({ mountPath }) => mountPath !== "/tmp")),
    seen: rollout("crash", { reason: "CrashLoopBackOff", ended: "Error" }),
  },
  {
    name: "small-memory",
    of: "streaming",
    make: (_spec, { resources }) => {
      resources!.limits!["memory"] = "24Mi";
    },
    seen: rollout("crash", { reason: "CrashLoopBackOff", ended: "OOMKilled" }),
  },
  {
    name: "large-request",
    of: "streaming",
    make: (_spec, { resources }) => {
      resources!.requests!["memory"] = "100Gi";
      resources!.limits!["memory"] = "100Gi";
    },
    // The namespace's quota refuses it before the scheduler.
    seen: rollout("refused", { reason: "FailedCreate" }),
  },
  {
    name: "no-node",
    of: "streaming",
    make: (spec) => (spec.nodeSelector = { nowhere: "true" }),
    seen: rollout("room", { reason: "Unschedulable" }),
  },
  {
    name: "no-image",
    of: "streaming",
    make: (_spec, one) => (one.image = "registry.invalid/nowhere:1.0.0"),
    seen: rollout("image"),
  },
  {
    name: "wrong-command",
    of: "streaming",
    make: (_spec, one) => (one.command = ["no-such-program"]),
    seen: rollout("crash", { reason: "CrashLoopBackOff", ended: "StartError" }),
  },
  {
    name: "no-authority",
    of: "streaming",
    make: (spec, one) => {
      spec.volumes = [];
      one.volumeMounts = [];
    },
    seen: rollout("unready", { event: "Unhealthy" }),
  },
  {
    name: "no-priority-class",
    of: "streaming",
    make: (spec) => (spec.priorityClassName = "nowhere"),
    seen: rollout("refused", { reason: "FailedCreate" }),
  },
];

/** Ends at once after SIGTERM, because the kubelet's waits are not part of the fault. */
function hurried(spec: V1PodSpec, one: V1Container): void {
  delete one.lifecycle;
  spec.terminationGracePeriodSeconds = 1;
}

/**
 * A copy with few resources, which takes no other pod's place or traffic. It keeps its component
 * for the policies. The Service does not select it, because its name differs.
 */
export function copyOf(
  source: V1Deployment,
  { name, make }: Pick<BrokenPod, "name" | "make">,
): V1Deployment {
  const { template } = structuredClone(source.spec!);
  const spec = template.spec!;
  const [container] = spec.containers;
  spec.priorityClassName = PRIORITIES.upkeep.name;
  delete spec.topologySpreadConstraints;
  for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])])
    resources!.requests = { cpu: "10m", memory: "16Mi" };
  make(spec, container!);
  const labels = {
    ...template.metadata?.labels,
    "app.kubernetes.io/name": "rehearsal",
    [BROKEN_LABEL]: name,
  };
  return {
    metadata: { name: `broken-${name}`, labels: { [BROKEN_LABEL]: name } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { [BROKEN_LABEL]: name } },
      template: { metadata: { labels }, spec },
    },
  };
}
