import type { StackConfig } from "../config/schema.ts";

/**
 * Postgres clusters of a stack, by number. A restore puts a new one beside the one that serves, and
 * the way back is a word in the stack file. No update ever puts data over other data.
 */

/** The clusters that a configuration has. */
export interface DatabaseClusters {
  /** Number of the one that everything uses. */
  readonly serving: number;
  /** Number of the one that stays beside it and admits nobody; undefined: there is none. */
  readonly idle: number | undefined;
  /** The highest number, which `origin` describes. */
  readonly newest: number;
}

/** The clusters of `postgres.origin.number` and `postgres.former`. */
export function databaseClustersOf({
  origin,
  former = "keep",
}: Pick<StackConfig["postgres"], "origin" | "former">): DatabaseClusters {
  const newest = origin?.number ?? 1;
  const before = newest - 1;
  if (before === 0) return { serving: newest, idle: undefined, newest };
  return former === "serve"
    ? { serving: before, idle: newest, newest }
    : { serving: newest, idle: former === "keep" ? before : undefined, newest };
}

/** Logical name of a cluster's component. The first has none in it, so that its URNs stay. */
export function postgresNameOf(number: number): string {
  return number === 1 ? "postgres" : `postgres-${number}`;
}
