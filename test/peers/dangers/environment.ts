import type { Plan } from "../../../plan/plan-stack.ts";
import { reveal } from "../../../plan/values.ts";
import { copiedSecrets, namedSecrets } from "../../../policy/rules/open-secrets.ts";
import { faultsOf } from "../../policy/resources.ts";
import { environmentOf, podsOf } from "../../stack/views.ts";
import { type Danger } from "./view.ts";

/** Environments of the containers with Mastodon's Rails image. */
function railsEnvironments(
  plan: Plan,
): readonly { readonly name: string; readonly values: ReadonlyMap<string, unknown> }[] {
  const pods = podsOf(plan);
  // Web's image, from any registry: a fork has repositories of its own.
  const rails = pods.find(({ name }) => name === "web")?.containers[0]?.image;
  return pods.flatMap(({ name, containers }) =>
    containers
      .filter(({ image }) => image === rails)
      .map((container) => ({ name, values: environmentOf(plan, container) }))
      .filter(({ values }) => values.size > 0),
  );
}

/** Dangers in the environment of processes. */
export const ENVIRONMENT = [
  {
    key: "open-password",
    name: "a password in a ConfigMap, which whoever may look at pods may read",
    faults: (plan) => faultsOf(plan, { resource: [namedSecrets], stack: [copiedSecrets] }),
  },
  {
    key: "jobs-without-settings",
    name: "settings that the server has and a Job has not: the migration fails where everything else runs",
    faults: (plan) => {
      const environments = railsEnvironments(plan);
      const serving = environments.filter(({ name }) => /^(web|sidekiq-.+)$/u.test(name));
      // Variables that all of them have, except those that only one needs.
      const shared = [...(serving[0]?.values.keys() ?? [])].filter((key) =>
        serving.every(({ values }) => values.has(key)),
      );
      // Those of the pool and the replica, of notifications, and of web's own metrics.
      const notTheirs =
        /^(PREPARED_STATEMENTS|REPLICA_\w+|VAPID_\w+|MASTODON_PROMETHEUS_\w+|PROMETHEUS_\w+|OTEL_\w+)$/u;
      return [
        ...(shared.length === 0 ? ["nothing is told to all"] : []),
        ...environments.flatMap(({ name, values }) =>
          shared
            .filter((key) => !notTheirs.test(key) && !values.has(key))
            .map((key) => `${name} has no ${key}`),
        ),
      ];
    },
  },
  {
    key: "unfilled-template",
    name: "a variable's name where its value should be: two of three encryption keys were set so",
    faults: (plan) =>
      podsOf(plan).flatMap(({ name, containers }) =>
        containers.flatMap((container) =>
          [...environmentOf(plan, container)]
            .map(([key, value]) => [key, String(reveal(value))] as const)
            .filter(
              ([key, value]) =>
                value === key || /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|\$\{|\{\{|!Ref/u.test(value),
            )
            .map(([key, value]) => `${name}: ${key} is ${value}`),
        ),
      ),
  },
] as const satisfies readonly Danger[];
