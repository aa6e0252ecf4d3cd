import { NODE_PRICES } from "../../facts/digitalocean/prices.ts";
import type { StackConfig } from "../../config/schema.ts";
import {
  POSTGRES_SIZES,
  VALKEY_SIZES,
  type PostgresSize,
} from "../../facts/digitalocean/database-plans.ts";
import type { Cure } from "../fault.ts";
import { NODE_SIZES, NODES, type NodeSize } from "../../facts/digitalocean/droplets.ts";
import { backendConnections, directConnections, poolLines } from "./connections.ts";

/** Settings that an operator can change if a resource is short. */

/** One change of a setting. */
export interface Turn {
  /** Remedy: the change to write into the stack file. */
  readonly cure: Cure;
  /** Configuration after the change. */
  readonly config: StackConfig;
  /** Whether members wait longer under load, because the server gets less to work with. */
  readonly slower?: true;
}

/** Changes of one setting, the smallest first. */
export type Knob = readonly Turn[];

/**
 * Every setting, those that members notice least first: at equal cost the earlier one is suggested.
 */
export function knobsOf(config: StackConfig): readonly Knob[] {
  const { cluster, postgres, valkey, web, streaming, sidekiq } = config;
  const { workloadPool } = cluster;
  const pool = poolLines(config).reduce((sum, { amount }) => sum + amount, 0);
  const withPool = (changed: Partial<StackConfig["cluster"]["workloadPool"]>): StackConfig => ({
    ...config,
    cluster: { ...cluster, workloadPool: { ...workloadPool, ...changed } },
  });
  const withGroup = (
    at: number,
    changed: Partial<StackConfig["sidekiq"][number]>,
  ): StackConfig => ({
    ...config,
    sidekiq: sidekiq.with(at, { ...sidekiq[at]!, ...changed }),
  });
  return [
    [pool, backendConnections(postgres.size) - directConnections(config)]
      .filter((connections) => connections > 0)
      .map((poolConnections) =>
        turn("postgres.poolConnections", poolConnections, {
          ...config,
          postgres: { ...postgres, poolConnections },
        }),
      ),
    after(POSTGRES_SIZES, postgres.size).map((size) => withDatabase(config, size, pool)),
    after(POSTGRES_SIZES, postgres.readReplica?.size).map((size) =>
      turn("postgres.readReplica.size", size, {
        ...config,
        postgres: { ...postgres, readReplica: { size } },
      }),
    ),
    after(VALKEY_SIZES, valkey.size).map((size) =>
      turn("valkey.size", size, { ...config, valkey: { ...valkey, size } }),
    ),
    // If there is no Valkey for the cache yet, any size.
    VALKEY_SIZES.slice(
      valkey.cache === undefined ? 0 : VALKEY_SIZES.indexOf(valkey.cache.size) + 1,
    ).map((size) =>
      turn("valkey.cache.size", size, { ...config, valkey: { ...valkey, cache: { size } } }),
    ),
    down(web.maxReplicas, web.replicas).map((maxReplicas) =>
      less("web.maxReplicas", maxReplicas, { ...config, web: { ...web, maxReplicas } }),
    ),
    ...sidekiq.map((group, at) =>
      down(group.maxReplicas, group.replicas).map((maxReplicas) =>
        less(`sidekiq.${at}.maxReplicas`, maxReplicas, withGroup(at, { maxReplicas })),
      ),
    ),
    down(web.threads, 1).map((threads) =>
      less("web.threads", threads, { ...config, web: { ...web, threads } }),
    ),
    down(streaming.connections, 1).map((connections) =>
      less("streaming.connections", connections, {
        ...config,
        streaming: { ...streaming, connections },
      }),
    ),
    ...sidekiq.map((group, at) =>
      down(group.concurrency, 1).map((concurrency) =>
        less(`sidekiq.${at}.concurrency`, concurrency, withGroup(at, { concurrency })),
      ),
    ),
    down(web.workers, 1).map((workers) =>
      less("web.workers", workers, { ...config, web: { ...web, workers } }),
    ),
    // A pool that grows on demand costs the maximum once it has grown.
    upTo(workloadPool.maxNodes ?? workloadPool.nodes).map((maxNodes) =>
      turn("cluster.workloadPool.maxNodes", maxNodes, withPool({ maxNodes })),
    ),
    upTo(workloadPool.nodes)
      .filter((nodes) => nodes < (workloadPool.maxNodes ?? Infinity))
      .map((nodes) => turn("cluster.workloadPool.nodes", nodes, withPool({ nodes }))),
    upTo(cluster.basePool.nodes).map((nodes) =>
      turn("cluster.basePool.nodes", nodes, {
        ...config,
        cluster: { ...cluster, basePool: { ...cluster.basePool, nodes } },
      }),
    ),
    largerNodes(config),
  ];
}

/**
 * Whether a node of this size has more memory, from the same maker. The equivalent sizes of other
 * makers cost more without more memory.
 */
function isLarger(size: NodeSize, than: NodeSize): boolean {
  const maker = (of: NodeSize): string | undefined => /-(intel|amd)$/u.exec(of)?.[1];
  return NODES[size].memoryGib > NODES[than].memoryGib && maker(size) === maker(than);
}

/** Larger nodes, cheapest first: two large ones may cost less than five small ones. */
function largerNodes(config: StackConfig): Knob {
  const { cluster } = config;
  const { nodes, maxNodes, ...pool } = cluster.workloadPool;
  const key = "cluster.workloadPool";
  return NODE_SIZES.filter((size) => isLarger(size, pool.size))
    .flatMap((size) => [nodes, ...upTo(nodes)].map((count) => ({ size, count })))
    .map(({ size, count }) => {
      const grows = maxNodes !== undefined && maxNodes > count;
      const workloadPool = { size, nodes: count, ...(grows ? { maxNodes } : {}) };
      const cure = {
        set: { [`${key}.size`]: size, ...(count === nodes ? {} : { [`${key}.nodes`]: count }) },
        ...(maxNodes === undefined || grows ? {} : { remove: [`${key}.maxNodes`] }),
      };
      const most = NODE_PRICES[size] * (grows ? maxNodes : count);
      return { cure, most, config: { ...config, cluster: { ...cluster, workloadPool } } };
    })
    .sort((one, other) => one.most - other.most);
}

function turn(key: string, value: string | number, config: StackConfig): Turn {
  return { cure: { set: { [key]: value } }, config };
}

/** A change after which the server has less to work with. */
function less(key: string, value: number, config: StackConfig): Turn {
  return { ...turn(key, value, config), slower: true };
}

/** A larger plan allows a larger pool, and has no effect before the pool has grown. */
function withDatabase(config: StackConfig, size: PostgresSize, pool: number): Turn {
  const { postgres } = config;
  const poolConnections = Math.max(postgres.poolConnections, pool);
  // A replica can't be smaller than its database.
  const replica =
    postgres.readReplica !== undefined &&
    POSTGRES_SIZES.indexOf(postgres.readReplica.size) < POSTGRES_SIZES.indexOf(size)
      ? { readReplica: { size } }
      : {};
  const changed = { ...config, postgres: { ...postgres, size, poolConnections, ...replica } };
  return {
    cure: {
      set: {
        "postgres.size": size,
        ...(poolConnections === postgres.poolConnections
          ? {}
          : { "postgres.poolConnections": poolConnections }),
        ...("readReplica" in replica ? { "postgres.readReplica.size": size } : {}),
      },
    },
    config: changed,
  };
}

function after<T>(all: readonly T[], current: T | undefined): readonly T[] {
  return current === undefined ? [] : all.slice(all.indexOf(current) + 1);
}

/** Down to more than half: with half of the threads it is another server, not a remedy. */
function down(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, from - to) }, (_, at) => from - 1 - at).filter(
    (value) => value > from / 2,
  );
}

/** A few more: a larger gap needs larger nodes. */
function upTo(from: number): readonly number[] {
  return Array.from({ length: 8 }, (_, at) => from + 1 + at);
}
