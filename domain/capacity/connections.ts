import type { StackConfig } from "../../config/schema.ts";
import { POSTGRES_MEMORY_GIB, type PostgresSize } from "../../facts/digitalocean/database-plans.ts";
import { upkeepConnections, upkeepTasks } from "../upkeep.ts";
import { budgetOf, type Budget } from "./budget.ts";
import {
  countOf,
  mostOf,
  sidekiqWorkload,
  streamingWorkload,
  webWorkload,
  type Running,
} from "./pods.ts";

/** Number of connections of every plan that DigitalOcean reserves (OpenAPI, `connection_pool`). */
const RESERVED_CONNECTIONS = 3;
/** Connections per GiB of memory (same source). */
const CONNECTIONS_PER_GIB = 25;

/** Connections that bypass the pool (direct port) during a release, worst case. */
const RELEASE = [
  { who: "migration Job, with the one that holds its lock", amount: 2 },
  { who: "grants Job", amount: 1 },
] as const;

/**
 * Connections reserved for an administrator: `psql` and one dump. A dump by schedule takes both,
 * one for its lock and its snapshot. A migration waits with one meanwhile, and has three.
 */
const PERSON = { who: "a person with psql, and a dump", amount: 2 } as const;

/** Connections that a Postgres plan allows, pools and direct ones together: 25 per GiB, less 3. */
export function backendConnections(size: PostgresSize): number {
  return POSTGRES_MEMORY_GIB[size] * CONNECTIONS_PER_GIB - RESERVED_CONNECTIONS;
}

/**
 * All connections that bypass the pool: those of a release, of the nightly tasks and of filling the
 * search server.
 */
function directLines({ upkeep, search }: Pick<StackConfig, "upkeep" | "search">): Budget["lines"] {
  return [
    ...releaseLines(search),
    PERSON,
    ...(upkeepTasks(upkeep).length === 0
      ? []
      : [
          // One at a time, because their hours differ.
          { who: `upkeep ${upkeep.threads} + 1 threads`, amount: upkeepConnections(upkeep) },
        ]),
  ];
}

/** The search Job runs after the migrations, so the larger of the two counts. */
function releaseLines(search: StackConfig["search"]): Budget["lines"] {
  const filling = search === undefined ? 0 : search.threads + 1;
  return filling <= RELEASE.reduce((sum, { amount }) => sum + amount, 0)
    ? RELEASE
    : [{ who: `search Job ${filling - 1} + 1 threads`, amount: filling }];
}

/** Connections that bypass the pool. */
export function directConnections(config: Pick<StackConfig, "upkeep" | "search">): number {
  return directLines(config).reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * Connections of each part of the server to the transaction pool, at maximum scale and during a
 * rollout.
 */
export function poolLines({ web, streaming, sidekiq }: Running): Budget["lines"] {
  return [
    ...railsLines({ web, sidekiq }),
    {
      who: `${countOf(streamingWorkload(streaming))} × ${streaming.connections}`,
      amount: mostOf(streamingWorkload(streaming)) * streaming.connections,
    },
  ];
}

/** Connections of Rails' processes: one for each thread. */
function railsLines({ web, sidekiq }: Pick<Running, "web" | "sidekiq">): Budget["lines"] {
  return [
    {
      who: `${countOf(webWorkload({ web }))} × ${web.workers} workers × ${web.threads} threads`,
      amount: mostOf(webWorkload({ web })) * web.workers * web.threads,
    },
    ...sidekiq.map((group) => ({
      who: `${countOf(sidekiqWorkload(group))} × ${group.concurrency} threads`,
      amount: mostOf(sidekiqWorkload(group)) * group.concurrency,
    })),
  ];
}

/**
 * Budgets of database connections. A transaction pool serves more clients than it has connections,
 * but only while they are idle. If it is smaller than the demand, a busy hour ends in timeouts (the
 * cause of toot.community's outage).
 */
export function connectionBudgets(
  config: Running & Pick<StackConfig, "postgres" | "upkeep" | "search">,
): readonly Budget[] {
  const { size, poolConnections, readReplica } = config.postgres;
  return [
    budgetOf(
      {
        code: "pool-connections",
        key: "postgres.poolConnections",
        what: "Database connections through the pool",
      },
      poolLines(config),
      poolConnections,
      "mastodon:postgres.poolConnections gives",
    ),
    budgetOf(
      { code: "database-connections", key: "postgres.size", what: "Database connections in all" },
      [{ who: "the pool", amount: poolConnections }, ...directLines(config)],
      backendConnections(size),
      `mastodon:postgres.size ${size} gives`,
    ),
    ...(readReplica === undefined
      ? []
      : [
          budgetOf(
            {
              code: "replica-connections",
              key: "postgres.readReplica.size",
              what: "Connections to the read replica, which has no pool",
            },
            railsLines(config),
            backendConnections(readReplica.size),
            `mastodon:postgres.readReplica.size ${readReplica.size} gives`,
          ),
        ]),
  ];
}
