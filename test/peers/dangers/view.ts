import { NAMESPACE } from "../../../config/topology.ts";
import { autonamed } from "../../../plan/answers.ts";
import type { Plan } from "../../../plan/plan-stack.ts";
import type { PlannedResource } from "../../../plan/recorder.ts";

/**
 * A failure of another project's infrastructure for Mastodon, as a rule over a whole plan. Each is
 * from their repositories or their reports of outages, and hit a server that looked healthy.
 */
export interface Danger {
  /** Short name, for the table that breaks a plan on purpose. */
  readonly key: string;
  /** Consequence, in the form of a test's name. */
  readonly name: string;
  /** Parts of the plan with this fault, in a sentence each; empty if there are none. */
  readonly faults: (plan: Plan) => readonly string[];
}

/** Labels, or a selector. */
export type Labels = Readonly<Record<string, string>>;
interface Meta {
  readonly name?: string;
  readonly namespace?: string;
}
/** Fields of a Deployment that these rules read. */
export interface DeploymentSpec {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels: Labels };
  readonly strategy?: { readonly type?: string };
}

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
/** Labels that a selector may use, because they never change. */
export const SELECTING = ["app.kubernetes.io/name", "app.kubernetes.io/component"];

/** Every resource of a type; there may be none. */
export const all = (plan: Plan, type: string): readonly PlannedResource[] =>
  plan.resources.filter((resource) => resource.type === type);
/** An object's metadata. */
export const metaOf = ({ inputs }: PlannedResource): Meta => inputs["metadata"] as Meta;
/** An object's specification. */
export const specOf = <T>({ inputs }: PlannedResource): T => inputs["spec"] as T;
/** Name in the cluster: its own, or the generated one. */
export const nameOf = (resource: PlannedResource): string =>
  metaOf(resource).name ?? autonamed(resource.name);
/** Whether a selector matches these labels. */
export const fits = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
/** Deployments of the server's own namespace. */
export const deployments = (plan: Plan): readonly PlannedResource[] =>
  all(plan, DEPLOYMENT).filter((each) => metaOf(each).namespace === NAMESPACE);

/** Autoscalers that set a Deployment's number of pods. */
export function scalersOf(
  plan: Plan,
): readonly (readonly [target: string, scaler: PlannedResource])[] {
  return plan.resources
    .filter(({ type }) => /:HorizontalPodAutoscaler$|:ScaledObject$/u.test(type))
    .map((scaler) => [
      specOf<{ scaleTargetRef: { name: string } }>(scaler).scaleTargetRef.name,
      scaler,
    ]);
}
