import { createHash } from "node:crypto";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { ADOPTED_TOKEN } from "../domain/media.ts";

/**
 * The permission "Workers R2 Storage Bucket Item Write": may read, write and list objects of a
 * bucket, and can't change the bucket itself (developers.cloudflare.com/r2/api/tokens).
 *
 * The number is the same in every account. That page has the read group's; this one is in ten
 * unrelated public programs. It is a constant here, so that a preview needs no permission to read
 * tokens.
 */
export const BUCKET_ITEM_WRITE = "2efd5506f9c8494dacb1fa10a3e7d5b6";

/** Key of one bucket, in the form of S3. */
export interface BucketKey {
  /** Access key id; no secret. */
  readonly accessKeyId: pulumi.Output<string>;
  /** A secret. */
  readonly secretAccessKey: pulumi.Output<string>;
}

/** A bucket on R2. */
export interface BucketOfKey {
  readonly accountId: string;
  readonly bucket: string;
  /** `default`, `eu`, `fedramp`. */
  readonly place: string;
  /** Purpose, in the token's name: "media". */
  readonly holds: string;
}

/** Creates a key that reads and writes objects of one bucket, and nothing else. */
export function bucketKey(
  name: string,
  { accountId, bucket, place, holds }: BucketOfKey,
  opts: pulumi.CustomResourceOptions,
): BucketKey {
  const token = new cloudflare.AccountToken(
    name,
    {
      accountId,
      name: `Mastodon: ${holds} in ${bucket}`,
      policies: [
        {
          effect: "allow",
          permissionGroups: [{ id: BUCKET_ITEM_WRITE }],
          resources: JSON.stringify({
            [`com.cloudflare.edge.r2.bucket.${accountId}_${place}_${bucket}`]: "*",
          }),
        },
      ],
    },
    opts,
  );
  return {
    accessKeyId: token.id,
    secretAccessKey: pulumi.secret(token.value.apply(secretAccessKeyOf)),
  };
}

/**
 * R2's S3 secret of an API token: the SHA-256 of its value, in hex
 * (developers.cloudflare.com/r2/api/tokens, "Get S3 API credentials from an API token").
 */
export function secretAccessKeyOf(tokenValue: string): string {
  if (tokenValue.startsWith(ADOPTED_TOKEN)) return tokenValue.slice(ADOPTED_TOKEN.length);
  return createHash("sha256").update(tokenValue).digest("hex");
}
