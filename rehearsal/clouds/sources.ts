/** Source of a row: the version of the real provider's source, and the date. */
export interface RowSource {
  readonly date: string;
  readonly of: string;
}

/** Source of every row of DigitalOcean. Its plugin was run on 2026-11-28 against a fake API. */
export const DIGITALOCEAN_SOURCE: RowSource = {
  date: "2026-08-06",
  of: "digitalocean/terraform-provider-digitalocean 401992a1 (2.99.1)",
};

/** Source of every row of Cloudflare; its plugin was run the same way. */
export const CLOUDFLARE_SOURCE: RowSource = {
  date: "2026-07-10",
  of: "cloudflare/terraform-provider-cloudflare a2efdc578 (5.22.0)",
};
