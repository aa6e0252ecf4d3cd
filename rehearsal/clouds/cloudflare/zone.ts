/** Parts of a zone that this program does not create, because an operator created them by hand. */
export interface CloudflareZone {
  readonly name: string;
  readonly accountId: string;
  /** `active` once the registrar names Cloudflare's name servers; before that `pending`. */
  readonly status?: "active" | "pending";
}
