import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { MediaBucketPlan } from "../domain/media.ts";
import type { StackConfig } from "../config/schema.ts";

/** Arguments of the Space. */
export interface MediaSpaceArgs {
  readonly bucket: MediaBucketPlan;
  readonly media: Pick<StackConfig["media"], "abortUploadsAfterDays">;
}

const SECONDS_A_DAY = 86_400;

/**
 * Media on DigitalOcean Spaces: the bucket, and a key for this bucket only. The API creates buckets
 * with a Spaces key, not with the account's token. So there is a second key with its own provider.
 */
export class MediaSpace extends pulumi.ComponentResource {
  /** `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; a secret. */
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;

  constructor(name: string, args: MediaSpaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:MediaSpace", name, {}, opts);
    const { bucket, media } = args;
    const maker = new digitalocean.SpacesKey(
      `${name}-maker`,
      {
        name: `Mastodon: makes ${bucket.bucket}`,
        // All Spaces of the account: no smaller permission may create a bucket or change its
        // settings. This key never enters the cluster.
        grants: [{ bucket: "", permission: "fullaccess" }],
      },
      { parent: this },
    );
    const provider = new digitalocean.Provider(
      `${name}-provider`,
      { spacesAccessId: maker.accessKey, spacesSecretKey: maker.secretKey },
      { parent: this },
    );
    const place = { region: bucket.place as digitalocean.Region };
    const made = new digitalocean.SpacesBucket(
      `${name}-bucket`,
      {
        name: bucket.bucket,
        ...place,
        // ACL of the bucket itself: it decides who may list it. Each object has its own ACL for
        // reading.
        acl: "private",
        lifecycleRules: [
          {
            id: "abort-unfinished-uploads",
            enabled: true,
            abortIncompleteMultipartUploadDays: media.abortUploadsAfterDays,
          },
        ],
      },
      // Protected: no other place has what members uploaded.
      { parent: this, provider, protect: true },
    );
    new digitalocean.SpacesBucketCorsConfiguration(
      `${name}-cors`,
      {
        bucket: made.name,
        ...place,
        corsRules: [
          {
            allowedMethods: ["GET", "HEAD"],
            allowedOrigins: ["*"],
            allowedHeaders: ["Range"],
            maxAgeSeconds: SECONDS_A_DAY,
          },
        ],
      },
      { parent: this, provider },
    );
    const key = new digitalocean.SpacesKey(
      `${name}-key`,
      {
        name: `Mastodon: media in ${bucket.bucket}`,
        // No bucket policy in addition: DigitalOcean refuses one for a bucket with a limited key
        // (docs, "Configure bucket policies").
        grants: [{ bucket: made.name, permission: "readwrite" }],
      },
      // Permissions can't change later, so a change replaces the key. The old key must work until
      // the pods have the new one.
      { parent: this },
    );
    this.accessKeyId = key.accessKey;
    this.secretAccessKey = key.secretKey;
    this.registerOutputs({});
  }
}
