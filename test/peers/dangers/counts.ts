import type { PlannedResource } from "../../../plan/recorder.ts";
import { queues } from "../../../policy/rules/queues.ts";
import { faultsOf } from "../../policy/resources.ts";
import { podsOf, templateOf } from "../../stack/views.ts";
import {
  all,
  deployments,
  fits,
  nameOf,
  scalersOf,
  specOf,
  type Danger,
  type DeploymentSpec,
  type Labels,
} from "./view.ts";

/** Dangers in numbers of pods and their limits. */
export const COUNTS = [
  {
    key: "budget",
    name: "a disruption budget that guards nothing after a change of names, or all groups together, so that a drain stops a whole one",
    faults: (plan) => {
      const budgets = all(plan, "kubernetes:policy/v1:PodDisruptionBudget").map((budget) => ({
        name: budget.name,
        ...specOf<{ maxUnavailable: number; selector: { matchLabels: Labels } }>(budget),
      }));
      const guardedBy = (deployment: PlannedResource) =>
        budgets.filter(({ selector }) =>
          fits(selector.matchLabels, templateOf(deployment).metadata.labels),
        );
      return [
        ...deployments(plan)
          .filter((deployment) => guardedBy(deployment).length !== 1)
          .map((each) => `${each.name} is guarded by ${guardedBy(each).length} budgets`),
        ...budgets.flatMap(({ name, maxUnavailable, selector }) => {
          const guarded = deployments(plan).filter((each) =>
            fits(selector.matchLabels, templateOf(each).metadata.labels),
          );
          return guarded.length === 1 && maxUnavailable >= 1
            ? []
            : [`${name} guards ${guarded.length} Deployments and lets ${maxUnavailable} go`];
        }),
      ];
    },
  },
  {
    key: "two-counts",
    name: "a program and an autoscaler that both say how many pods there are: each update undoes what the load asked for",
    faults: (plan) => {
      const scalers = scalersOf(plan);
      return deployments(plan).flatMap((deployment) => {
        const count = specOf<DeploymentSpec>(deployment).replicas;
        const scaled = scalers.filter(([target]) => target === nameOf(deployment)).length;
        if (scaled > 1) return [`${deployment.name} has ${scaled} autoscalers`];
        return (count === undefined) === (scaled === 1)
          ? []
          : [`${deployment.name}: ${count ?? "no"} replicas and ${scaled} autoscalers`];
      });
    },
  },
  {
    key: "two-schedulers",
    name: "two schedulers in a rollout or by an autoscaler: periodic jobs run twice",
    faults: (plan) => faultsOf(plan, { stack: [queues] }),
  },
  {
    key: "no-ceiling",
    name: "a buffer, a Job or an autoscaler without a ceiling, which takes the node or the database with it",
    faults: (plan) => [
      ...podsOf(plan).flatMap(({ name, kind, owner, spec, containers }) => {
        const volumes = (spec["volumes"] ?? []) as readonly {
          readonly name: string;
          readonly emptyDir?: { readonly sizeLimit?: string };
        }[];
        const job =
          kind === "CronJob"
            ? specOf<{ jobTemplate: { spec: { activeDeadlineSeconds?: number } } }>(owner)
                .jobTemplate.spec
            : specOf<{ activeDeadlineSeconds?: number }>(owner);
        return [
          ...volumes
            .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined)
            .map((volume) => `${name}: the volume ${volume.name}`),
          ...containers
            .filter(({ resources }) => resources?.limits?.["memory"] === undefined)
            .map((container) => `${name}: the memory of ${container.name}`),
          ...(kind === "Deployment" || job.activeDeadlineSeconds !== undefined
            ? []
            : [`${name}: how long it runs`]),
        ];
      }),
      ...scalersOf(plan)
        .filter(([, scaler]) => {
          const { maxReplicas, maxReplicaCount } = specOf<{
            maxReplicas?: number;
            maxReplicaCount?: number;
          }>(scaler);
          return (maxReplicas ?? maxReplicaCount) === undefined;
        })
        .map(([target]) => `how many pods ${target} may have`),
    ],
  },
] as const satisfies readonly Danger[];
