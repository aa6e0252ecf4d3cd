import { createHash } from "node:crypto";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { PURGE_PATH } from "../domain/media-purge.ts";
import type { MediaBucketPlan } from "../domain/media.ts";
import type { StackConfig } from "../config/schema.ts";
import { PURGE_WORKER } from "./purge-worker.ts";

/** Arguments of the purge. */
export interface MediaPurgeArgs {
  readonly cloudflare: StackConfig["cloudflare"];
  /** The bucket that Mastodon uses. Mastodon sends the purge to its first host. */
  readonly bucket: MediaBucketPlan;
  /** Host of the server's pages. */
  readonly webHost: string;
}

/**
 * The permission "Cache Purge" for zones: it may purge copies, and can read and change nothing. The
 * number is in nine unrelated public programs and in Cloudflare's own list of permission groups;
 * see BUCKET_ITEM_WRITE in bucket-key.ts.
 */
export const CACHE_PURGE = "e17beae8b8cb423a99b1730f21238bed";

/**
 * The runtime of this date, so that Cloudflare does not move the Worker to a later one
 * (developers.cloudflare.com/workers/configuration/compatibility-dates).
 */
const COMPATIBILITY_DATE = "2026-08-01";
const MODULE = "purge-worker.mjs";

/**
 * Purges media that Mastodon deletes from Cloudflare's cache: a Worker on one path of the media
 * host, with a token that may purge this zone. Cloudflare alone stores the token; no process of the
 * cluster has it.
 *
 * A Worker is needed because requests for media on R2 never reach the cluster. It has one path,
 * because each request to it counts against the 100,000 free ones a day.
 */
export class MediaPurge extends pulumi.ComponentResource {
  /** `CACHE_BUSTER_SECRET`: authenticates Sidekiq to the Worker; a secret. */
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: MediaPurgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:MediaPurge", name, {}, opts);
    const { accountId, zoneId } = args.cloudflare;
    const { bucket, hosts } = args.bucket;
    const token = new cloudflare.AccountToken(
      `${name}-key`,
      {
        accountId,
        name: `Mastodon: purge of ${bucket}`,
        policies: [
          {
            effect: "allow",
            permissionGroups: [{ id: CACHE_PURGE }],
            resources: JSON.stringify({ [`com.cloudflare.api.account.zone.${zoneId}`]: "*" }),
          },
        ],
      },
      { parent: this },
    );
    this.secret = pulumi.secret(token.value.apply(purgeSecretOf));
    const script = new cloudflare.WorkersScript(
      `${name}-worker`,
      {
        accountId,
        scriptName: `purge-${bucket}`.slice(0, 63),
        content: PURGE_WORKER,
        mainModule: MODULE,
        compatibilityDate: COMPATIBILITY_DATE,
        bindings: [
          { name: "ZONE", type: "plain_text", text: zoneId },
          { name: "HOSTS", type: "plain_text", text: hosts.join(",") },
          { name: "PAGES", type: "plain_text", text: `https://${args.webHost}` },
          { name: "SECRET", type: "secret_text", text: this.secret },
          { name: "TOKEN", type: "secret_text", text: pulumi.secret(token.value) },
        ],
      },
      { parent: this },
    );
    new cloudflare.WorkersRoute(
      `${name}-route`,
      { zoneId, pattern: `${hosts[0]}${PURGE_PATH}/*`, script: script.scriptName },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/**
 * Derives the secret from the token, so that nobody has to create and store it. A hash, so that its
 * holder can't call Cloudflare's API.
 */
export function purgeSecretOf(tokenValue: string): string {
  return createHash("sha256").update(`${PURGE_PATH} ${tokenValue}`).digest("hex");
}
