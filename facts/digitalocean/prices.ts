import type { NodeSize } from "./droplets.ts";
import type { PostgresSize, ValkeySize } from "./database-plans.ts";

/** Date of the price list. */
export const PRICES_OF = "2026-09-30";

/**
 * DigitalOcean's prices, US dollars a month without tax. Collected from public records of bills and
 * price lists, last seen on the date above. The authority is https://www.digitalocean.com/pricing.
 * The types require a price for each size.
 */

/** Price of one node of a pool, which is that of a Droplet of its size. */
export const NODE_PRICES: Readonly<Record<NodeSize, number>> = {
  "s-1vcpu-2gb": 12,
  "s-2vcpu-2gb": 18,
  "s-2vcpu-4gb": 24,
  "s-2vcpu-4gb-intel": 28,
  "s-2vcpu-4gb-amd": 28,
  "s-4vcpu-8gb": 48,
  "s-4vcpu-8gb-intel": 56,
  "s-4vcpu-8gb-amd": 56,
};

/**
 * One node of a Postgres plan, with the smallest disk that the plan has. A standby or a replica
 * costs the same again.
 */
export const POSTGRES_PRICES: Readonly<Record<PostgresSize, number>> = {
  "db-s-1vcpu-1gb": 15.15,
  "db-s-1vcpu-2gb": 30.45,
  "db-s-2vcpu-4gb": 60.9,
  "db-s-4vcpu-8gb": 122.1,
  // Seen only as "about 244".
  "db-s-6vcpu-16gb": 244,
};

/** Smallest disk of a Postgres plan, GiB, if it is known; more costs extra. */
export const POSTGRES_INCLUDED_GIB: Readonly<Partial<Record<PostgresSize, number>>> = {
  "db-s-1vcpu-1gb": 10,
  "db-s-1vcpu-2gb": 30,
  "db-s-4vcpu-8gb": 140,
};

/** One more GiB of a Postgres node's disk. */
export const POSTGRES_GIB_PRICE = 0.21;

/** One Valkey of a plan. */
export const VALKEY_PRICES: Readonly<Record<ValkeySize, number>> = {
  "db-s-1vcpu-1gb": 15,
  "db-s-1vcpu-2gb": 30,
  "db-s-2vcpu-4gb": 60,
  "db-s-4vcpu-8gb": 120,
  "db-s-6vcpu-16gb": 240,
};

/** A second control plane. The first one is free. */
export const HIGH_AVAILABILITY_PRICE = 40;

/**
 * Spaces for the whole account, with any number of buckets. It includes 250 GiB and 1 TiB of
 * traffic; more costs by use.
 */
export const SPACES_PRICE = 5;

/**
 * Cloudflare R2 by use (developers.cloudflare.com/r2/pricing): the first of each is free every
 * month, and egress is free.
 */
export const R2_PRICES = {
  storage: { perGb: 0.015, freeGb: 10 },
  writes: { perMillion: 4.5, freeMillions: 1 },
  reads: { perMillion: 0.36, freeMillions: 10 },
} as const;

/**
 * One uptime check; its alerts cost nothing
 * (https://docs.digitalocean.com/products/uptime/details/pricing/, as of 2026-03-27).
 */
export const UPTIME_CHECK_PRICE = 1;
