import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf, metadataOf, selectorOf } from "./pod.ts";

type DeploymentSpec = kubernetes.types.input.apps.v1.DeploymentSpec;
type PodSpec = kubernetes.types.input.core.v1.PodSpec;

/** Arguments of a Deployment of this stack. */
export interface DeploymentArgs<Component extends string> extends Pick<
  DeploymentSpec,
  "minReadySeconds" | "strategy"
> {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Deployment and component of its pods. */
  readonly component: Component;
  /** Number of pods; undefined if an autoscaler sets it. */
  readonly replicas?: number;
  /** Annotations of its pods. Default: none. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
}

/** A Deployment that a step of the release waits for (`k8s/rollout.ts`). */
export interface Rolled<Component extends string = string> {
  readonly component: Component;
  readonly namespace: pulumi.Input<string>;
  readonly deployment: kubernetes.apps.v1.Deployment;
  /** Digest of its pod template and of the number of pods that it states, 16 hex digits. */
  readonly digest: pulumi.Output<string>;
}

/**
 * The provider's own wait is off. It may end while old pods still serve. If a pod can't start, it
 * reports nothing for ten minutes (pulumi-kubernetes `provider/pkg/await/deployment.go`, read at
 * 2026-01-15 and 2026-07-01). A step of the release waits instead. A test of the whole plan checks
 * that the step knows every Deployment.
 */
const AWAITED_BY_A_STEP = { "pulumi.com/skipAwait": "true" };

/**
 * Seconds that a pod stays on a node that does not answer, after the 50 in which Kubernetes detects
 * it (kube-controller-manager, `node-monitor-grace-period`). Kubernetes' default is 300 (admission
 * plugin DefaultTolerationSeconds): the only web pod of the smallest profile would be down for six
 * minutes.
 *
 * Measured on real nodes with 30: the last request on a kept connection was lost 80 to 85 s after
 * the node's failure. If no node answers, Kubernetes evicts no pod
 * (https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction).
 */
const ON_A_LOST_NODE_SECONDS = 30;

const LEAVES_A_LOST_NODE = ["not-ready", "unreachable"].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: ON_A_LOST_NODE_SECONDS,
}));

/** A Deployment whose selector and pod labels are derived from one name. */
export function rolledDeployment<Component extends string>(
  name: string,
  { namespace, component, replicas, annotations, pod, ...spec }: DeploymentArgs<Component>,
  parent: pulumi.Resource,
): Rolled<Component> {
  const template = {
    metadata: {
      labels: labelsOf(component),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: { ...pod, tolerations: LEAVES_A_LOST_NODE },
  };
  const stated = replicas === undefined ? {} : { replicas };
  const deployment = new kubernetes.apps.v1.Deployment(
    name,
    {
      metadata: {
        ...metadataOf(namespace, component, component),
        annotations: AWAITED_BY_A_STEP,
      },
      spec: { ...stated, ...spec, selector: { matchLabels: selectorOf(component) }, template },
    },
    { parent },
  );
  const digest = pulumi.output({ ...stated, template }).apply(digestOf);
  return { component, namespace, deployment, digest };
}

/** A digest of the content, independent of the order of keys. */
function digestOf(content: unknown): string {
  const text = JSON.stringify(content, (_key, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
