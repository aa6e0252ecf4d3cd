/** Parts of a zone that this program does not create: an operator made them by hand before. */
export interface CloudflareZone {
  readonly name: string;
  readonly accountId: string;
  /** `active` once the registrar names Cloudflare's name servers; before that `pending`. */
  readonly status?: "active" | "pending";
}
