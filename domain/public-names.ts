import { mediaHostOf, mediaOf, standbyOf, type MediaConfig } from "./media.ts";
import type { StackConfig } from "../config/schema.ts";
import { hostsOf } from "./hosts.ts";

/**
 * Every public name of the server. Rules, records, tunnel and the server's records are derived from
 * this list. When there were several lists, a name in only one of them was planned twice, and
 * Cloudflare refused it at the end of an update.
 */

/**
 * Role of a name: the service that answers there. `apex` and `www` are the edge's own redirects.
 */
export type NameRole = "web" | "streaming" | "assets" | "media" | "apex" | "www";

/** A public name. */
export interface PublicName {
  /** The key that determines it, without the namespace. */
  readonly key: string;
  readonly host: string;
  readonly role: NameRole;
  /**
   * Creator of the name's record: this program, Cloudflare for a bucket of R2, or another party,
   * whose site is there.
   */
  readonly record: "ours" | "r2" | "theirs";
}

/** Parts of the configuration that determine the public names. */
export type NamesConfig = MediaConfig &
  Pick<StackConfig, "cloudflare" | "hosts"> & {
    readonly dns: Pick<StackConfig["dns"], "later">;
  };

/** All of them, fixed ones first: of two with the same name the later one is reported. */
export function publicNamesOf(config: NamesConfig): readonly PublicName[] {
  const { domain, webDomain, cloudflare } = config;
  const hosts = hostsOf(config);
  return [
    { key: "webDomain", host: hosts.web, role: "web", record: "ours" },
    // Without a host of its own the identity uses web's.
    ...(domain === webDomain ? [] : [apexOf(config)]),
    ...(cloudflare.www
      ? [{ key: "cloudflare.www", host: `www.${domain}`, role: "www", record: "ours" } as const]
      : []),
    { key: "hosts.streaming", host: hosts.streaming, role: "streaming", record: "ours" },
    { key: "hosts.assets", host: hosts.assets, role: "assets", record: "ours" },
    ...mediaNamesOf(config),
  ];
}

/** Names for which this program or Cloudflare currently creates a record. */
export function recordedNamesOf(config: NamesConfig): readonly PublicName[] {
  return publicNamesOf(config).filter(
    ({ record, host }) => record !== "theirs" && !config.dns.later.includes(host),
  );
}

function apexOf({ domain, cloudflare }: NamesConfig): PublicName {
  const record = cloudflare.apex === "redirect" ? "ours" : "theirs";
  return { key: "cloudflare.apex", host: domain, role: "apex", record };
}

/** Spaces' hosts use the tunnel; Cloudflare creates the records of R2's. */
function mediaNamesOf(config: NamesConfig): readonly PublicName[] {
  const main = mediaHostOf(config);
  return [mediaOf(config), standbyOf(config)].flatMap((bucket, at) =>
    (bucket?.hosts ?? []).map((host, nth) => ({
      key:
        at === 1
          ? "media.standby.hosts"
          : nth === 0 && host === main
            ? "media.host"
            : "media.otherHosts",
      host,
      role: "media" as const,
      record: bucket?.store === "r2" ? ("r2" as const) : ("ours" as const),
    })),
  );
}
