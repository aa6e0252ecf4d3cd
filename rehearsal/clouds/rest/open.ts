import type { World } from "../world.ts";
import { cloudflareFace } from "./cloudflare/face.ts";
import { digitaloceanFace } from "./digitalocean/face.ts";
import { RestServer, type AskedOperation } from "./server.ts";

/** The clouds' HTTP APIs over one world. */
export interface RestFaces {
  /** The address that a client of DigitalOcean takes for `https://api.digitalocean.com`. */
  readonly digitaloceanUrl: string;
  /** The address that a client of Cloudflare takes for `https://api.cloudflare.com/client/v4`. */
  readonly cloudflareUrl: string;
  readonly digitalocean: RestServer;
  readonly cloudflare: RestServer;
  /** Every request that an operation of either cloud answered. */
  readonly asked: () => readonly AskedOperation[];
  readonly close: () => Promise<void>;
}

/**
 * Opens the second face of the clouds: the same world as behind the providers, on two ports of
 * loopback.
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
