import type { StackConfig } from "./schema.ts";
import { POSTGRES_MEMORY_GIB, type PostgresSize } from "./sizes.ts";

/** One line of the sum of database connections. */
export interface ConnectionDemand {
  readonly who: string;
  readonly connections: number;
}

/** DigitalOcean keeps this many connections of every plan for itself (OpenAPI, `connection_pool`). */
const RESERVED_CONNECTIONS = 3;
/** Connections per GiB of memory (same source). */
const CONNECTIONS_PER_GIB = 25;
/** Direct connections of a migration Job and of a person with `psql` at the same time. */
const DIRECT_CONNECTIONS = 5;
/** Streaming's pool per process when `DB_POOL` is unset (mastodon/mastodon `streaming/database.js`). */
export const STREAMING_CONNECTIONS = 10;

/** Connections that a Postgres plan allows, pools and direct ones together: 25 per GiB, less 3. */
export function backendConnections(size: PostgresSize): number {
  return POSTGRES_MEMORY_GIB[size] * CONNECTIONS_PER_GIB - RESERVED_CONNECTIONS;
}

/** Connections that each part of the server may hold on the transaction pool at once. */
export function poolDemand(
  config: Pick<StackConfig, "web" | "streaming" | "sidekiq">,
): readonly ConnectionDemand[] {
  const { web, streaming, sidekiq } = config;
  return [
    {
      who: `web ${web.replicas} replicas × ${web.workers} workers × ${web.threads} threads`,
      connections: web.replicas * web.workers * web.threads,
    },
    {
      who: `streaming ${streaming.replicas} replicas × ${STREAMING_CONNECTIONS}`,
      connections: streaming.replicas * STREAMING_CONNECTIONS,
    },
    ...sidekiq.map(({ name, replicas, concurrency }) => ({
      who: `sidekiq-${name} ${replicas} replicas × ${concurrency} threads`,
      connections: replicas * concurrency,
    })),
  ];
}

/**
 * Refuses a stack whose parts would wait for database connections, with the sum written out.
 * A transaction pool serves more clients than it has connections, but only while they rest: sized below the demand it turns a
 * busy hour into timeouts (toot.community's outage had this cause).
 * @throws Error with the sum and what to change.
 */
export function checkConnections(
  config: Pick<StackConfig, "web" | "streaming" | "sidekiq" | "postgres">,
): void {
  const { size, poolConnections } = config.postgres;
  const plan = backendConnections(size);
  const demand = poolDemand(config);
  const sum = demand.reduce((total, { connections }) => total + connections, 0);
  const written = demand.map(({ who, connections }) => `  ${who} = ${connections}`).join("\n");
  if (sum > poolConnections)
    throw new Error(
      `mastodon:postgres.poolConnections is ${poolConnections}, but the server may need ${sum} at once:\n${written}\nRaise it to ${sum}, or lower threads, concurrency or replicas.`,
    );
  if (poolConnections + DIRECT_CONNECTIONS > plan)
    throw new Error(
      `mastodon:postgres.poolConnections is ${poolConnections}; with ${DIRECT_CONNECTIONS} direct connections for migrations and a person that is more than the ${plan} that ${size} allows. Lower it to ${plan - DIRECT_CONNECTIONS}, or take a larger mastodon:postgres.size.`,
    );
}
