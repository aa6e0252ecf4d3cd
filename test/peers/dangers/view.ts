import { NAMESPACE } from "../../../config/topology.ts";
import { autonamed } from "../../../plan/answers.ts";
import type { Plan } from "../../../plan/plan-stack.ts";
import type { PlannedResource } from "../../../plan/recorder.ts";

/**
 * What went wrong in others' infrastructure for Mastodon, as rules over a whole plan. Each was found in their repositories or told in their
 * reports of outages, and hit a server that looked well.
 */
export interface Danger {
  /** Short, for the table that breaks a plan on purpose. */
  readonly key: string;
  /** What would happen, as a test is named. */
  readonly name: string;
  /** What of the plan would make it happen, in a sentence each; none where nothing does. */
  readonly faults: (plan: Plan) => readonly string[];
}

/** Labels, or what selects by them. */
export type Labels = Readonly<Record<string, string>>;
interface Meta {
  readonly name?: string;
  readonly namespace?: string;
}
/** A Deployment, as far as these rules look. */
export interface DeploymentSpec {
  readonly replicas?: number;
  readonly selector: { readonly matchLabels: Labels };
  readonly strategy?: { readonly type?: string };
}

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
/** The labels that a selector may use: they never change. */
export const SELECTING = ["app.kubernetes.io/name", "app.kubernetes.io/component"];

/** Every resource of a type; none is no fault here. */
export const all = (plan: Plan, type: string): readonly PlannedResource[] =>
  plan.resources.filter((resource) => resource.type === type);
/** An object's metadata. */
export const metaOf = ({ inputs }: PlannedResource): Meta => inputs["metadata"] as Meta;
/** An object's specification. */
export const specOf = <T>({ inputs }: PlannedResource): T => inputs["spec"] as T;
/** As the cluster has it: its own, or the one that is given to it. */
export const nameOf = (resource: PlannedResource): string =>
  metaOf(resource).name ?? autonamed(resource.name);
/** Whether a selector takes what has these labels. */
export const fits = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
/** Deployments of the server's own namespace. */
export const deployments = (plan: Plan): readonly PlannedResource[] =>
  all(plan, DEPLOYMENT).filter((each) => metaOf(each).namespace === NAMESPACE);

/** What says how many pods a Deployment has, in its stead. */
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
