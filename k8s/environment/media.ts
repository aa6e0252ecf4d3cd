import type * as pulumi from "@pulumi/pulumi";
import { extraMediaOrigins, mediaHostOf, mediaOf, type MediaConfig } from "../../domain/media.ts";
import { PURGE_HEADER, PURGE_METHOD } from "../../domain/media-purge.ts";
import type { Variables } from "./variables.ts";

/** Key of a bucket, from the component that creates it. */
export interface MediaKey {
  readonly accessKeyId: pulumi.Input<string>;
  /** A secret. */
  readonly secretAccessKey: pulumi.Input<string>;
}

/**
 * Variables of the bucket in which Rails stores media, and of the host on which members read it
 * (mastodon/mastodon `config/initializers/paperclip.rb`, `app/lib/content_security_policy.rb`).
 * Both storages are addressed by path, `<endpoint>/<bucket>/…`, so `S3_OVERRIDE_PATH_STYLE` is
 * unset.
 * @param key of the bucket that Mastodon uses; undefined if uploads are refused.
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
            // R2 has no ACLs and refuses each upload with one; if empty, none is sent. A Space
            // shows an object without one to no visitor.
            S3_PERMISSION: bucket.store === "r2" ? "" : "public-read",
            // For all Rails processes: the process that deletes a file queues the purge.
            ...(config.media.purge ? { CACHE_BUSTER_ENABLED: "true" } : {}),
            // The default is 0, with which one lost packet fails an upload.
            S3_RETRY_LIMIT: "3",
            // Seconds. Mastodon's own 5 for each are "too short for cheap storage"
            // (mastodon/mastodon#14952, which made them configurable), and archives failed on
            // Spaces (#12280). To connect 10, as toot.community has; to read 60, the AWS SDK's own
            // default.
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
 * Variables with which Sidekiq purges a deleted file from the edge (mastodon/mastodon
 * `app/workers/cache_buster_worker.rb`). Only Sidekiq does so.
 * @param purgeSecret of the Worker that accepts the purge; undefined if there is none.
 */
export function mediaPurge(purgeSecret: pulumi.Input<string> | undefined): Variables {
  if (purgeSecret === undefined) return { plain: {}, secret: {} };
  return {
    plain: { CACHE_BUSTER_HTTP_METHOD: PURGE_METHOD, CACHE_BUSTER_SECRET_HEADER: PURGE_HEADER },
    secret: { CACHE_BUSTER_SECRET: purgeSecret },
  };
}
