/**
 * Plans of DigitalOcean's managed databases (digitalocean/openapi `specification/resources/databases`, GET /v2/databases/options).
 * A size that is not here is refused: adding it means having looked up its memory.
 */

/** Memory of each Postgres plan, GiB. It decides the connections that the plan allows. */
export const POSTGRES_MEMORY_GIB = {
  "db-s-1vcpu-1gb": 1,
  "db-s-1vcpu-2gb": 2,
  "db-s-2vcpu-4gb": 4,
  "db-s-4vcpu-8gb": 8,
  "db-s-6vcpu-16gb": 16,
} as const;

/** Slug of a Postgres plan. */
export type PostgresSize = keyof typeof POSTGRES_MEMORY_GIB;

/** The slugs, smallest first. */
export const POSTGRES_SIZES = Object.keys(POSTGRES_MEMORY_GIB) as [PostgresSize, ...PostgresSize[]];

/** Slugs of the Valkey plans that suit a Mastodon server, smallest first. */
export const VALKEY_SIZES = [
  "db-s-1vcpu-1gb",
  "db-s-1vcpu-2gb",
  "db-s-2vcpu-4gb",
  "db-s-4vcpu-8gb",
  "db-s-6vcpu-16gb",
] as const;
