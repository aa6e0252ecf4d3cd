/**
 * Plans of DigitalOcean's managed databases (digitalocean/openapi
 * `specification/resources/databases`, GET /v2/databases/options). A size that is not listed is
 * refused. To add one, look up its memory and its price.
 */

/** Memory of each Postgres plan, GiB. It determines the number of connections. */
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

/**
 * Memory of each Valkey plan for data, MiB. It is about half, because Valkey forks itself to save
 * and to copy. If it runs out of memory then, it stops answering
 * (https://docs.digitalocean.com/products/databases/redis/details/memory-usage, "Available
 * Memory").
 */
export const VALKEY_DATA_MIB = {
  "db-s-1vcpu-1gb": 512,
  "db-s-1vcpu-2gb": 1_228,
  "db-s-2vcpu-4gb": 2_560,
  "db-s-4vcpu-8gb": 5_324,
  "db-s-6vcpu-16gb": 11_776,
} as const;

/** Slug of a Valkey plan that suits a Mastodon server. */
export type ValkeySize = keyof typeof VALKEY_DATA_MIB;

/** The slugs, smallest first. */
export const VALKEY_SIZES = Object.keys(VALKEY_DATA_MIB) as [ValkeySize, ...ValkeySize[]];
