import type { World } from "../world.ts";
import { cloudflareFace } from "./cloudflare/face.ts";
import { digitaloceanFace } from "./digitalocean/face.ts";
import { RestServer, type AskedOperation } from "./server.ts";

/** The clouds' HTTP APIs over one world. */
export interface RestFaces {
  /** URL that replaces `https://api.digitalocean.com`. */
  readonly digitaloceanUrl: string;
  /** URL that replaces `https://api.cloudflare.com/client/v4`. */
  readonly cloudflareUrl: string;
  readonly digitalocean: RestServer;
  readonly cloudflare: RestServer;
  /** Every request that an operation of either cloud answered. */
  readonly asked: () => readonly AskedOperation[];
  readonly close: () => Promise<void>;
}

/**
 * Opens the clouds' HTTP APIs on two loopback ports. They use the same world as the simulated
 * providers.
 */
export async function openRest(world: World): Promise<RestFaces> {
  const digitalocean = await RestServer.start(digitaloceanFace, world);
  const cloudflare = await RestServer.start(cloudflareFace, world);
  return {
    digitaloceanUrl: digitalocean.url,
    cloudflareUrl: cloudflare.url,
    digitalocean,
    cloudflare,
    asked: () => [...digitalocean.asked, ...cloudflare.asked],
    close: async () => {
      await Promise.all([digitalocean.stop(), cloudflare.stop()]);
    },
  };
}
