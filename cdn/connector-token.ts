/** Contents of a tunnel token. */
export interface ConnectorTokenArgs {
  readonly accountId: string;
  readonly tunnelId: string;
  /** The tunnel's secret, base64 of 32 bytes or more. */
  readonly secret: string;
}

/**
 * The token with which cloudflared runs a tunnel: base64 of a JSON object with account (`a`),
 * tunnel (`t`) and secret (`s`). cloudflare/cloudflared reads it in `connection/connection.go`,
 * `TunnelToken`.
 *
 * Cloudflare's API returns the same text, but only to a token that may edit tunnels
 * (cloudflare/terraform-provider-cloudflare#7279). Reading it there would give that permission to
 * every preview. The fields have the API's order, so a token that the API issued earlier does not
 * change.
 */
export function connectorTokenOf({ accountId, tunnelId, secret }: ConnectorTokenArgs): string {
  return Buffer.from(JSON.stringify({ a: accountId, t: tunnelId, s: secret })).toString("base64");
}
