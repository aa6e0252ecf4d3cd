import { sdkVersion } from "../engine/sdk-version.ts";
import type { AttachedProvider } from "../providers/provider.ts";
import { cloudflareRows } from "./cloudflare/rows.ts";
import { digitaloceanRows } from "./digitalocean/rows.ts";
import { rowProvider } from "./row-provider.ts";
import type { World } from "./world.ts";

/**
 * The simulated DigitalOcean as a provider. A rehearsal has no credentials: it accepts any token,
 * and none.
 */
export function digitaloceanProvider(world: World): AttachedProvider {
  return rowProvider(digitaloceanRows, sdkVersion("digitalocean"), world);
}

/** The simulated Cloudflare as a provider, which accepts any token, too. */
export function cloudflareProvider(world: World): AttachedProvider {
  return rowProvider(cloudflareRows, sdkVersion("cloudflare"), world);
}
