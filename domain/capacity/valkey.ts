import type { StackConfig } from "../../config/schema.ts";
import { VALKEY_DATA_MIB } from "../../facts/digitalocean/database-plans.ts";
import { budgetOf, type Budget } from "./budget.ts";
import {
  countOf,
  mostOf,
  sidekiqWorkload,
  streamingWorkload,
  webWorkload,
  type Running,
} from "./pods.ts";

/**
 * Valkey's default for `maxclients` (https://valkey.io/topics/clients); DigitalOcean does not
 * publish its own.
 */
const MAX_CLIENTS = 10_000;

/**
 * In addition to its threads, a Puma worker holds 10 connections that queue jobs, and one of its
 * circuit breaker.
 */
const PER_WORKER = 11;
/** In addition to its threads, a Sidekiq process holds 10 connections. */
const PER_SIDEKIQ = 10;
/** Streaming holds exactly two. */
const PER_STREAMING = 2;

/**
 * Memory of one member's home feed, KiB. A feed of 400 entries (mastodon/mastodon
 * `app/lib/feed_manager.rb`) takes 47, measured with `MEMORY USAGE`. Half as much is added for
 * lists and for the index of boosts.
 */
const FEED_KIB = 72;
/** A hundred thousand waiting jobs of about 1 KiB: a bad hour of federation. Assumed. */
const JOBS_MIB = 100;
/** Ten minutes of cached fragments, trends and sessions of limits. Assumed. */
const CACHE_MIB = 100;

/**
 * Budgets of Valkey. With `noeviction` a full one refuses every write: no job is queued, no post is
 * created.
 */
export function valkeyBudgets(
  config: Running & Pick<StackConfig, "valkey" | "members">,
): readonly Budget[] {
  const { valkey, members } = config;
  const cache = { who: "cache", amount: CACHE_MIB };
  return [
    budgetOf(
      { code: "valkey-connections", key: "valkey.size", what: "Connections to Valkey" },
      clientLines(config),
      MAX_CLIENTS,
      "Valkey's own limit, maxclients, is",
    ),
    budgetOf(
      { code: "valkey-memory", key: "valkey.size", what: "Memory of Valkey" },
      [
        {
          who: `home feeds of ${members} members × ${FEED_KIB} KiB`,
          amount: Math.ceil((members * FEED_KIB) / 1024),
        },
        { who: "waiting jobs", amount: JOBS_MIB },
        ...(valkey.cache === undefined ? [cache] : []),
      ],
      VALKEY_DATA_MIB[valkey.size],
      `mastodon:valkey.size ${valkey.size} leaves for data`,
      " MiB",
    ),
    ...(valkey.cache === undefined
      ? []
      : [
          budgetOf(
            {
              code: "cache-memory",
              key: "valkey.cache.size",
              what: "Memory of the cache's Valkey",
            },
            [cache],
            VALKEY_DATA_MIB[valkey.cache.size],
            `mastodon:valkey.cache.size ${valkey.cache.size} leaves for data`,
            " MiB",
          ),
        ]),
  ];
}

/**
 * Rails keeps one connection for each thread and one for its cache; Sidekiq one more for each
 * thread's jobs.
 */
function clientLines({ web, streaming, sidekiq }: Running): Budget["lines"] {
  const line = (who: string, processes: number, each: number) => ({
    who: `${who} × ${each}`,
    amount: processes * each,
  });
  return [
    line(
      `${countOf(webWorkload({ web }))} × ${web.workers} workers`,
      mostOf(webWorkload({ web })) * web.workers,
      2 * web.threads + PER_WORKER,
    ),
    ...sidekiq.map((group) => {
      const workload = sidekiqWorkload(group);
      return line(countOf(workload), mostOf(workload), 3 * group.concurrency + PER_SIDEKIQ);
    }),
    line(
      countOf(streamingWorkload(streaming)),
      mostOf(streamingWorkload(streaming)),
      PER_STREAMING,
    ),
  ];
}
