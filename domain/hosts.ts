import type { StackConfig } from "../config/schema.ts";

/** Public host names that follow from the configuration, and the zone that they are in. */

/** Parts of a server that have a public host name, of what runs in the cluster. */
export const HOST_ROLES = ["web", "streaming", "assets"] as const;

/** Their public host names. */
export type Hosts = Readonly<Record<(typeof HOST_ROLES)[number], string>>;

/**
 * `streaming.<webDomain>` and `assets.<webDomain>`, as Mastodon's documentation names them, where
 * `hosts` says nothing else.
 */
export function hostsOf({
  webDomain,
  hosts,
}: Pick<StackConfig, "webDomain"> & Partial<Pick<StackConfig, "hosts">>): Hosts {
  return {
    web: webDomain,
    streaming: hosts?.streaming ?? `streaming.${webDomain}`,
    assets: hosts?.assets ?? `assets.${webDomain}`,
  };
}

/**
 * The zone's name: as it is said, or `domain` or `webDomain`, whichever the other is below of;
 * undefined where neither is.
 */
export function zoneOf({
  domain,
  webDomain,
  cloudflare,
}: Pick<StackConfig, "domain" | "webDomain" | "cloudflare">): string | undefined {
  if (cloudflare.zone !== undefined) return cloudflare.zone;
  if (isWithin(webDomain, domain)) return domain;
  return isWithin(domain, webDomain) ? webDomain : undefined;
}

/** Whether a host is a domain itself or anywhere below it. */
export function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
