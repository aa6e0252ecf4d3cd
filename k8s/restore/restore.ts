import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { BackupBucketPlan } from "../../domain/backup/plan.ts";
import { RESOURCES } from "../../domain/resources.ts";
import type { RestorePlan } from "../../domain/restore.ts";
import { rcloneRemote, RCLONE_SETTINGS } from "../backup/rclone.ts";
import type { DatabaseGrantsArgs } from "../database-grants.ts";
import type { MediaKey } from "../environment/media.ts";
import { container, metadataOf, resourcesOf } from "../pod.ts";
import { sqlJob } from "../sql-job.ts";
import decryptProgram from "./decrypt-program.json" with { type: "json" };
import { LOCKED_SCRIPT, RESTORE_SCRIPT, SCRIPTS, WORK } from "./restore-script.ts";

/** Arguments of a restore. `image` is the one with `psql` and `pg_restore`. */
export interface RestoreArgs extends DatabaseGrantsArgs {
  readonly plan: RestorePlan;
  /** Key of this one dump, base64. The identity, which opens every dump, never gets here. */
  readonly fileKey: pulumi.Input<string>;
  readonly bucket: BackupBucketPlan;
  /** Key of that bucket. */
  readonly key: MediaKey;
  readonly images: {
    /** An image with rclone as its entrypoint. */
    readonly rclone: string;
    /** An image with Node. */
    readonly node: string;
  };
}

/** Time limit, seconds: as long as GitHub lets an update run. */
const DEADLINE_SECONDS = 6 * 3_600;

/**
 * Restores a dump into an empty database, once. Three programs run one after the other: rclone
 * downloads, Node compares the SHA-256 and decrypts, and `pg_restore` fills the database as the
 * application's role. The pod can be killed at any moment and run again.
 */
export class Restore extends pulumi.ComponentResource {
  /** Once it is complete, the database has the dump's rows. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: RestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Restore", name, {}, opts);
    const { namespace, plan, bucket, images } = args;
    const { admin, application } = args.postgres;
    const { dump } = plan;
    const metadata = metadataOf(namespace, name);
    const remote = rcloneRemote(
      "dumps",
      { ...bucket, region: "auto", provider: "Cloudflare" },
      args.key,
    );
    const secret = (role: string, stringData: Record<string, pulumi.Input<string>>) =>
      new kubernetes.core.v1.Secret(`${name}-${role}`, { metadata, stringData }, { parent: this });
    const bucketKey = secret("bucket-key", remote.secret);
    const fileKey = secret("file-key", { DUMP_FILE_KEY: args.fileKey });
    const scripts = new kubernetes.core.v1.ConfigMap(
      `${name}-scripts`,
      { metadata, data: { "decrypt.mjs": decryptProgram.source, "restore.sh": RESTORE_SCRIPT } },
      { parent: this },
    );
    const plain = (values: Readonly<Record<string, pulumi.Input<string>>>) =>
      Object.entries(values).map(([variable, value]) => ({ name: variable, value }));
    const about = {
      DUMP_OBJECT: dump.object,
      DUMP_SHA256: dump.sha256,
      DUMP_BYTES: String(dump.bytes),
    };
    const volumeMounts = [
      { name: "work", mountPath: WORK },
      { name: "scripts", mountPath: SCRIPTS, readOnly: true },
    ];
    const [, folder = "", stamp = ""] = /^(.*)\/([^/]*)\.dump\.age$/u.exec(dump.object) ?? [];
    const resources = resourcesOf(RESOURCES.restore);
    const download = container({
      name: "download",
      image: images.rclone,
      args: [
        ...["copy", `dumps:${bucket.bucket}/${folder}`, WORK],
        ...["--include", `/${stamp}.{dump.age,json}`],
      ],
      env: plain({ ...RCLONE_SETTINGS, ...remote.plain }),
      envFrom: [{ secretRef: { name: bucketKey.metadata.name } }],
      volumeMounts,
      resources,
    });
    const decrypt = container({
      name: "decrypt",
      image: images.node,
      command: ["node", `${SCRIPTS}/decrypt.mjs`],
      env: plain(about),
      envFrom: [{ secretRef: { name: fileKey.metadata.name } }],
      volumeMounts,
      resources,
    });
    this.job = sqlJob(
      name,
      args,
      {
        script: LOCKED_SCRIPT,
        environment: { PGUSER: admin.name, RESTORE_JOBS: String(plan.jobs), ...about },
        passwords: { PGPASSWORD: admin.password, APPLICATION_PASSWORD: application.password },
        long: {
          deadlineSeconds: DEADLINE_SECONDS,
          resources: RESOURCES.restore,
          initContainers: [download, decrypt],
          volumes: [
            { name: "work", emptyDir: { sizeLimit: `${plan.workMib}Mi` } },
            { name: "scripts", configMap: { name: scripts.metadata.name } },
          ],
          volumeMounts,
        },
      },
      this,
    );
    this.registerOutputs({});
  }
}
