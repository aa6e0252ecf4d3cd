import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { SHELVES } from "../domain/backup/names.ts";
import type { BackupBucketPlan } from "../domain/backup/plan.ts";
import { bucketKey, type BucketKey } from "./bucket-key.ts";

/** Arguments of the bucket. */
export interface BackupsArgs {
  readonly cloudflare: Pick<StackConfig["cloudflare"], "accountId">;
  readonly bucket: BackupBucketPlan;
}

/** Seconds after which parts of an unfinished upload are deleted. A dump has four hours. */
const UNFINISHED_SECONDS = 86_400;

/**
 * Dumps on R2: the bucket, its locks, the ages at which objects are deleted, and a key for this
 * bucket only. It has no public host. It outlives the cluster, the region and the DigitalOcean
 * account.
 */
export class Backups extends pulumi.ComponentResource implements BucketKey {
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:Backups", name, {}, opts);
    const { bucket } = args;
    const { accountId } = args.cloudflare;
    // The provider sends it as a header with each call. If unset: "default".
    const jurisdiction = bucket.place === "default" ? {} : { jurisdiction: bucket.place };
    const made = new cloudflare.R2Bucket(
      `${name}-bucket`,
      { accountId, name: bucket.bucket, ...jurisdiction, storageClass: "Standard" },
      // Protected: on some nights no other place has the members' data.
      { parent: this, protect: true },
    );
    const of = { accountId, bucketName: made.name, ...jurisdiction };
    // Deleting this resource leaves the rules in place (the provider's Delete is empty).
    const lock = new cloudflare.R2BucketLock(
      `${name}-lock`,
      {
        ...of,
        // The pod's key can also delete, because R2 has no other. A stolen one must not take the
        // dumps along.
        rules: SHELVES.map((shelf) => ({
          id: `keep-${shelf}`,
          enabled: true,
          prefix: `${shelf}/`,
          condition: { type: "Age", maxAgeSeconds: bucket.lockSeconds },
        })),
      },
      { parent: this },
    );
    new cloudflare.R2BucketLifecycle(
      `${name}-lifecycle`,
      {
        ...of,
        rules: [
          ...SHELVES.map((shelf) => ({
            id: `delete-${shelf}`,
            enabled: true,
            conditions: { prefix: `${shelf}/` },
            deleteObjectsTransition: {
              condition: { type: "Age", maxAge: bucket.keepSeconds[shelf] },
            },
          })),
          // Replaces the rule that every new bucket has (the same one, after seven days).
          {
            id: "abort-unfinished-uploads",
            enabled: true,
            conditions: { prefix: "" },
            abortMultipartUploadsTransition: {
              condition: { type: "Age", maxAge: UNFINISHED_SECONDS },
            },
          },
        ],
      },
      { parent: this },
    );
    const key = bucketKey(
      `${name}-key`,
      { accountId, ...bucket, holds: "dumps" },
      // Locked first: no dump is ever without a lock.
      { parent: this, dependsOn: [lock] },
    );
    this.accessKeyId = key.accessKeyId;
    this.secretAccessKey = key.secretAccessKey;
    this.registerOutputs({});
  }
}
