import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * Installed version of a provider's SDK, "4.80.1". The engine requires the plugin of the same
 * version.
 * @param name of the provider: "digitalocean".
 */
export function sdkVersion(name: string): string {
  return (require(`@pulumi/${name}/package.json`) as { readonly version: string }).version;
}
