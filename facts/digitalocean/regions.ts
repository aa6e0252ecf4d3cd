/**
 * Regions that have all of what a stack needs: DOKS, Postgres and Valkey (digitalocean/openapi
 * `specification/resources/databases/responses/options.yml` and `GET /v2/kubernetes/options`,
 * 2026-08). No function of the provider tells which products a region has.
 */
export const REGIONS = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc1",
  "nyc3",
  "ric1",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;

/** Why not, of a region that has only some of it; the rest is told by the list. */
export function noRegion(region: unknown): string | undefined {
  return region === "nyc2"
    ? 'expected a region with Valkey, which DigitalOcean has not in "nyc2": one near it, such as "nyc1" or "nyc3"'
    : undefined;
}
