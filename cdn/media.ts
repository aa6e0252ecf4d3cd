import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { MediaBucketPlan } from "../domain/media.ts";
import type { StackConfig } from "../config/schema.ts";
import { bucketKey, type BucketKey } from "./bucket-key.ts";

/** Arguments of the bucket. */
export interface R2MediaArgs {
  readonly cloudflare: StackConfig["cloudflare"];
  readonly bucket: MediaBucketPlan;
  readonly media: Pick<StackConfig["media"], "abortUploadsAfterDays" | "location">;
  /**
   * Hosts that another server still answers. Cloudflare refuses a bucket's host that has a record.
   */
  readonly later: StackConfig["dns"]["later"];
}

const SECONDS_A_DAY = 86_400;

/**
 * Media on Cloudflare R2: the bucket, its public hosts, and a key for this bucket only. The public
 * can't list it.
 */
export class R2Media extends pulumi.ComponentResource implements BucketKey {
  /** `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; a secret. */
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;

  constructor(name: string, args: R2MediaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:R2Media", name, {}, opts);
    const { bucket, media } = args;
    const { accountId, zoneId } = args.cloudflare;
    // The provider sends it as a header with each call. If unset: "default".
    const jurisdiction = bucket.place === "default" ? {} : { jurisdiction: bucket.place };
    const made = new cloudflare.R2Bucket(
      `${name}-bucket`,
      {
        accountId,
        name: bucket.bucket,
        ...jurisdiction,
        ...(media.location === undefined ? {} : { location: media.location }),
        storageClass: "Standard",
      },
      // Protected: no other place has what members uploaded.
      //
      // A location hint counts only when a bucket of that name is created for the first time
      // (developers.cloudflare.com/r2/reference/data-location). The provider ignores another hint
      // silently (its `r2_bucket/plan_modifiers.go`), and then the preview shows no change either.
      { parent: this, protect: true, ignoreChanges: ["location"] },
    );
    const of = { accountId, bucketName: made.name, ...jurisdiction };
    for (const host of bucket.hosts.filter((each) => !args.later.includes(each)))
      new cloudflare.R2CustomDomain(
        `${name}-host-${host}`,
        { ...of, domain: host, zoneId, enabled: true, minTls: "1.2" },
        // A host belongs to one bucket at a time, and Cloudflare creates its record for one owner.
        { parent: this, deleteBeforeReplace: true },
      );
    new cloudflare.R2BucketCors(
      `${name}-cors`,
      {
        ...of,
        rules: [
          {
            id: "read-from-anywhere",
            allowed: { methods: ["GET", "HEAD"], origins: ["*"], headers: ["Range"] },
            exposeHeaders: ["Content-Length", "Content-Range", "ETag"],
            maxAgeSeconds: SECONDS_A_DAY,
          },
        ],
      },
      { parent: this },
    );
    new cloudflare.R2BucketLifecycle(
      `${name}-lifecycle`,
      {
        ...of,
        // Replaces the rule that every new bucket has (the same one, after seven days).
        rules: [
          {
            id: "abort-unfinished-uploads",
            enabled: true,
            conditions: { prefix: "" },
            abortMultipartUploadsTransition: {
              condition: { type: "Age", maxAge: media.abortUploadsAfterDays * SECONDS_A_DAY },
            },
          },
        ],
      },
      { parent: this },
    );
    const key = bucketKey(
      `${name}-key`,
      { accountId, ...bucket, holds: "media" },
      // A policy may name a bucket that does not exist, and this policy's text holds no output of
      // the bucket.
      { parent: this, dependsOn: [made] },
    );
    this.accessKeyId = key.accessKeyId;
    this.secretAccessKey = key.secretAccessKey;
    this.registerOutputs({});
  }
}
