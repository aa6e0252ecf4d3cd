import type { StackConfig } from "../config/schema.ts";
import { SPACES_REGIONS, type MediaStore } from "../config/keys/media.ts";

/**
 * Begin of a token's value in a state that was lost and put together again. Cloudflare tells the
 * value once; R2's secret, which is left of it in the cluster, stands behind this.
 */
export const ADOPTED_TOKEN = "sha256:";

/**
 * Storage of media and the host that serves it, with defaults for everything that the operator did
 * not set.
 */

/** The part of the configuration that decides it. */
export type MediaConfig = Pick<StackConfig, "media" | "domain" | "webDomain" | "region"> & {
  readonly cloudflare: Pick<StackConfig["cloudflare"], "accountId">;
};

/** A bucket, and what of the world reads from it. */
export interface MediaBucketPlan {
  readonly store: MediaStore;
  readonly bucket: string;
  /** R2: `default`, `eu`, `fedramp`. Spaces: the region. A bucket can't leave it. */
  readonly place: string;
  /** The S3 API's address: `https://…`, without the bucket. */
  readonly endpoint: string;
  /** Value of `S3_REGION`. */
  readonly s3Region: string;
  /** Hosts of the zone that are answered from it; none for one that only stands by. */
  readonly hosts: readonly string[];
}

/** The storage that Mastodon uses; undefined where uploads are refused. */
export function mediaOf(config: MediaConfig): MediaBucketPlan | undefined {
  const { media } = config;
  if (media.storage === "none") return undefined;
  return bucketIn(media.storage, config, [mediaHostOf(config), ...media.otherHosts]);
}

/** The second bucket; undefined where there is none. */
export function standbyOf(config: MediaConfig): MediaBucketPlan | undefined {
  const { standby } = config.media;
  return standby === undefined ? undefined : bucketIn(standby.storage, config, standby.hosts);
}

/** Every bucket that there is: of each storage at most one. */
export function mediaBucketsOf(config: MediaConfig): readonly MediaBucketPlan[] {
  return [mediaOf(config), standbyOf(config)].filter((bucket) => bucket !== undefined);
}

/** `S3_ALIAS_HOST`: where media is read. */
export function mediaHostOf({
  media,
  webDomain,
}: Pick<MediaConfig, "media" | "webDomain">): string {
  return media.host ?? `media.${webDomain}`;
}

/**
 * The hosts whose requests the tunnel brings into the cluster, for a Space can't be reached by
 * another host's name.
 */
export function mediaHostsOfCluster(config: MediaConfig): readonly string[] {
  return mediaBucketsOf(config)
    .filter(({ store }) => store === "spaces")
    .flatMap(({ hosts }) => hosts);
}

/** Every host from which media is read, of whichever bucket. */
export function mediaHostsOf(config: MediaConfig): readonly string[] {
  return mediaBucketsOf(config).flatMap(({ hosts }) => hosts);
}

/**
 * `EXTRA_MEDIA_HOSTS`: origins that pages may load media from beside `S3_ALIAS_HOST`. A service
 * worker keeps the list that it came with for up to a week
 * (docs.joinmastodon.org/admin/optional/object-storage), so a host must be in it a week before it
 * is used.
 */
export function extraMediaOrigins(config: MediaConfig): readonly string[] {
  const host = mediaHostOf(config);
  const others = [...mediaHostsOf(config), ...config.media.extraHosts];
  return [...new Set(others)].filter((each) => each !== host).map((each) => `https://${each}`);
}

/**
 * Host of a bucket's objects, without the scheme. The cluster's nginx asks it for the media of a
 * Space.
 */
export function spaceOrigin({ bucket, place }: Pick<MediaBucketPlan, "bucket" | "place">): string {
  return `${bucket}.${place}.digitaloceanspaces.com`;
}

/** After the domain, as the project and the accounts are. */
export function bucketNameOf({ media, domain }: Pick<MediaConfig, "media" | "domain">): string {
  return media.bucket ?? `media-${domain.replaceAll(".", "-")}`;
}

/** The Spaces region; undefined where the stack's own has none and nobody chose another. */
export function spacesRegionOf({
  media,
  region,
}: Pick<MediaConfig, "media" | "region">): string | undefined {
  return media.region ?? SPACES_REGIONS.find((each) => each === region);
}

function bucketIn(
  store: MediaStore,
  config: MediaConfig,
  hosts: readonly string[],
): MediaBucketPlan {
  const bucket = bucketNameOf(config);
  if (store === "r2") {
    const place = config.media.jurisdiction ?? "default";
    const within = place === "default" ? "" : `.${place}`;
    return {
      store,
      bucket,
      place,
      // A bucket of a jurisdiction is unknown at the others' endpoint
      // (developers.cloudflare.com/r2/api/tokens).
      endpoint: `https://${config.cloudflare.accountId}${within}.r2.cloudflarestorage.com`,
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
