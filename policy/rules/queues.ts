import { EVERY_QUEUE } from "../../facts/mastodon/minors.ts";
import type { ResourceView } from "../views.ts";
import { isKind, metadataOf, podsOf, specOf } from "./objects.ts";
import type { StackRule } from "./rule.ts";

/** Queues that a Deployment's processes work on: `-q default -q push,6`. */
function queuesOf(resource: ResourceView): readonly string[] {
  return (podsOf(resource)?.containers ?? []).flatMap(({ args = [] }) =>
    args.flatMap((arg, at) => (args[at - 1] === "-q" ? [arg.split(",")[0] ?? ""] : [])),
  );
}

interface DeploymentSpec {
  readonly replicas?: number;
  readonly strategy?: { readonly type?: string };
}

function isScaled(resources: readonly ResourceView[], deployment: ResourceView): boolean {
  return resources.some(
    (each) =>
      (isKind(each, "HorizontalPodAutoscaler") || isKind(each, "ScaledObject")) &&
      specOf<{ readonly scaleTargetRef?: { readonly name?: string } }>(each).scaleTargetRef
        ?.name === metadataOf(deployment).name,
  );
}

/** Each of Mastodon's queues is one group's, and the scheduler runs once at most. */
export const queues: StackRule = {
  name: "one-owner-per-queue",
  level: "mandatory",
  says: "Each queue of Mastodon is worked on by exactly one group, and the scheduler runs once at most, also during a rollout: two of them do periodic jobs twice.",
  check: (resources) => {
    const groups = resources
      .filter((resource) => isKind(resource, "Deployment"))
      .map((resource) => ({ resource, queues: queuesOf(resource) }))
      .filter(({ queues }) => queues.length > 0);
    const all = groups.flatMap(({ queues }) => queues);
    const schedulers = groups.filter(({ queues }) => queues.includes("scheduler"));
    return [
      ...EVERY_QUEUE.filter((queue) => !all.includes(queue)).map((queue) => ({
        message: `no group works on the queue ${queue}`,
      })),
      ...EVERY_QUEUE.filter((queue) => all.filter((each) => each === queue).length > 1).map(
        (queue) => ({ message: `more than one group works on the queue ${queue}` }),
      ),
      ...schedulers.flatMap(({ resource }) => {
        const { replicas = 1, strategy } = specOf<DeploymentSpec>(resource);
        return replicas <= 1 && strategy?.type === "Recreate" && !isScaled(resources, resource)
          ? []
          : [{ urn: resource.urn, message: "the scheduler may run twice at a time" }];
      }),
    ];
  },
};
