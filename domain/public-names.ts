import { mediaHostOf, mediaOf, standbyOf, type MediaConfig } from "./media.ts";
import type { StackConfig } from "../config/schema.ts";
import { hostsOf } from "./hosts.ts";

/**
 * Every name by which the world finds the server: the one list that rules, records, tunnel and the
 * server's memory are made of. A name that stood in only one of several lists was planned twice,
 * and Cloudflare refused it at the end of an update. Pure.
 */

/**
 * Role of a name: the service that answers there. `apex` and `www` are the edge's own redirects.
 */
export type NameRole = "web" | "streaming" | "assets" | "media" | "apex" | "www";

/** A public name. */
export interface PublicName {
  /** The key that decides it, without the namespace. */
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

/**
 * All of them, the ones that can't be named otherwise first: of two of one name the later one is
 * told to move.
 */
export function publicNamesOf(config: NamesConfig): readonly PublicName[] {
  const { domain, webDomain, cloudflare } = config;
  const hosts = hostsOf(config);
  return [
    { key: "webDomain", host: hosts.web, role: "web", record: "ours" },
    // Without a host of its own the identity is web's.
    ...(domain === webDomain ? [] : [apexOf(config)]),
    ...(cloudflare.www
      ? [{ key: "cloudflare.www", host: `www.${domain}`, role: "www", record: "ours" } as const]
      : []),
    { key: "hosts.streaming", host: hosts.streaming, role: "streaming", record: "ours" },
    { key: "hosts.assets", host: hosts.assets, role: "assets", record: "ours" },
    ...mediaNamesOf(config),
  ];
}

/** Names that this program or Cloudflare makes a record for now. */
export function recordedNamesOf(config: NamesConfig): readonly PublicName[] {
  return publicNamesOf(config).filter(
    ({ record, host }) => record !== "theirs" && !config.dns.later.includes(host),
  );
}

function apexOf({ domain, cloudflare }: NamesConfig): PublicName {
  const record = cloudflare.apex === "redirect" ? "ours" : "theirs";
  return { key: "cloudflare.apex", host: domain, role: "apex", record };
}

/** Spaces' hosts lead through the tunnel; those of R2 have records of Cloudflare's own making. */
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
