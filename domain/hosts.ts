import type { StackConfig } from "../config/schema.ts";

/** Public host names that are derived from the configuration, and their zone. */

/** Services in the cluster that have a public host name. */
export const HOST_ROLES = ["web", "streaming", "assets"] as const;

/** Their public host names. */
export type Hosts = Readonly<Record<(typeof HOST_ROLES)[number], string>>;

/**
 * `streaming.<webDomain>` and `assets.<webDomain>`, as in Mastodon's documentation, unless `hosts`
 * is set.
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
 * The zone's name. If unset: `domain` or `webDomain`, whichever contains the other; undefined if
 * neither does.
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
