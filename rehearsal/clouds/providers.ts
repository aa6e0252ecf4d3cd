import { createRequire } from "node:module";
import type { AttachedProvider } from "../providers/provider.ts";
import { cloudflareRows } from "./cloudflare/rows.ts";
import { digitaloceanRows } from "./digitalocean/rows.ts";
import { rowProvider } from "./row-provider.ts";
import type { World } from "./world.ts";

/** The simulated DigitalOcean as a provider. A rehearsal has no credentials: any token is right, and so is none. */
export function digitaloceanProvider(world: World): AttachedProvider {
  return rowProvider(digitaloceanRows, installedVersion("@pulumi/digitalocean"), world);
}

/** The simulated Cloudflare as a provider; the same holds for its tokens. */
export function cloudflareProvider(world: World): AttachedProvider {
  return rowProvider(cloudflareRows, installedVersion("@pulumi/cloudflare"), world);
}

/** The version of the SDK that the program uses: the engine asks for the plugin of that very version. */
function installedVersion(packageName: string): string {
  const require = createRequire(import.meta.url);
  const { version } = require(`${packageName}/package.json`) as { version: string };
  return version;
}
