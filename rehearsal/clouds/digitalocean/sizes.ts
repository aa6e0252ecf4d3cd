import { POSTGRES_INCLUDED_GIB } from "../../../facts/digitalocean/prices.ts";
import type { PostgresSize } from "../../../facts/digitalocean/database-plans.ts";

/**
 * Droplet sizes for nodes: those of DOKS whose allocatable is known
 * (`rehearsal/kubernetes/droplet-sizes.ts`; https://slugs.do-api.dev; GET /v2/kubernetes/options).
 */
export const NODE_SIZES = [
  "s-1vcpu-2gb",
  "s-2vcpu-2gb",
  "s-2vcpu-4gb",
  "s-2vcpu-4gb-amd",
  "s-2vcpu-4gb-intel",
  "s-4vcpu-8gb",
  "s-4vcpu-8gb-amd",
  "s-4vcpu-8gb-intel",
] as const;

/**
 * Sizes of Postgres, with their memory in GiB (digitalocean/openapi
 * `specification/resources/databases/responses/options.yml`).
 */
export const POSTGRES_SIZES: Readonly<Record<string, number>> = {
  "db-s-1vcpu-1gb": 1,
  "db-s-1vcpu-2gb": 2,
  "db-s-2vcpu-4gb": 4,
  "db-s-4vcpu-8gb": 8,
  "db-s-6vcpu-16gb": 16,
};

/** Sizes of Valkey (same file). */
export const VALKEY_SIZES: readonly string[] = [
  ...Object.keys(POSTGRES_SIZES),
  "db-s-8vcpu-32gb",
  "db-s-16vcpu-64gb",
];

/**
 * Default disk of a plan, MiB, from the price list. 60 GiB for `db-s-2vcpu-4gb` is from the API
 * description's own example (digitalocean/openapi 7c1300c4, 2026-08-07,
 * `databases/examples/curl/databases_create_cluster.yml`). For Valkey the same is assumed.
 * Undefined for a plan whose disk is not published.
 */
export function planStorageMib(size: string): number | undefined {
  const gib = size === "db-s-2vcpu-4gb" ? 60 : POSTGRES_INCLUDED_GIB[size as PostgresSize];
  return gib === undefined ? undefined : gib * 1024;
}

/**
 * Disk of a new database as the API returns it: the requested size, or the plan's own.
 * @throws for a plan whose disk is not published.
 */
export function storageOf(asked: unknown, size: string): string {
  const mib = /^[1-9]\d*$/.test(String(asked)) ? Number(asked) : planStorageMib(size);
  if (mib === undefined)
    throw new Error(
      `The rehearsal knows no disk of the plan ${size}. Ask for one by storageSizeMib, or add it with its source in rehearsal/clouds/digitalocean/sizes.ts.`,
    );
  return String(mib);
}

/** Rank of a plan among all, by its size; -1 for an unknown one. */
export function databaseRank(size: string): number {
  return VALKEY_SIZES.indexOf(size);
}

/**
 * Backend connections of a Postgres plan: 25 for each GiB of memory, minus three reserved. Pools
 * and direct connections share them (digitalocean/openapi
 * `specification/resources/databases/models/connection_pool.yml`).
 */
export function backendConnections(size: string): number {
  const gib = POSTGRES_SIZES[size];
  if (gib === undefined)
    throw new Error(
      `The rehearsal knows no memory for the Postgres size ${size}; add it in rehearsal/clouds/digitalocean/sizes.ts.`,
    );
  return 25 * gib - 3;
}

/** `1.36.0-do.3` as a number that grows with the version. */
export function versionRank(version: string): number {
  const [major = 0, minor = 0, patch = 0, build = 0] = (version.match(/\d+/g) ?? []).map(Number);
  return ((major * 1000 + minor) * 1000 + patch) * 1000 + build;
}
