import type { StepView } from "../views.ts";
import type { StepRule } from "./rule.ts";
import { isUnlocked, unlockLine } from "./unlocks.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

interface Metadata {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function metadataOf({ old }: StepView): Metadata {
  return (old?.inputs["metadata"] ?? {}) as Metadata;
}

const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";

/** Every Deployment of the stack serves, except metrics-server, which is in `kube-system`. */
function serves(step: StepView): boolean {
  return step.type === DEPLOYMENT && metadataOf(step).namespace !== "kube-system";
}

/** A group of Sidekiq may be dropped: its queues are another group's then. */
function isSidekiq(step: StepView): boolean {
  return step.name.startsWith("sidekiq-");
}

/**
 * Whether the old one is gone before the new one is there. The engine begins a replacement with
 * `create-replacement` where both can exist at a time, else with `delete-replaced`.
 */
export function goesFirst(step: StepView, at: number, steps: readonly StepView[]): boolean {
  return (
    step.op === "delete-replaced" &&
    !steps.slice(0, at).some(({ op, urn }) => op === "create-replacement" && urn === step.urn)
  );
}

/**
 * The engine makes the new cluster first, with all pods in it, and then deletes the old one. In
 * between two schedulers do each periodic job twice.
 */
function isOtherCluster({ type, op }: StepView): boolean {
  return type === CLUSTER && ["delete", "create-replacement", "delete-replaced"].includes(op);
}

/** No Deployment that serves is deleted before its replacement is there. */
export const outage: StepRule = {
  name: "no-outage-without-a-name",
  level: "mandatory",
  says: "No Deployment that serves members is deleted, or deleted before its replacement exists, and no cluster in an update, unless `mastodon:unlocked` names it with the id that it has now.",
  check: (steps, context) => {
    const locked = steps.filter(
      (step, at) =>
        (isOtherCluster(step) ||
          (serves(step) &&
            (goesFirst(step, at, steps) || (step.op === "delete" && !isSidekiq(step))))) &&
        !isUnlocked(step, context),
    );
    // One line unlocks them all: they go together.
    const cure = unlockLine([...new Set(locked.map(({ name }) => name))], context);
    const once = new Map(locked.map((step) => [step.urn, step]));
    return [...once.values()].map(({ urn, name, type, op }) => ({
      urn,
      message:
        type === CLUSTER && op !== "delete"
          ? `"${name}" would be another cluster: two of them serve at a time, each periodic job runs twice, and then every connection ends`
          : `"${name}" would be deleted${op === "delete" ? "" : " before its replacement exists"}: an outage from then on, and if a later step fails nothing of the old version is left`,
      cure,
    }));
  },
};
