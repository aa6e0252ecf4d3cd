import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The machine's cgroups as far as a run touches them: one sub-tree. With version 1 each controller
 * has a hierarchy of its own, with version 2 there is one for all
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html).
 */
export interface Cgroups {
  readonly version: 1 | 2;
  readonly hierarchies: readonly Hierarchy[];
}

/** A hierarchy of cgroups. */
export interface Hierarchy {
  /** As `mount -o` wants it: "memory", "cpu,cpuacct", "name=systemd"; empty with version 2. */
  readonly controllers: string;
  /** The folder below which a run makes its own group. */
  readonly folder: string;
}

/**
 * Controllers by which a kubelet limits Pods; version 2 hands a controller down only where each
 * parent does.
 */
const NEEDED = ["cpu", "cpuset", "memory", "pids"] as const;

/** Prefix of the name of a run's sub-tree: the process id of the run follows. */
export const TREE_PREFIX = "mastodon-rehearsal-";

/** Time that the kernel may take to release the groups of processes that have ended. */
const REMOVE_MS = 10_000;

/** Reads where this process stands. @throws Error where no hierarchy of cgroups is mounted. */
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
 * Where a process stands in each hierarchy. Version 2 counts only where it is mounted alone: beside
 * version 1 it holds no controller (systemd's hybrid layout).
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

/** The nearest group, from a folder upwards, that hands down what a kubelet needs. */
async function distributorOf(folder: string): Promise<string> {
  for (let at = folder; at.startsWith("/sys/fs/cgroup"); at = join(at, "..")) {
    const given = await readFile(join(at, "cgroup.subtree_control"), "utf8").catch(() => "");
    if (NEEDED.every((controller) => given.split(/\s+/u).includes(controller))) return at;
  }
  throw new Error(
    `No group from ${folder} upwards hands down ${NEEDED.join(", ")}. Say \`echo "${NEEDED.map((each) => `+${each}`).join(" ")}" > /sys/fs/cgroup/cgroup.subtree_control\` and run it again.`,
  );
}

/** Makes a group of a name in each hierarchy. */
export async function makeTree(cgroups: Cgroups, name: string): Promise<void> {
  for (const { controllers, folder } of cgroups.hierarchies) {
    const group = join(folder, name);
    await mkdir(group);
    if (!controllers.split(",").includes("cpuset")) continue;
    // Version 1 starts a group without processors, and then takes no process.
    for (const file of ["cpuset.cpus", "cpuset.mems"])
      await writeFile(join(group, file), await readFile(join(folder, file)));
    await writeFile(join(group, "cgroup.clone_children"), "1");
  }
}

/** Removes a group with all below it, and ends what is still in it: it was ours. */
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

/** The process ids of runs that left a group of theirs. */
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
      // It ended by itself.
    }
  }
  await rmdir(group);
  return true;
}

/**
 * Shell lines that take the shell into a group of each hierarchy, and make that group the root of
 * what it and its children see.
 */
export function joinLines(cgroups: Cgroups, name: string): readonly string[] {
  return cgroups.hierarchies.map(({ folder }) => `echo 0 > ${join(folder, name)}/cgroup.procs`);
}

/**
 * Shell lines for the first moment in a cgroup namespace. Version 2 hands controllers down only
 * from a group without processes ("no internal process constraint"), so we move to one below.
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

/** Shell lines that mount the hierarchies at a `/sys/fs/cgroup`, as seen from the namespace. */
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
