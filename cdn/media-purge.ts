import { createHash } from "node:crypto";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { PURGE_PATH } from "../domain/media-purge.ts";
import type { MediaBucketPlan } from "../domain/media.ts";
import type { StackConfig } from "../config/schema.ts";
import { PURGE_WORKER } from "./purge-worker.ts";

/**
 * Arguments of the purge: Cloudflare account and zone, the media bucket, and the host of the
 * server's pages.
 */
export interface MediaPurgeArgs {
  readonly cloudflare: StackConfig["cloudflare"];
  /** The bucket that Mastodon uses; its first host is the one that Mastodon asks. */
  readonly bucket: MediaBucketPlan;
  /** Host of the server's pages. */
  readonly webHost: string;
}

/**
 * "Cache Purge", for zones (its number stands in nine unrelated public programs, and in
 * Cloudflare's own list of permission groups; as BUCKET_ITEM_WRITE in media.ts). It may forget
 * copies, and read and change nothing.
 */
export const CACHE_PURGE = "e17beae8b8cb423a99b1730f21238bed";

/**
 * Today's runtime, and no later one by itself
 * (developers.cloudflare.com/workers/configuration/compatibility-dates).
 */
const COMPATIBILITY_DATE = "2026-08-01";
const MODULE = "purge-worker.mjs";

/**
 * Media that Mastodon deletes goes from the edge: a Worker on one path of the media host, with a
 * token that purges this zone. The token is Cloudflare's alone: no process of the cluster ever
 * holds it. A Worker, since of R2 nothing reaches the cluster; on one path, since each request to
 * it counts against the 100,000 a day that are free, and media is asked for more often.
 */
export class MediaPurge extends pulumi.ComponentResource {
  /** `CACHE_BUSTER_SECRET`: what Sidekiq proves itself with to the Worker; a secret. */
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
 * Made of the token, that nobody has to make and keep it, and by a hash: who holds it can't ask
 * Cloudflare for anything.
 */
export function purgeSecretOf(tokenValue: string): string {
  return createHash("sha256").update(`${PURGE_PATH} ${tokenValue}`).digest("hex");
}
