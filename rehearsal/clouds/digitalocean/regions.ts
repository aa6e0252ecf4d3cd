import { REGIONS as WITH_EVERYTHING } from "../../../facts/digitalocean/regions.ts";

/**
 * Regions with DOKS, VPC and Postgres: one more than those that have Valkey, too
 * (digitalocean/openapi `specification/resources/databases/responses/options.yml`, 2026-08).
 */
export const REGIONS: readonly string[] = [...WITH_EVERYTHING, "nyc2"];
