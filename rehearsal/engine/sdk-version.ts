import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/**
 * The installed version of a provider's SDK, "4.80.1": the engine asks for the plugin of that very
 * version.
 * @param name of the provider: "digitalocean".
 */
export function sdkVersion(name: string): string {
  return (require(`@pulumi/${name}/package.json`) as { readonly version: string }).version;
}
