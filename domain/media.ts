import type { StackConfig } from "../config/schema.ts";
import { SPACES_REGIONS, type MediaStore } from "../config/keys/media.ts";

/**
 * Prefix of a token's value in a rebuilt state. Cloudflare returns the value only once. R2's
 * secret, which is derived from it and was read from the cluster, follows the prefix.
 */
export const ADOPTED_TOKEN = "sha256:";

/**
 * Storage of media and the host that serves it, with defaults for everything that the operator did
 * not set.
 */

/** Configuration keys that determine it. */
export type MediaConfig = Pick<StackConfig, "media" | "domain" | "webDomain" | "region"> & {
  readonly cloudflare: Pick<StackConfig["cloudflare"], "accountId">;
};

/** A bucket, and the hosts that serve it. */
export interface MediaBucketPlan {
  readonly store: MediaStore;
  readonly bucket: string;
  /** R2: `default`, `eu`, `fedramp`. Spaces: the region. A bucket can't be moved. */
  readonly place: string;
  /** URL of the S3 API: `https://…`, without the bucket. */
  readonly endpoint: string;
  /** Value of `S3_REGION`. */
  readonly s3Region: string;
  /** Hosts of the zone that it serves; none for a standby. */
  readonly hosts: readonly string[];
}

/** The storage that Mastodon uses; undefined if uploads are refused. */
export function mediaOf(config: MediaConfig): MediaBucketPlan | undefined {
  const { media } = config;
  if (media.storage === "none") return undefined;
  return bucketIn(media.storage, config, [mediaHostOf(config), ...media.otherHosts]);
}

/** The second bucket; undefined if there is none. */
export function standbyOf(config: MediaConfig): MediaBucketPlan | undefined {
  const { standby } = config.media;
  return standby === undefined ? undefined : bucketIn(standby.storage, config, standby.hosts);
}

/** Every bucket: at most one of each storage. */
export function mediaBucketsOf(config: MediaConfig): readonly MediaBucketPlan[] {
  return [mediaOf(config), standbyOf(config)].filter((bucket) => bucket !== undefined);
}

/** `S3_ALIAS_HOST`: the host that serves media. */
export function mediaHostOf({
  media,
  webDomain,
}: Pick<MediaConfig, "media" | "webDomain">): string {
  return media.host ?? `media.${webDomain}`;
}

/**
 * Media hosts that are served through the tunnel, because a Space does not answer to another host's
 * name.
 */
export function mediaHostsOfCluster(config: MediaConfig): readonly string[] {
  return mediaBucketsOf(config)
    .filter(({ store }) => store === "spaces")
    .flatMap(({ hosts }) => hosts);
}

/** Every host that serves media, of any bucket. */
export function mediaHostsOf(config: MediaConfig): readonly string[] {
  return mediaBucketsOf(config).flatMap(({ hosts }) => hosts);
}

/**
 * `EXTRA_MEDIA_HOSTS`: origins from which pages may load media, in addition to `S3_ALIAS_HOST`. A
 * service worker keeps its list for up to a week
 * (docs.joinmastodon.org/admin/optional/object-storage), so a host must be in it a week before it
 * is used.
 */
export function extraMediaOrigins(config: MediaConfig): readonly string[] {
  const host = mediaHostOf(config);
  const others = [...mediaHostsOf(config), ...config.media.extraHosts];
  return [...new Set(others)].filter((each) => each !== host).map((each) => `https://${each}`);
}

/**
 * Host of a bucket's objects, without the scheme. The cluster's nginx requests a Space's media from
 * it.
 */
export function spaceOrigin({ bucket, place }: Pick<MediaBucketPlan, "bucket" | "place">): string {
  return `${bucket}.${place}.digitaloceanspaces.com`;
}

/** Named after the domain, as the project and the accounts are. */
export function bucketNameOf({ media, domain }: Pick<MediaConfig, "media" | "domain">): string {
  return media.bucket ?? `media-${domain.replaceAll(".", "-")}`;
}

/** The Spaces region; undefined if the stack's own has none and no other is set. */
export function spacesRegionOf({
  media,
  region,
}: Pick<MediaConfig, "media" | "region">): string | undefined {
  return media.region ?? SPACES_REGIONS.find((each) => each === region);
}

/**
 * URL of R2's S3. Each jurisdiction has its own endpoint, at which other buckets do not exist
 * (developers.cloudflare.com/r2/api/tokens).
 */
export function r2Endpoint(accountId: string, place: string): string {
  const within = place === "default" ? "" : `.${place}`;
  return `https://${accountId}${within}.r2.cloudflarestorage.com`;
}

function bucketIn(
  store: MediaStore,
  config: MediaConfig,
  hosts: readonly string[],
): MediaBucketPlan {
  const bucket = bucketNameOf(config);
  if (store === "r2") {
    const place = config.media.jurisdiction ?? "default";
    return {
      store,
      bucket,
      place,
      endpoint: r2Endpoint(config.cloudflare.accountId, place),
      s3Region: "auto",
      hosts,
    };
  }
  const place = spacesRegionOf(config) ?? config.region;
  return {
    store,
    bucket,
    place,
    endpoint: `https://${place}.digitaloceanspaces.com`,
    s3Region: place,
    hosts,
  };
}
