import { knownFactsOf } from "../../facts/mastodon/minors.ts";
import { mediaFaults } from "./media.ts";
import { apexFaults, mailFaults } from "./edge.ts";
import { originFaults } from "./origin.ts";
import { nameFaults } from "./names.ts";
import { OPTION_RULES } from "./options.ts";
import { versionFaults } from "./versions.ts";
import { versionOf } from "../../domain/images.ts";
import type { StackConfig } from "../../config/schema.ts";
import type { Cure } from "../../domain/fault.ts";
import { POSTGRES_SIZES } from "../../facts/digitalocean/database-plans.ts";
import { rule, type Rule, type RuleFault } from "./rule.ts";

/** Every rule, except those about budgets (`domain/capacity`). */
export const RULES: readonly Rule[] = [
  rule(["sidekiq", "fork"], eachQueueOnce),
  rule(["sidekiq"], noQueueTwiceInAGroup),
  rule(["sidekiq"], groupNamesDiffer),
  rule(["sidekiq"], oneScheduler),
  rule(["web"], ({ web }) => ceilingFaults("web", web)),
  rule(["sidekiq"], ({ sidekiq }) =>
    sidekiq.flatMap((group, at) => ceilingFaults(`sidekiq.${at}`, group)),
  ),
  rule(["cluster"], poolGrows),
  rule(["cluster", "fork"], (config) => versionFaults(config)),
  rule(["postgres"], ({ postgres }) => standbyIsOffered("postgres", postgres)),
  rule(["valkey"], ({ valkey }) => standbyIsOffered("valkey", valkey)),
  rule(["postgres"], replicaHoldsTheDatabase),
  rule(["postgres", "stopped", "backup"], originFaults),
  rule(["media", "domain", "region"], mediaFaults),
  rule(["domain", "webDomain", "cloudflare", "hosts", "media", "region", "dns"], nameFaults),
  rule(["domain", "webDomain", "cloudflare"], apexFaults),
  rule(["domain", "webDomain", "cloudflare", "dns"], mailFaults),
  ...OPTION_RULES,
];

function eachQueueOnce({
  sidekiq,
  fork,
}: Pick<StackConfig, "sidekiq" | "fork">): readonly RuleFault[] {
  const all = knownFactsOf(versionOf({ fork }))?.queues ?? [];
  return all.flatMap(({ name: queue }): readonly RuleFault[] => {
    const names = sidekiq
      .filter((group) => group.queues.some((each) => each === queue))
      .map(({ name }) => name);
    if (names.length === 1) return [];
    if (names.length === 0)
      return [
        {
          code: "queue-without-group",
          key: "sidekiq",
          says: `no group processes the queue "${queue}", so its jobs would never run`,
          cures: sidekiq
            .flatMap(({ queues, replicas, maxReplicas }, at) =>
              // The scheduler runs in one pod, and should be alone there.
              queue === "scheduler"
                ? Math.max(replicas, maxReplicas) === 1
                  ? [{ set: { [`sidekiq.${at}.queues`]: [...queues, queue] } }]
                  : []
                : queues.includes("scheduler")
                  ? []
                  : [{ set: { [`sidekiq.${at}.queues`]: [...queues, queue] } }],
            )
            .slice(0, 2),
        },
      ];
    return [
      {
        code: "queue-in-two-groups",
        key: "sidekiq",
        says: `the queue "${queue}" is in the groups ${names.join(" and ")}`,
        cures: sidekiq.flatMap(({ queues }, at) =>
          queues.some((each) => each === queue) && names.length === 2
            ? [withoutQueue(queues, queue, at)]
            : [],
        ),
      },
    ];
  });
}

/** Removes a queue; a group with only this queue is removed, too. */
function withoutQueue(queues: readonly string[], queue: string, at: number): Cure {
  const others = queues.filter((each) => each !== queue);
  return others.length === 0
    ? { remove: [`sidekiq.${at}`] }
    : { set: { [`sidekiq.${at}.queues`]: others } };
}

function noQueueTwiceInAGroup({ sidekiq }: Pick<StackConfig, "sidekiq">): readonly RuleFault[] {
  return sidekiq.flatMap(({ queues }, at) =>
    new Set(queues).size === queues.length
      ? []
      : [
          {
            code: "queue-twice",
            key: `sidekiq.${at}.queues`,
            says: "a queue is listed twice, so it would be processed twice as often as its weight says",
            cures: [{ set: { [`sidekiq.${at}.queues`]: [...new Set(queues)] } }],
          },
        ],
  );
}

function groupNamesDiffer({ sidekiq }: Pick<StackConfig, "sidekiq">): readonly RuleFault[] {
  const names = sidekiq.map(({ name }) => name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) => ({
    code: "group-name-twice",
    key: "sidekiq",
    says: `two groups are called "${name}", and so would be their Deployments`,
    cures: [{ set: { [`sidekiq.${names.lastIndexOf(name)}.name`]: `${name.slice(0, 29)}-2` } }],
  }));
}

function oneScheduler({ sidekiq }: Pick<StackConfig, "sidekiq">): readonly RuleFault[] {
  return sidekiq.flatMap(({ queues, replicas, maxReplicas }, at) =>
    queues.includes("scheduler") && Math.max(replicas, maxReplicas) > 1
      ? [
          {
            code: "scheduler-twice",
            key: `sidekiq.${at}.replicas`,
            says: `the group processes the queue "scheduler" and may have ${Math.max(replicas, maxReplicas)} pods, each of which would run every periodic job. Give the queue a group of its own, or keep one pod`,
            cures: [
              { set: { [`sidekiq.${at}.replicas`]: 1 }, remove: [`sidekiq.${at}.maxReplicas`] },
            ],
          },
        ]
      : [],
  );
}

function ceilingFaults(
  key: string,
  { replicas, maxReplicas }: { readonly replicas: number; readonly maxReplicas: number },
): readonly RuleFault[] {
  return maxReplicas < replicas
    ? [
        {
          code: "max-below-replicas",
          key: `${key}.maxReplicas`,
          says: `${maxReplicas} is below the ${replicas} replicas that always run`,
          cures: [
            { set: { [`${key}.maxReplicas`]: replicas } },
            { remove: [`${key}.maxReplicas`] },
          ],
        },
      ]
    : [];
}

function poolGrows({
  cluster: { workloadPool },
}: Pick<StackConfig, "cluster">): readonly RuleFault[] {
  const { nodes, maxNodes } = workloadPool;
  return maxNodes !== undefined && maxNodes <= nodes
    ? [
        {
          code: "pool-maximum",
          key: "cluster.workloadPool.maxNodes",
          says: `${maxNodes} is not more than the ${nodes} nodes that the pool always has`,
          cures: [
            { set: { "cluster.workloadPool.maxNodes": nodes + 1 }, note: "or more" },
            { remove: ["cluster.workloadPool.maxNodes"] },
          ],
        },
      ]
    : [];
}

/**
 * digitalocean/openapi, GET /v2/databases/options: `num_nodes` 2 and 3 start at 2 GiB, for both
 * engines.
 */
function standbyIsOffered(
  key: string,
  { nodes, size }: { readonly nodes: number; readonly size: string },
): readonly RuleFault[] {
  return nodes > 1 && size === "db-s-1vcpu-1gb"
    ? [
        {
          code: "no-standby",
          key: `${key}.nodes`,
          says: `DigitalOcean offers no standby on "db-s-1vcpu-1gb"`,
          cures: [
            { set: { [`${key}.nodes`]: 1 } },
            { set: { [`${key}.size`]: "db-s-1vcpu-2gb" }, note: "or larger" },
          ],
        },
      ]
    : [];
}

function replicaHoldsTheDatabase({
  postgres,
}: Pick<StackConfig, "postgres">): readonly RuleFault[] {
  const replica = postgres.readReplica?.size;
  return replica !== undefined &&
    POSTGRES_SIZES.indexOf(replica) < POSTGRES_SIZES.indexOf(postgres.size)
    ? [
        {
          code: "replica-too-small",
          key: "postgres.readReplica.size",
          says: `"${replica}" is smaller than the database's "${postgres.size}", and a replica holds all of it`,
          cures: [{ set: { "postgres.readReplica.size": postgres.size }, note: "or larger" }],
        },
      ]
    : [];
}
