import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { MediaBucketPlan } from "../domain/media.ts";
import {
  MEDIA_COPY,
  MEDIA_COPY_DEADLINE_SECONDS,
  MEDIA_COPY_SCHEDULE,
} from "../domain/media-copy.ts";
import { RESOURCES } from "../domain/resources.ts";
import { rcloneRemote, RCLONE_SETTINGS } from "./backup/rclone.ts";
import { cronJob } from "./cron-job.ts";
import type { MediaKey } from "./environment/media.ts";
import { MEDIA_COPY_SCRIPT } from "./media-copy-script.ts";
import { container, MASTODON_UID, metadataOf, pod, resourcesOf } from "./pod.ts";

/** A bucket, and the key that opens it. */
export interface OpenBucket {
  readonly plan: MediaBucketPlan;
  readonly key: MediaKey;
}

/** Arguments of the copy. */
export interface MediaCopyArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image of rclone. */
  readonly image: string;
  /** The bucket that Mastodon uses, which is only read. */
  readonly source: OpenBucket;
  readonly standby: OpenBucket;
}

/** Folder of the lists of names. */
const WORK = "/tmp";

/** Copies media into the second bucket each night, and compares the two. */
export class MediaCopy extends pulumi.ComponentResource {
  constructor(name: string, args: MediaCopyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:MediaCopy", name, {}, opts);
    const metadata = metadataOf(args.namespace, MEDIA_COPY);
    const source = remoteOf("source", args.source);
    const standby = remoteOf("standby", args.standby);
    const settings = new kubernetes.core.v1.ConfigMap(
      `${name}-settings`,
      {
        metadata,
        data: {
          ...RCLONE_SETTINGS,
          // One call for a thousand objects instead of one for each folder, and Mastodon has a
          // folder for each file.
          RCLONE_FAST_LIST: "true",
          ...source.plain,
          ...standby.plain,
          WORK,
          SOURCE: `source:${args.source.plan.bucket}`,
          STANDBY: `standby:${args.standby.plan.bucket}`,
        },
      },
      { parent: this },
    );
    const keys = new kubernetes.core.v1.Secret(
      `${name}-keys`,
      { metadata, stringData: { ...source.secret, ...standby.secret } },
      { parent: this },
    );
    cronJob(
      name,
      {
        namespace: args.namespace,
        component: MEDIA_COPY,
        schedule: MEDIA_COPY_SCHEDULE,
        deadlineSeconds: MEDIA_COPY_DEADLINE_SECONDS,
        pod: pod(MASTODON_UID, {
          containers: [
            container({
              name: "copy",
              image: args.image,
              command: ["sh", "-c", MEDIA_COPY_SCRIPT],
              envFrom: [
                { configMapRef: { name: settings.metadata.name } },
                { secretRef: { name: keys.metadata.name } },
              ],
              volumeMounts: [{ name: "work", mountPath: WORK }],
              resources: resourcesOf(RESOURCES.mediaCopy),
            }),
          ],
          // Three lists of names, about 120 bytes an object each.
          volumes: [{ name: "work", emptyDir: { sizeLimit: "512Mi" } }],
        }),
      },
      this,
    );
    this.registerOutputs({});
  }
}

function remoteOf(name: string, { plan, key }: OpenBucket): ReturnType<typeof rcloneRemote> {
  const place = { endpoint: plan.endpoint, region: plan.s3Region };
  return plan.store === "r2"
    ? rcloneRemote(name, { ...place, provider: "Cloudflare" }, key)
    : // A Space shows an object to visitors only if it was stored so, as Mastodon stores it.
      rcloneRemote(name, { ...place, provider: "DigitalOcean", acl: "public-read" }, key);
}
