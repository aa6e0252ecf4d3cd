import type { V1Pod } from "@kubernetes/client-node";
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A process of a container, with its process id outside. */
export interface PodProcess {
  readonly pid: number;
  /** Whether it is the container's first process. */
  readonly first: boolean;
}

/** Processes of a pod's container, from the kernel's cgroups. No program of the image is needed. */
export async function processesOf(pod: V1Pod, container: string): Promise<readonly PodProcess[]> {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container);
  const id = /^containerd:\/\/(\w+)$/u.exec(status?.containerID ?? "")?.[1];
  if (id === undefined)
    throw new Error(`The container ${container} of ${pod.metadata?.name} does not run.`);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process may end during the search.
      const groups = await readFile(join("/proc", pid, "cgroup"), "utf8").catch(() => "");
      if (!groups.includes(id)) return undefined;
      const words = await readFile(join("/proc", pid, "status"), "utf8").catch(() => "");
      return { pid: Number(pid), first: /^NSpid:.*\s1$/mu.test(words) };
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** The container's first process. @throws Error if it does not run. */
export async function firstProcessIn(pod: V1Pod, container: string): Promise<number> {
  const first = (await processesOf(pod, container)).find((one) => one.first);
  if (first === undefined)
    throw new Error(`${pod.metadata?.name} has no first process of ${container}.`);
  return first.pid;
}

/** Ids and capabilities of a process. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/**
 * Runs a program of this world in a folder of a container, as the container's user without any
 * capability. Returns whether it succeeded. It enters the folder first, because that user may not
 * be able to pass its parents from outside.
 */
export async function runInFolder(
  pid: number,
  folder: string,
  { uid, gid, groups }: Identity,
  command: readonly string[],
): Promise<boolean> {
  const others = groups.length === 0 ? ["--clear-groups"] : [`--groups=${groups.join(",")}`];
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig=KILL", `--reuid=${uid}`, `--regid=${gid}`, ...others],
      ...["--bounding-set=-all", "--inh-caps=-all", "--", ...command],
    ],
    { cwd: join("/proc", String(pid), "root", folder), stdio: "ignore" },
  );
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => resolve(status === 0));
  });
}
