import type { Clouds } from "./clouds.ts";
import type { StateResource } from "./state.ts";
import { TUNNEL } from "./types.ts";

/** The stack's tunnel at Cloudflare. */
export interface Tunnel {
  readonly get: (clouds: Clouds) => Promise<unknown>;
  readonly setSecret: (clouds: Clouds, secret: string) => Promise<unknown>;
  readonly close: (clouds: Clouds) => Promise<unknown>;
  /** Addresses of the connectors that are connected. */
  readonly connected: (clouds: Clouds) => Promise<readonly string[]>;
}

/** The tunnel of a state. @throws Error in a sentence if it holds none. */
export function tunnelOf(resources: readonly StateResource[], stack: string): Tunnel {
  const found = resources.find(({ type }) => type === TUNNEL);
  const account = found?.inputs?.["accountId"];
  // One that was adopted, and not refreshed yet, stands there with the account before it.
  const id = found?.id?.split("/").at(-1);
  if (id === undefined || typeof account !== "string")
    throw new Error(
      `The state of the stack ${stack} holds no tunnel, so nothing can be shut out of it. Nothing was changed. Is it the right stack (--stack)?`,
    );
  const params = { account_id: account };
  const of = ({ cloudflare }: Clouds) => cloudflare.zeroTrust.tunnels.cloudflared;
  return {
    get: async (clouds) => await of(clouds).get(id, params),
    setSecret: async (clouds, tunnel_secret) =>
      await of(clouds).edit(id, { ...params, tunnel_secret }),
    close: async (clouds) => await of(clouds).connections.delete(id, params),
    connected: async (clouds) => {
      const addresses: string[] = [];
      for await (const { conns = [] } of of(clouds).connections.get(id, params))
        addresses.push(...conns.map(({ origin_ip }) => origin_ip ?? "an unknown address"));
      return addresses;
    },
  };
}
