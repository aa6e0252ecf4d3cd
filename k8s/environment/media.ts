import type * as pulumi from "@pulumi/pulumi";
import { extraMediaOrigins, mediaHostOf, mediaOf, type MediaConfig } from "../../domain/media.ts";
import { PURGE_HEADER, PURGE_METHOD } from "../../domain/media-purge.ts";
import type { Variables } from "./variables.ts";

/** A key of a bucket, as the bucket's own layer offers it. */
export interface MediaKey {
  readonly accessKeyId: pulumi.Input<string>;
  /** A secret. */
  readonly secretAccessKey: pulumi.Input<string>;
}

/**
 * Bucket in which Rails stores media, and the address at which members read it (mastodon/mastodon
 * `config/initializers/paperclip.rb`, `app/lib/content_security_policy.rb`). Both storages are
 * asked by path, `<endpoint>/<bucket>/…`, so `S3_OVERRIDE_PATH_STYLE` stays away.
 * @param key of the bucket that Mastodon uses; undefined where uploads are refused.
 */
export function media(config: MediaConfig, key: MediaKey | undefined): Variables {
  const extra = extraMediaOrigins(config);
  const bucket = mediaOf(config);
  return {
    plain: {
      ...(extra.length === 0 ? {} : { EXTRA_MEDIA_HOSTS: extra.join(",") }),
      ...(bucket === undefined
        ? {}
        : {
            S3_ENABLED: "true",
            S3_BUCKET: bucket.bucket,
            S3_REGION: bucket.s3Region,
            S3_ENDPOINT: bucket.endpoint,
            S3_HOSTNAME: new URL(bucket.endpoint).hostname,
            S3_ALIAS_HOST: mediaHostOf(config),
            // R2 knows no ACLs and refuses each upload that brings one: empty, none is sent. A
            // Space shows nobody an object without one.
            S3_PERMISSION: bucket.store === "r2" ? "" : "public-read",
            // All of Rails: whoever deletes a file writes the job that says so.
            ...(config.media.purge ? { CACHE_BUSTER_ENABLED: "true" } : {}),
            // Unset it is 0, and one lost packet is a failed upload.
            S3_RETRY_LIMIT: "3",
            // Seconds. Mastodon's own 5 for each are "too short for cheap storage"
            // (mastodon/mastodon#14952, which made them settable), and archives failed on Spaces
            // (#12280). To begin 10, as toot.community has; to go on 60, the AWS SDK's own.
            S3_OPEN_TIMEOUT: "10",
            S3_READ_TIMEOUT: "60",
          }),
    },
    secret:
      key === undefined
        ? {}
        : { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey },
  };
}

/**
 * Variables by which Sidekiq tells the edge that a file is gone (mastodon/mastodon
 * `app/workers/cache_buster_worker.rb`). Only Sidekiq does so.
 * @param purgeSecret of the Worker that takes its word; undefined where nothing does.
 */
export function mediaPurge(purgeSecret: pulumi.Input<string> | undefined): Variables {
  if (purgeSecret === undefined) return { plain: {}, secret: {} };
  return {
    plain: { CACHE_BUSTER_HTTP_METHOD: PURGE_METHOD, CACHE_BUSTER_SECRET_HEADER: PURGE_HEADER },
    secret: { CACHE_BUSTER_SECRET: purgeSecret },
  };
}
