import type { StackConfig } from "./schema.ts";
import { SIDEKIQ_QUEUES } from "./sidekiq.ts";

/** What no single value can be wrong about: how they go together. Pure. */

/** A rule of so many top-level keys: judged as soon as those are right by themselves, whatever else is wrong. */
export interface Rule {
  readonly needs: readonly (keyof StackConfig)[];
  /** Sentences for the person who wrote it, each with the key it begins with; none when all is well. */
  readonly faults: (
    config: StackConfig,
  ) => readonly { readonly key: string; readonly says: string }[];
}

export const RULES: readonly Rule[] = [
  {
    needs: ["sidekiq"],
    faults: ({ sidekiq }) =>
      SIDEKIQ_QUEUES.flatMap((queue) => {
        const groups = sidekiq.filter(({ queues }) => queues.includes(queue));
        const names = groups.map(({ name }) => name);
        if (names.length === 1) return [];
        return [
          {
            key: "sidekiq",
            says:
              names.length === 0
                ? `no group works the queue "${queue}": its jobs would wait for ever. Add it to one group`
                : `the queue "${queue}" is in the groups ${names.join(" and ")}. Leave it in one`,
          },
        ];
      }),
  },
  {
    needs: ["sidekiq"],
    faults: ({ sidekiq }) =>
      sidekiq.flatMap(({ name, queues }, at) =>
        new Set(queues).size === queues.length
          ? []
          : [
              {
                key: `sidekiq.${at}.queues`,
                says: `the group "${name}" names a queue twice, and would work it twice as often as its weight says. Name it once`,
              },
            ],
      ),
  },
  {
    needs: ["sidekiq"],
    faults: ({ sidekiq }) => {
      const names = sidekiq.map(({ name }) => name);
      return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) => ({
        key: "sidekiq",
        says: `two groups are called "${name}", and so would be their Deployments. Rename one`,
      }));
    },
  },
  {
    needs: ["sidekiq"],
    faults: ({ sidekiq }) =>
      sidekiq
        .filter(({ queues }) => queues.includes("scheduler"))
        .filter(({ queues, maxReplicas }) => queues.length > 1 || maxReplicas > 1)
        .map(({ name }) => ({
          key: "sidekiq",
          says: `the group "${name}" works the queue "scheduler", so it must work no other queue and have 1 replica: a second scheduler would run every periodic job twice`,
        })),
  },
  {
    needs: ["postgres"],
    faults: ({ postgres }) =>
      postgres.nodes > 1 && postgres.size === "db-s-1vcpu-1gb"
        ? [
            {
              key: "postgres.nodes",
              says: `DigitalOcean offers no standby on "db-s-1vcpu-1gb". Set 1, or take "db-s-1vcpu-2gb" or larger`,
            },
          ]
        : [],
  },
  ...(["web", "streaming"] as const).map((key): Rule => ({
    needs: [key],
    faults: (config) => ceilingFaults(key, config[key]),
  })),
  {
    needs: ["sidekiq"],
    faults: ({ sidekiq }) => sidekiq.flatMap((group, at) => ceilingFaults(`sidekiq.${at}`, group)),
  },
];

function ceilingFaults(
  key: string,
  { replicas, maxReplicas }: { readonly replicas: number; readonly maxReplicas: number },
): readonly { readonly key: string; readonly says: string }[] {
  return maxReplicas < replicas
    ? [
        {
          key: `${key}.maxReplicas`,
          says: `the ceiling of ${maxReplicas} is below the ${replicas} replicas that always run. Raise it to ${replicas}, or leave it out`,
        },
      ]
    : [];
}
