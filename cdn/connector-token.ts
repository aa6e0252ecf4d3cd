/** The three facts of a connector's token. */
export interface ConnectorTokenArgs {
  readonly accountId: string;
  readonly tunnelId: string;
  /** The tunnel's secret, base64 of 32 bytes or more. */
  readonly secret: string;
}

/**
 * The token with which cloudflared runs a tunnel: base64 of a JSON object with account (`a`),
 * tunnel (`t`) and secret (`s`), as cloudflare/cloudflared `connection/connection.go`,
 * `TunnelToken` reads it. Cloudflare's API answers the same text, but only to a token that may edit
 * tunnels (cloudflare/terraform-provider-cloudflare#7279): asking it would give every preview that
 * right. The order of the fields is the API's, so a token that it gave out earlier stays as it is.
 */
export function connectorTokenOf({ accountId, tunnelId, secret }: ConnectorTokenArgs): string {
  return Buffer.from(JSON.stringify({ a: accountId, t: tunnelId, s: secret })).toString("base64");
}
