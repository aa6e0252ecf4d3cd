import type { Plan } from "../../plan/plan-stack.ts";
import { autonamed } from "../../plan/answers.ts";
import { MASK, masked } from "../../plan/render.ts";

/**
 * A plan in the terms of a picture: pods with the targets of their environment, policies, machines.
 * Secrets are masked first; of a Secret only the keys are visible.
 */

/** A resource's inputs, without secrets. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Pods of one component, or those of all Jobs. */
export interface PodsView {
  readonly name: string;
  readonly component: string;
  readonly kind: "Deployment" | "Job" | "CronJob";
  readonly replicas: number;
  /** Maximum, if an autoscaler can create more. */
  readonly maxReplicas: number;
  readonly containers: readonly ContainerView[];
  /** The first container's environment; values of Secrets are masked. */
  readonly environment: Readonly<Record<string, string>>;
  readonly schedule: string | undefined;
}

/** One container of a pod. */
export interface ContainerView {
  readonly name: string;
  readonly args: readonly string[];
  readonly cpu: string;
  readonly memory: string;
}

/** Outgoing connections that a policy allows. */
export interface EgressView {
  readonly name: string;
  /** Components; undefined: every pod. */
  readonly from: readonly string[] | undefined;
  readonly to:
    | { readonly component: string }
    | { readonly cidr: string }
    | { readonly namespace: string }
    | "anywhere";
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}

/** A plan that can be searched by type and name. */
export class PlanView {
  readonly #resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly inputs: Inputs;
  }[];

  /** @param plan with or without unknowns. */
  constructor(plan: Plan) {
    this.#resources = plan.resources
      .filter(({ custom }) => custom)
      .map(({ type, name, inputs }) => ({ type, name, inputs: masked(inputs) as Inputs }));
  }

  /** Inputs of all resources of a type, by the last part of its token: `DatabaseCluster`. */
  of(type: string): readonly { readonly name: string; readonly inputs: Inputs }[] {
    return this.#resources.filter((resource) => resource.type.split(":").at(-1) === type);
  }

  /** All resources of the stack that create pods. */
  get pods(): readonly PodsView[] {
    return (["Deployment", "Job", "CronJob"] as const).flatMap((kind) =>
      this.of(kind).map(({ name, inputs }) => this.#podsOf(kind, name, inputs)),
    );
  }

  /** Outgoing connections that the NetworkPolicies allow. */
  get egress(): readonly EgressView[] {
    return this.of("NetworkPolicy").flatMap(({ name, inputs }) => {
      const { podSelector, egress = [] } = at<PolicySpec>(inputs, "spec");
      const [expression] = podSelector.matchExpressions ?? [];
      return egress.flatMap(({ to, ports = [] }) =>
        (to ?? [undefined]).map((peer): EgressView => ({
          name: name.replace(/^network-/u, ""),
          from: expression?.values,
          to: destinationOf(peer),
          ports,
        })),
      );
    });
  }

  #podsOf(kind: PodsView["kind"], name: string, inputs: Inputs): PodsView {
    const spec = at<Inputs>(inputs, "spec");
    const job = kind === "CronJob" ? at<Inputs>(at<Inputs>(spec, "jobTemplate"), "spec") : spec;
    const template = at<Template>(job, "template");
    const scaled = this.#scaled(String(at<Inputs>(inputs, "metadata")["name"] ?? name));
    const replicas = kind === "Deployment" ? Number(spec["replicas"] ?? scaled?.[0] ?? 1) : 1;
    return {
      name,
      component: template.metadata.labels?.["app.kubernetes.io/component"] ?? name,
      kind,
      replicas,
      maxReplicas: scaled?.[1] ?? replicas,
      containers: template.spec.containers.map(({ name: container, args = [], resources }) => ({
        name: container,
        args,
        cpu: resources?.requests?.cpu ?? "",
        memory: resources?.requests?.memory ?? "",
      })),
      environment: this.#environmentOf(template.spec.containers[0]),
      schedule: spec["schedule"] as string | undefined,
    };
  }

  /** Minimum and maximum of pods from the autoscaler. */
  #scaled(deployment: string): readonly [number, number] | undefined {
    for (const { inputs } of [...this.of("HorizontalPodAutoscaler"), ...this.of("ScaledObject")]) {
      const spec = at<Scaler>(inputs, "spec");
      if (spec.scaleTargetRef.name === deployment)
        return [
          spec.minReplicas ?? spec.minReplicaCount ?? 1,
          spec.maxReplicas ?? spec.maxReplicaCount ?? 1,
        ];
    }
    return undefined;
  }

  #environmentOf(container: Container | undefined): Readonly<Record<string, string>> {
    const named = (kind: "ConfigMap" | "Secret", name: string | undefined): Inputs => {
      const found = this.of(kind).find(
        (one) => (at<Inputs>(one.inputs, "metadata")["name"] ?? autonamed(one.name)) === name,
      );
      return (found?.inputs["data"] ?? found?.inputs["stringData"] ?? {}) as Inputs;
    };
    const from = (container?.envFrom ?? []).flatMap(({ configMapRef, secretRef }) =>
      Object.entries(
        configMapRef === undefined
          ? named("Secret", secretRef?.name)
          : named("ConfigMap", configMapRef.name),
      ),
    );
    const own = (container?.env ?? []).map(({ name, value }) => [name, value ?? MASK] as const);
    return Object.fromEntries([...from, ...own].map(([key, value]) => [key, String(value)]));
  }
}

/** A required part of an object. */
function at<T>(inputs: Inputs, key: string): T {
  return (inputs[key] ?? {}) as T;
}

function destinationOf(peer: Peer | undefined): EgressView["to"] {
  if (peer === undefined) return "anywhere";
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock !== undefined) return { cidr: ipBlock.cidr };
  if (namespaceSelector !== undefined)
    return { namespace: namespaceSelector.matchLabels?.["kubernetes.io/metadata.name"] ?? "" };
  return { component: podSelector?.matchLabels?.["app.kubernetes.io/component"] ?? "" };
}

interface Labelled {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string };
  readonly podSelector?: Labelled;
  readonly namespaceSelector?: Labelled;
}

interface PolicySpec {
  readonly podSelector: {
    readonly matchExpressions?: readonly { readonly values: readonly string[] }[];
  };
  readonly egress?: readonly {
    readonly to?: readonly Peer[];
    readonly ports?: EgressView["ports"];
  }[];
}

interface Scaler {
  readonly scaleTargetRef: { readonly name: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly resources?: { readonly requests?: { readonly cpu?: string; readonly memory?: string } };
}

interface Template {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Container[] };
}
