import { createHash } from "node:crypto";
import { parseManifest, type Manifest } from "../../../domain/backup/manifest.ts";
import { partsOf } from "../../../domain/backup/names.ts";
import { R2_BUCKET } from "../../clouds/cloudflare/r2.ts";
import type { JobPod } from "../../pods/job-pod.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { runCronJob, type JobRun } from "../job-run.ts";

/** A dump that a Job made, or did not. */
export interface BackupRun extends JobRun {
  /** Keys of the bucket that were not there before. */
  readonly keys: readonly string[];
  /** Manifest of the new dump in `dumps/`; undefined if there is none. */
  readonly manifest: Manifest | undefined;
}

/** Name of the bucket of the dumps. @throws Error if there is none. */
export function backupBucket({ world }: Rehearsal): string {
  const found = world.find(R2_BUCKET).find(({ id }) => id.endsWith("-backups"));
  if (found === undefined) throw new Error("No bucket of dumps was made.");
  return found.id;
}

/** Keys of the bucket of the dumps. */
export function backupKeys(rehearsal: Rehearsal): readonly string[] {
  return rehearsal.world.r2.list(backupBucket(rehearsal)).map(([key]) => key);
}

/**
 * Makes a dump by a Job of the live CronJob.
 * @param during runs beside the pod, once its programs are started.
 */
export async function runBackup(
  rehearsal: Rehearsal,
  during?: (job: JobPod) => Promise<void>,
  name = "backup",
): Promise<BackupRun> {
  const before = new Set(backupKeys(rehearsal));
  const run = await runCronJob(rehearsal, name, during);
  const keys = backupKeys(rehearsal).filter((key) => !before.has(key));
  return { ...run, keys, manifest: manifestAmong(rehearsal, keys) };
}

/** The bytes of an object of the bucket. @throws Error if there is none. */
export function backupObject(rehearsal: Rehearsal, key: string): Buffer {
  const object = rehearsal.world.r2.get(backupBucket(rehearsal), key);
  if (object === undefined) throw new Error(`The bucket has no ${key}.`);
  return object.body;
}

/** A run's verdict by the bucket alone, which is what an operator has on a bad night. */
export function wordOf(rehearsal: Rehearsal, { manifest }: BackupRun): string {
  if (manifest === undefined) return "no dump";
  const body = backupObject(rehearsal, manifest.object);
  const sum = createHash("sha256").update(body).digest("hex");
  if (body.length !== manifest.bytes || sum !== manifest.sha256) return "damaged";
  return manifest.suspicious.length > 0 ? `suspicious: ${manifest.suspicious.join(", ")}` : "good";
}

function manifestAmong(rehearsal: Rehearsal, keys: readonly string[]): Manifest | undefined {
  const key = keys.find((each) => {
    const parts = partsOf(each);
    return parts?.shelf === "dumps" && parts.kind === "manifest";
  });
  if (key === undefined) return undefined;
  return parseManifest(backupObject(rehearsal, key).toString("utf8"), key);
}
