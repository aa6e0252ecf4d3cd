import { randomUUID } from "node:crypto";
import type { World } from "../world.ts";
import { now } from "./api.ts";
import { TUNNEL } from "./tunnel.ts";
import type { Connector } from "./connector.ts";

/**
 * Connectors of tunnels. The secret is checked when one connects. Connected ones stay after a
 * change of the secret, until their connections are closed
 * (https://developers.cloudflare.com/tunnel/reference/tunnel-tokens/, read 2026-11-28).
 */

/** Connects with a token, as cloudflared does. Returns whether Cloudflare accepts it. */
export function connect(world: World, token: string, originIp: string): boolean {
  const { t: id, s: secret } = JSON.parse(Buffer.from(token, "base64").toString("utf8")) as {
    readonly t: string;
    readonly s: string;
  };
  if (world.get(TUNNEL, id) === undefined || world.hiddenSecrets.get(id) !== secret) return false;
  const connector = { id: randomUUID(), originIp, openedAt: now() };
  world.connectors.set(id, [...connectorsOf(world, id), connector]);
  return true;
}

/** Connected connectors of a tunnel. */
export function connectorsOf(world: World, tunnelId: string): readonly Connector[] {
  return world.connectors.get(tunnelId) ?? [];
}

/** Closes the connections of one connector of a tunnel, or of all. */
export function closeConnections(world: World, tunnelId: string, connectorId?: string): void {
  const left = connectorsOf(world, tunnelId).filter(
    ({ id }) => connectorId !== undefined && id !== connectorId,
  );
  world.connectors.set(tunnelId, left);
}
