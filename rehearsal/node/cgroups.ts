import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The machine's cgroups that a run uses: one sub-tree. In version 1 each controller has a hierarchy
 * of its own, in version 2 there is one for all
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html).
 */
export interface Cgroups {
  readonly version: 1 | 2;
  readonly hierarchies: readonly Hierarchy[];
}

/** A hierarchy of cgroups. */
export interface Hierarchy {
  /** In the form of `mount -o`: "memory", "cpu,cpuacct", "name=systemd"; empty with version 2. */
  readonly controllers: string;
  /** Folder below which a run creates its own group. */
  readonly folder: string;
}

/**
 * Controllers with which a kubelet limits Pods. In version 2 each parent must delegate a
 * controller.
 */
const NEEDED = ["cpu", "cpuset", "memory", "pids"] as const;

/** Prefix of the name of a run's sub-tree, followed by the process id. */
export const TREE_PREFIX = "mastodon-rehearsal-";

/** Timeout for the kernel to release the groups of ended processes, milliseconds. */
const REMOVE_MS = 10_000;

/** Reads the cgroups of this process. @throws Error if no hierarchy of cgroups is mounted. */
export async function readCgroups(): Promise<Cgroups> {
  const found = cgroupsOf(
    await readFile("/proc/self/cgroup", "utf8"),
    await readFile("/proc/self/mountinfo", "utf8"),
  );
  if (found.version === 1) return found;
  const [{ folder } = { folder: "" }] = found.hierarchies;
  return { version: 2, hierarchies: [{ controllers: "", folder: await distributorOf(folder) }] };
}

/**
 * Groups of a process in each hierarchy. Version 2 counts only if it is mounted alone: together
 * with version 1 it has no controller (systemd's hybrid layout).
 * @param own the text of `/proc/self/cgroup`.
 * @param mounts the text of `/proc/self/mountinfo` (proc(5)).
 */
export function cgroupsOf(own: string, mounts: string): Cgroups {
  const paths = new Map(
    own
      .trim()
      .split("\n")
      .map((line) => /^\d+:(?<controllers>[^:]*):(?<path>.*)$/u.exec(line)?.groups)
      .map((found) => [found?.["controllers"] ?? "", found?.["path"] ?? "/"]),
  );
  const mounted = mounts.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "", point = ""] = before.split(" ");
    const [type = "", , options = ""] = after.split(" ");
    return type.startsWith("cgroup") ? [{ type, root, point, options: options.split(",") }] : [];
  });
  const folderIn = (point: string, root: string, path: string): string =>
    join(point, path === "/" || root === "/" ? path : path.slice(root.length)).replace(/\/$/u, "");
  const hierarchies = [...paths].flatMap(([controllers, path]) => {
    const mount = mounted.find(
      ({ type, options }) =>
        type === "cgroup" &&
        controllers !== "" &&
        controllers.split(",").every((each) => options.includes(each)),
    );
    return mount === undefined
      ? []
      : [{ controllers, folder: folderIn(mount.point, mount.root, path) }];
  });
  if (hierarchies.length > 0) return { version: 1, hierarchies };
  const unified = mounted.find(({ type }) => type === "cgroup2");
  if (unified === undefined)
    throw new Error(
      "No cgroups are mounted here, and without them no container has a limit. Mount them (`mount -t cgroup2 none /sys/fs/cgroup`), or run this where a systemd has done it.",
    );
  const folder = folderIn(unified.point, unified.root, paths.get("") ?? "/");
  return { version: 2, hierarchies: [{ controllers: "", folder }] };
}

/** The nearest parent group that delegates the controllers that a kubelet needs. */
async function distributorOf(folder: string): Promise<string> {
  for (let at = folder; at.startsWith("/sys/fs/cgroup"); at = join(at, "..")) {
    const given = await readFile(join(at, "cgroup.subtree_control"), "utf8").catch(() => "");
    if (NEEDED.every((controller) => given.split(/\s+/u).includes(controller))) return at;
  }
  throw new Error(
    `No group from ${folder} upwards hands down ${NEEDED.join(", ")}. Say \`echo "${NEEDED.map((each) => `+${each}`).join(" ")}" > /sys/fs/cgroup/cgroup.subtree_control\` and run it again.`,
  );
}

/** Creates a group with a name in each hierarchy. */
export async function makeTree(cgroups: Cgroups, name: string): Promise<void> {
  for (const { controllers, folder } of cgroups.hierarchies) {
    const group = join(folder, name);
    await mkdir(group);
    if (!controllers.split(",").includes("cpuset")) continue;
    // Version 1 creates a group without CPUs, which accepts no process.
    for (const file of ["cpuset.cpus", "cpuset.mems"])
      await writeFile(join(group, file), await readFile(join(folder, file)));
    await writeFile(join(group, "cgroup.clone_children"), "1");
  }
}

/** Removes a group with all groups below it, and ends its processes: they belong to this run. */
export async function removeTree(cgroups: Cgroups, name: string): Promise<void> {
  const deadline = Date.now() + REMOVE_MS;
  for (const { folder } of cgroups.hierarchies) {
    const group = join(folder, name);
    while (!(await removeGroup(group).catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`The cgroup ${group} can't be removed.`);
      await sleep(50);
    }
  }
}

/** Process ids of runs that left a group. */
export async function treesOf(cgroups: Cgroups): Promise<readonly number[]> {
  const names = await Promise.all(
    cgroups.hierarchies.map(async ({ folder }) => await readdir(folder)),
  );
  const pids = names.flat().filter((name) => name.startsWith(TREE_PREFIX));
  return [...new Set(pids.map((name) => Number(name.slice(TREE_PREFIX.length))))];
}

async function removeGroup(group: string): Promise<boolean> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return true;
  for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(group, entry.name));
  const processes = (await readFile(join(group, "cgroup.procs"), "utf8")).split("\n");
  for (const pid of processes.map(Number).filter((each) => each > 0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // The process has ended on its own.
    }
  }
  await rmdir(group);
  return true;
}

/**
 * Shell lines that move the shell into a group of each hierarchy. It becomes the root of what the
 * shell and its children see.
 */
export function joinLines(cgroups: Cgroups, name: string): readonly string[] {
  return cgroups.hierarchies.map(({ folder }) => `echo 0 > ${join(folder, name)}/cgroup.procs`);
}

/**
 * Shell lines for the start of a cgroup namespace. Version 2 delegates controllers only from a
 * group without processes ("no internal process constraint"), so the shell moves to one below.
 */
export function settleLines(cgroups: Cgroups, name: string): readonly string[] {
  if (cgroups.version === 1) return [];
  const group = join(cgroups.hierarchies[0]?.folder ?? "", name);
  return [
    `mkdir ${group}/init`,
    `echo 0 > ${group}/init/cgroup.procs`,
    `sed 's/[^ ]*/+&/g' ${group}/cgroup.controllers > ${group}/cgroup.subtree_control`,
  ];
}

/** Shell lines that mount the hierarchies at a `/sys/fs/cgroup`, inside the namespace. */
export function mountLines(cgroups: Cgroups, point: string): readonly string[] {
  if (cgroups.version === 2) return [`mount -t cgroup2 cgroup2 ${point}`];
  return [
    `mount -t tmpfs -o mode=755 tmpfs ${point}`,
    ...cgroups.hierarchies.flatMap(({ controllers }) => {
      const folder = join(point, controllers.replace(/^name=/u, ""));
      const options = controllers.startsWith("name=") ? `none,${controllers}` : controllers;
      return [`mkdir ${folder}`, `mount -t cgroup -o ${options} cgroup ${folder}`];
    }),
  ];
}
