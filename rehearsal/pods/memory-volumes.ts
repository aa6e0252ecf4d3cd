import type { V1Pod, V1Volume } from "@kubernetes/client-node";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bytesOf } from "./quantity.ts";

/** A mount namespace with a pod's volumes in memory. */
export interface MemoryVolumes {
  /** A process in it. */
  readonly pid: number;
  /** Removes the volumes with all that is in them. */
  close(): void;
}

/**
 * Makes a pod's `emptyDir` volumes with `medium: Memory`, each with its `sizeLimit`. Each is one
 * tmpfs that all containers share, as with the kubelet (kubernetes/kubernetes
 * `pkg/volume/emptydir/empty_dir.go`). They are mounted for the pod alone, so the
 * machine keeps none of them after the end of this process.
 * @returns undefined if the pod has none.
 * @throws Error if they can't be mounted.
 */
export async function openMemoryVolumes(
  pod: V1Pod,
  folder: string,
): Promise<MemoryVolumes | undefined> {
  const volumes = pod.spec?.volumes?.filter(({ emptyDir }) => emptyDir?.medium === "Memory") ?? [];
  if (volumes.length === 0) return undefined;
  const mounts: string[] = [];
  for (const volume of volumes) {
    const target = join(folder, volume.name);
    await mkdir(target, { recursive: true });
    mounts.push(tmpfsOptions(volume), target);
  }
  const child = spawn(
    "/usr/bin/setpriv",
    [
      ...["--pdeathsig=KILL", "--", "/usr/bin/unshare", "--mount", "--propagation=private", "--"],
      ...["/bin/sh", "-ec", MOUNT, "sh", ...mounts],
    ],
    { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const [first] = (await Promise.race([once(child.stdout, "data"), once(child, "close")])) as [
    Buffer | number | null,
  ];
  if (!Buffer.isBuffer(first) || child.pid === undefined)
    throw new Error(`The volumes of ${pod.metadata?.name ?? ""} in memory: ${said.trim()}`);
  return { pid: child.pid, close: () => void child.kill("SIGKILL") };
}

const MOUNT =
  'while [ $# -gt 0 ]; do mount -t tmpfs -o "$1" tmpfs "$2"; shift 2; done; echo ready; exec sleep infinity';

/** Options of its tmpfs. Without a limit the kernel's applies: half of the machine's memory. */
export function tmpfsOptions({ emptyDir }: V1Volume): string {
  const limit = emptyDir?.sizeLimit;
  return limit === undefined ? "mode=0777" : `mode=0777,size=${bytesOf(limit)}`;
}
