/**
 * Regions with all products that a stack needs: DOKS, Postgres and Valkey (digitalocean/openapi
 * `specification/resources/databases/responses/options.yml` and `GET /v2/kubernetes/options`,
 * 2026-08). No function of the provider returns a region's products.
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

/** Reason why a region with only some of the products is refused; for others the list is enough. */
export function noRegion(region: unknown): string | undefined {
  return region === "nyc2"
    ? 'expected a region with Valkey, which DigitalOcean has not in "nyc2": one near it, such as "nyc1" or "nyc3"'
    : undefined;
}
