import type { MediaStore } from "../config/keys/media.ts";
import type { StackConfig } from "../config/schema.ts";
import { isSecretKey, secretRow } from "../config/secret-keys/all.ts";
import type { Fingerprints } from "../config/secret-keys/fingerprints.ts";
import { hostsOf } from "./hosts.ts";
import { mediaBucketsOf, mediaHostsOf } from "./media.ts";
import { recordedNamesOf } from "./public-names.ts";

/** An operator's decisions, as the last update wrote them down. */

/**
 * Settings in the stack's output, with which the next update is compared. They contain no secret.
 */
export interface Decided {
  readonly domain: string;
  /** Part of the URL of every account and post on other servers. */
  readonly webDomain: string;
  readonly region: string;
  readonly highAvailability: boolean;
  readonly postgresSize: string;
  readonly valkeySize: string;
  /** GiB; unset if the plan's own disk is used. */
  readonly postgresStorageGib?: number;
  readonly cloudflareAccountId: string;
  /** The bucket that Mastodon writes media to. */
  readonly mediaStorage: StackConfig["media"]["storage"];
  /** The media buckets by their location. */
  readonly mediaBuckets: Readonly<Partial<Record<MediaStore, MediaPlace>>>;
  /** Every host that ever served media, because other servers use its URLs for years. */
  readonly mediaHosts: readonly string[];
  /** Whether the server's media was ever on its local disk, under `/system/` of the web domain. */
  readonly mediaFromLocalDisk: boolean;
  /** Hosts of streaming and static files. Open pages, apps and pictures in mails refer to them. */
  readonly streamingHost: string;
  readonly assetsHost: string;
  /**
   * Every public name in the zone, including media's. No other site's record may have one of them.
   */
  readonly publicHosts: readonly string[];
  /**
   * Fingerprints of the secrets that must never change. In the stack file they could be removed
   * together with the secret.
   */
  readonly fingerprints: Fingerprints;
}

/** Properties of a media bucket whose change means another bucket. */
export interface MediaPlace {
  readonly bucket: string;
  readonly place: string;
}

/** The settings of this configuration. */
export function decidedBy(config: StackConfig): Decided {
  const { domain, webDomain, region, cluster, postgres, valkey, cloudflare } = config;
  const hosts = hostsOf(config);
  return {
    domain,
    webDomain,
    region,
    highAvailability: cluster.highAvailability,
    postgresSize: postgres.size,
    valkeySize: valkey.size,
    cloudflareAccountId: cloudflare.accountId,
    mediaStorage: config.media.storage,
    mediaBuckets: Object.fromEntries(
      mediaBucketsOf(config).map(({ store, bucket, place }) => [store, { bucket, place }]),
    ),
    mediaHosts: [...mediaHostsOf(config), ...config.media.retiredHosts],
    mediaFromLocalDisk: config.media.fromLocalDisk,
    streamingHost: hosts.streaming,
    assetsHost: hosts.assets,
    publicHosts: recordedNamesOf(config).map(({ host }) => host),
    fingerprints: Object.fromEntries(
      Object.entries(config.fingerprints ?? {}).filter(
        ([key]) => isSecretKey(key) && secretRow(key).change === "never",
      ),
    ),
    ...(postgres.storageGib === undefined ? {} : { postgresStorageGib: postgres.storageGib }),
  };
}
