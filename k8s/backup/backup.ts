import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../domain/backup/manifest.ts";
import {
  BACKUP_DEADLINE_SECONDS,
  backupSchedule,
  type Backup as BackupConfig,
  type BackupBucketPlan,
} from "../../domain/backup/plan.ts";
import { PIPES } from "../../domain/backup/pod-files.ts";
import { RESOURCES } from "../../domain/resources.ts";
import type { Role } from "../environment/databases.ts";
import type { MediaKey } from "../environment/media.ts";
import { cronJob } from "../cron-job.ts";
import { container, metadataOf, pod, resourcesOf } from "../pod.ts";
import { libpqVariables, POSTGRES_UID, type SqlJobArgs } from "../sql-job.ts";
import { DUMP_SCRIPT, SCRIPTS, SESSION_SQL, STREAM_SCRIPT } from "./dump-script.ts";
import encryptProgram from "./encrypt-program.json" with { type: "json" };
import { rcloneRemote, RCLONE_SETTINGS } from "./rclone.ts";
import { STORE_SCRIPT } from "./store-script.ts";

/** Fields of each manifest that come from the configuration. */
export type ServerFacts = Pick<Manifest, "stack" | "domain" | "mastodon" | "fingerprints">;

/** Arguments of the dumps. */
export interface BackupArgs extends Omit<SqlJobArgs, "image" | "epoch"> {
  /** The images of the three containers. */
  readonly images: {
    readonly postgres: string;
    readonly streaming: string;
    readonly rclone: string;
  };
  readonly backup: BackupConfig;
  readonly bucket: BackupBucketPlan;
  readonly key: MediaKey;
  /** Key of the second destination; undefined if there is none. */
  readonly secondKey: MediaKey | undefined;
  /** Role that may read everything and change nothing. */
  readonly role: Role;
  readonly server: ServerFacts;
}

/** Component of the pods; also the CronJob's name, which an operator types. */
const COMPONENT = "backup";

/**
 * Dumps of the database by schedule: read, encrypted and stored in one pod, by three images and
 * over two pipes. No file of the dump is ever on a disk, and no key in the cluster opens one.
 */
export class Backup extends pulumi.ComponentResource {
  constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Backup", name, {}, opts);
    const metadata = metadataOf(args.namespace, COMPONENT);
    const config = (role: string, data: Record<string, pulumi.Input<string>>) =>
      new kubernetes.core.v1.ConfigMap(`${name}-${role}`, { metadata, data }, { parent: this });
    const secret = (role: string, stringData: Record<string, pulumi.Input<string>>) =>
      new kubernetes.core.v1.Secret(`${name}-${role}`, { metadata, stringData }, { parent: this });
    const scripts = config("scripts", {
      "dump.sh": DUMP_SCRIPT,
      "session.sql": SESSION_SQL,
      "stream.sh": STREAM_SCRIPT,
      "encrypt.mjs": encryptProgram.source,
      "store.sh": STORE_SCRIPT,
    });
    const { role, key, bucket, server } = args;
    const database = config("database", {
      ...libpqVariables(args.postgres, args.caFile),
      PGUSER: role.name,
    });
    const password = secret("role", { PGPASSWORD: role.password });
    const facts = config("facts", {
      RECIPIENT: args.backup.recipient,
      SERVER_FACTS: JSON.stringify(server),
    });
    const remote = rcloneRemote(
      "backup",
      { ...bucket, region: "auto", provider: "Cloudflare" },
      key,
    );
    // Optional: `backup.second`.
    const place = args.backup.second;
    const second =
      place &&
      args.secondKey &&
      rcloneRemote("second", { ...place, provider: "Other" }, args.secondKey);
    const store = config("store", {
      ...RCLONE_SETTINGS,
      ...remote.plain,
      ...second?.plain,
      STACK: server.stack,
      BUCKET: `backup:${bucket.bucket}`,
      SECOND: place === undefined ? "" : `second:${place.bucket}`,
    });
    const storeKey = secret("store-key", { ...remote.secret, ...second?.secret });
    const pipes = { name: "pipes", mountPath: PIPES };
    const code = { name: "scripts", mountPath: SCRIPTS, readOnly: true };
    const reads = (
      ...maps: readonly (kubernetes.core.v1.ConfigMap | kubernetes.core.v1.Secret)[]
    ) =>
      maps.map((each) =>
        kubernetes.core.v1.Secret.isInstance(each)
          ? { secretRef: { name: each.metadata.name } }
          : { configMapRef: { name: each.metadata.name } },
      );
    cronJob(
      name,
      {
        namespace: args.namespace,
        component: COMPONENT,
        schedule: backupSchedule(args.backup),
        deadlineSeconds: BACKUP_DEADLINE_SECONDS,
        // One user for all three: each must open the others' pipes.
        pod: pod(POSTGRES_UID, {
          containers: [
            container({
              name: "dump",
              image: args.images.postgres,
              command: ["sh", `${SCRIPTS}/dump.sh`],
              envFrom: reads(database, password),
              volumeMounts: [args.caMount, pipes, code],
              resources: resourcesOf(RESOURCES.backupDump),
            }),
            container({
              name: "encrypt",
              image: args.images.streaming,
              command: ["node", `${SCRIPTS}/encrypt.mjs`],
              envFrom: reads(facts),
              volumeMounts: [pipes, code],
              resources: resourcesOf(RESOURCES.backupEncrypt),
            }),
            container({
              name: "store",
              image: args.images.rclone,
              command: ["sh", `${SCRIPTS}/store.sh`],
              envFrom: reads(store, storeKey),
              volumeMounts: [pipes, code],
              resources: resourcesOf(RESOURCES.backupStore),
            }),
          ],
          volumes: [
            args.caVolume,
            { name: "scripts", configMap: { name: scripts.metadata.name } },
            // Pipes hold nothing, and the rest are small files. Nothing reaches a node's disk.
            { name: "pipes", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
          ],
        }),
      },
      this,
    );
    this.registerOutputs({});
  }
}
