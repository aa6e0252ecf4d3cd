/** Regions that offer what the stack needs: DOKS, VPC and managed databases (digitalocean/openapi `specification/resources/databases/responses/options.yml`). */
export const REGIONS = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc1",
  "nyc2",
  "nyc3",
  "ric1",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;
