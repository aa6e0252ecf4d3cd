import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** Traces that a run could leave on a machine, by kind: each a list of names. */
export interface Traces {
  readonly mounts: readonly string[];
  readonly cgroups: readonly string[];
  /** Writable settings of the kernel, `path = value`. */
  readonly settings: readonly string[];
  readonly links: readonly string[];
  readonly files: readonly string[];
}

/**
 * Folders in which programs leave files, with the depth to search. Further below, other programs of
 * the machine write.
 */
const FOLDERS = { "/run": 3, "/var/lib": 2, "/var/run/netns": 1 } as const;

/** Settings that count or are random: each look gives another value. */
const RESTLESS =
  /random|ns_last_pid|nr$|-nr$|file-max|dentry|inode|_count$|drop_caches|stat_refresh/u;

/**
 * Looks at the machine from outside any run.
 * @param temporary the run's temporary folder, because all programs write to the machine's.
 */
export function tracesOf(temporary: string): Traces {
  return {
    mounts: readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n").map(mountPointOf),
    cgroups: foldersBelow("/sys/fs/cgroup"),
    settings: settingsBelow("/proc/sys"),
    links: readdirSync("/sys/class/net"),
    files: Object.entries({ ...FOLDERS, [temporary]: 2 }).flatMap(([folder, depth]) =>
      namesBelow(folder, depth),
    ),
  };
}

/**
 * Traces that exist now and did not before, by kind.
 * @param own process id of the run; names of other runs are ignored.
 */
export function leftOf(before: Traces, after: Traces, own: number): Traces {
  const ofOthers = (name: string): boolean => {
    const pid = /mastodon-rehearsal-(?<pid>\d+)/u.exec(name)?.groups?.["pid"];
    return pid !== undefined && Number(pid) !== own;
  };
  const more = (kind: keyof Traces): readonly string[] => {
    const known = new Set(before[kind]);
    return after[kind].filter((each) => !known.has(each) && !ofOthers(each));
  };
  return {
    mounts: more("mounts"),
    cgroups: more("cgroups"),
    settings: more("settings"),
    links: more("links"),
    files: more("files"),
  };
}

/** Processes of a run, by its group, and every namespace of theirs that this process is not in. */
export function inhabitants(tree: string): {
  readonly processes: readonly number[];
  readonly namespaces: ReadonlySet<string>;
} {
  const processes = pids().filter((pid) => read(`/proc/${pid}/cgroup`).includes(tree));
  const ours = new Set(namespacesOf("self"));
  return {
    processes,
    namespaces: new Set(processes.flatMap(namespacesOf).filter((each) => !ours.has(each))),
  };
}

/**
 * Processes in one of these namespaces that started before a time of the kernel's clock. Numbers of
 * removed namespaces are soon reused.
 */
export function processesIn(namespaces: ReadonlySet<string>, before: number): readonly number[] {
  return pids().filter(
    (pid) => beganAt(pid) < before && namespacesOf(pid).some((each) => namespaces.has(each)),
  );
}

/** The kernel's clock, in hundredths of a second since boot. */
export function kernelClock(): number {
  return Number(read("/proc/uptime").split(" ")[0]) * 100;
}

/**
 * Start time of a process (proc(5) `/proc/pid/stat`, starttime; the second field may contain any
 * text).
 */
function beganAt(pid: number): number {
  return Number(read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ")[19] ?? Infinity);
}

function namespacesOf(pid: number | string): readonly string[] {
  return ["mnt", "net", "pid", "cgroup", "uts", "ipc"].flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)];
    } catch {
      return []; // It has ended.
    }
  });
}

function pids(): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0);
}

function mountPointOf(line: string): string {
  return line.split(" ")[4] ?? "";
}

function foldersBelow(folder: string): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...foldersBelow(path)] : [];
  });
}

/** Entries of a folder; none if it was deleted meanwhile. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function settingsBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || RESTLESS.test(path)) return [];
    if (stats.isDirectory()) return settingsBelow(path);
    return (stats.mode & 0o200) === 0 ? [] : [`${path} = ${read(path).trim()}`];
  });
}

function namesBelow(folder: string, depth: number): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() && depth > 1 ? [path, ...namesBelow(path, depth - 1)] : [path];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It is write-only, or gone.
  }
}
