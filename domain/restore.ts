import type { StackConfig } from "../config/schema.ts";
import { databaseClustersOf } from "./database-clusters.ts";

/** A restore that an update does, derived from the configuration. */
export interface RestorePlan {
  readonly dump: Dump;
  /** Connections of pg_restore at the same time. */
  readonly jobs: number;
  /** Room for the encrypted and the plain dump at the same time, MiB. */
  readonly workMib: number;
}

/** `postgres.origin.dump`. */
export type Dump = NonNullable<NonNullable<StackConfig["postgres"]["origin"]>["dump"]>;

/** Components of a restore's pods, as the network policies know them. */
export const RESTORE_COMPONENTS = {
  restore: "restore",
  grants: "database-regrants",
  canary: "restore-canary",
} as const;

/**
 * Entries of a dump's list that only a superuser may create, as an extended regular expression. The
 * extension is PgHero's, and DigitalOcean has its own.
 */
export const FOREIGN_ENTRIES = " (COMMENT - )?(EXTENSION|SCHEMA) ";

/** Room for the list, the counts and what a file system adds, MiB. */
const BESIDE_MIB = 64;

/** The restore of a configuration; undefined if there is none, or if it is done. */
export function restoreOf({ postgres }: Pick<StackConfig, "postgres">): RestorePlan | undefined {
  const { serving, newest } = databaseClustersOf(postgres);
  const dump = postgres.origin?.dump;
  if (dump === undefined || dump.restored || serving !== newest) return undefined;
  return {
    dump,
    // More than one for each processor of the plan waits for them. Its slug has their number.
    jobs: Number(/-(\d+)vcpu-/u.exec(postgres.size)?.[1] ?? 1),
    workMib: Math.ceil((2 * dump.bytes) / 2 ** 20) + BESIDE_MIB,
  };
}
