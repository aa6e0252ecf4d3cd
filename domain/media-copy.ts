import { mediaOf, standbyOf, type MediaBucketPlan, type MediaConfig } from "./media.ts";

/** The nightly copy of media into the second bucket: `media.standby.copy`. */

/** Component of its pod; also the CronJob's name, which an operator types. */
export const MEDIA_COPY = "media-copy";

/** In cron's form, UTC. Between the times of upkeep and of dumps. */
export const MEDIA_COPY_SCHEDULE = "37 2 * * *";

/**
 * Time limit of a copy, seconds: 23 hours, because the first one takes everything. What it did not
 * reach is left to the next night.
 */
export const MEDIA_COPY_DEADLINE_SECONDS = 82_800;

/** Whether media is copied each night. Without media, the rules refuse the key. */
export function isMediaCopied(media: MediaConfig["media"] | undefined): boolean {
  return media?.standby?.copy === "nightly";
}

/** From which bucket into which one; undefined if nothing is copied. */
export function mediaCopyOf(
  config: MediaConfig,
): { readonly source: MediaBucketPlan; readonly standby: MediaBucketPlan } | undefined {
  const [source, standby] = [mediaOf(config), standbyOf(config)];
  return isMediaCopied(config.media) && source && standby ? { source, standby } : undefined;
}
