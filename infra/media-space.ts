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
 * Media on DigitalOcean Spaces: the bucket, and a key for it alone. Buckets are made with Spaces
 * keys, not with the account's token, so there is a key that makes them, and a provider that has
 * it.
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
        // All Spaces of the account: nothing less may make a bucket or change what it is. It never
        // gets into the cluster.
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
        // Of the bucket itself, which is to say: who may list it. Each object says by its own ACL
        // who may read it.
        acl: "private",
        lifecycleRules: [
          {
            id: "abort-unfinished-uploads",
            enabled: true,
            abortIncompleteMultipartUploadDays: media.abortUploadsAfterDays,
          },
        ],
      },
      // What members uploaded is nowhere else.
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
        // Not a bucket policy beside it: DigitalOcean refuses one for a bucket that a limited key
        // is for (docs, "Configure bucket policies").
        grants: [{ bucket: made.name, permission: "readwrite" }],
      },
      // Permission can't be widened or narrowed later, so the key is made anew; the old one must
      // live until the pods have the new.
      { parent: this },
    );
    this.accessKeyId = key.accessKey;
    this.secretAccessKey = key.secretKey;
    this.registerOutputs({});
  }
}
