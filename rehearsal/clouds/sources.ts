/** The origin of a row: the state of the real provider's source, and the day of it. */
export interface RowSource {
  readonly date: string;
  readonly of: string;
}

/**
 * Of every row of DigitalOcean. A plugin of it was driven on 2026-11-28, beside a stand-in for the
 * API.
 */
export const DIGITALOCEAN_SOURCE: RowSource = {
  date: "2026-08-06",
  of: "digitalocean/terraform-provider-digitalocean 401992a1 (2.99.1)",
};

/** Of every row of Cloudflare; driven likewise. */
export const CLOUDFLARE_SOURCE: RowSource = {
  date: "2026-07-10",
  of: "cloudflare/terraform-provider-cloudflare a2efdc578 (5.22.0)",
};
