import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { availableParallelism, networkInterfaces, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheHome } from "../build/cache.ts";
import { askGo, goFault, homeOf } from "../build/go-tool.ts";
import { readCgroups } from "../node/cgroups.ts";
import type { Folder, FolderName, Machine } from "./machine.ts";
import { FIXED_PORTS, PROGRAMS } from "./needs.ts";
import { lackingPackages } from "./packages.ts";
import { PARTS, type Ground } from "./parts.ts";
import { findParts } from "./find-parts.ts";

/**
 * Capabilities of root that an ordinary container does not have, by their bit (linux/capability.h).
 */
const RIGHTS: Readonly<Record<string, number>> = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
};

/**
 * Reads the facts of this machine that a drill needs. It takes milliseconds and changes nothing.
 */
export async function readMachine(ground: Ground, env = process.env): Promise<Machine> {
  const go = await askGo();
  const { missing, compiled, oldestGo } = await findParts(PARTS[ground], go);
  const folders: Readonly<Record<FolderName, string>> = {
    cache: cacheHome(env),
    temporary: tmpdir(),
    goBuild: go.cache,
    goModules: go.modules,
  };
  return {
    platform: process.platform,
    architecture: process.arch,
    user: process.geteuid?.() ?? -1,
    lackingRights: lackingRights(read("/proc/self/status")),
    home: homeOf(env),
    folders: Object.fromEntries(
      Object.entries(folders).map(([name, path]) => [
        name,
        folderAt(path, mountsOf(read("/proc/self/mountinfo"))),
      ]),
    ) as Record<FolderName, Folder>,
    memory: freeMemory(read("/proc/meminfo"), process.constrainedMemory()),
    cores: availableParallelism(),
    goFault: goFault(go, "What the rehearsal runs", oldestGo),
    lackingPrograms: Object.keys(PROGRAMS).filter((name) => !isOnPath(name, env["PATH"] ?? "")),
    lackingPackages: await lackingPackages(),
    heldPorts: heldPorts([read("/proc/net/tcp"), read("/proc/net/tcp6")]),
    loopback: Object.values(networkInterfaces())
      .flat()
      .some((each) => each?.internal === true),
    cgroupFault: await readCgroups().then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    ),
    missing,
    compiled,
  };
}

/** The text of a file; empty if the system does not have it, which is a fault of its own. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/**
 * Capabilities that root does not have.
 * @param status the text of `/proc/self/status` (proc(5)).
 */
export function lackingRights(status: string): readonly string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/mu.exec(status)?.[1] ?? "0"}`);
  return Object.entries(RIGHTS).flatMap(([name, bit]) =>
    (effective >> BigInt(bit)) & 1n ? [] : [name],
  );
}

/**
 * Bytes that programs may still use.
 * @param meminfo the text of `/proc/meminfo` (proc(5)).
 * @param limit memory limit of this cgroup, bytes; undefined, 0 or more than the machine's memory
 * if none is set.
 */
export function freeMemory(meminfo: string, limit: number | undefined): number {
  const kibibytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "mu").exec(meminfo)?.[1] ?? 0);
  const free = (kibibytes("MemAvailable") + kibibytes("SwapFree")) * 1024;
  return limit === undefined || limit === 0 ? free : Math.min(free, limit);
}

/**
 * Fixed ports of the rehearsal on which something listens at every address.
 * @param tables the texts of `/proc/net/tcp` and `/proc/net/tcp6` (proc(5)).
 */
export function heldPorts(tables: readonly string[]): readonly number[] {
  const LISTENS = "0A";
  const held = tables
    .flatMap((table) => table.split("\n"))
    .map((line) => /^\s*\d+: (?<address>0+):(?<port>[0-9A-F]{4}) \S+ (?<state>\S\S) /u.exec(line))
    .filter((found) => found?.groups?.["state"] === LISTENS)
    .map((found) => Number.parseInt(found?.groups?.["port"] ?? "", 16));
  return Object.keys(FIXED_PORTS)
    .map(Number)
    .filter((port) => held.includes(port));
}

/** A mounted file system. */
interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** @param text the text of `/proc/self/mountinfo` (proc(5)). */
export function mountsOf(text: string): readonly Mount[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [, , , , point = "", options = ""] = before.split(" ");
      const unescaped = point.replaceAll(/\\(\d{3})/gu, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return { point: unescaped, type: after.split(" ")[0] ?? "", options: options.split(",") };
    });
}

/** Facts of a folder, whether it exists or not. */
export function folderAt(path: string, mounts: readonly Mount[]): Folder {
  const existing = nearest(path);
  const mount = mounts
    .filter(({ point }) => point === "/" || existing === point || existing.startsWith(`${point}/`))
    .reduce<Mount | undefined>(
      // The last mount at a mount point is on top of the others.
      (best, each) => (best === undefined || each.point.length >= best.point.length ? each : best),
      undefined,
    );
  const { bavail, bsize } = statfsSync(existing);
  return {
    path,
    existing,
    unwritable: statSync(existing).isDirectory()
      ? errorOf(() => accessSync(existing, constants.W_OK | constants.X_OK))
      : "ENOTDIR",
    noexec: mount?.options.includes("noexec") ?? false,
    type: mount?.type ?? "",
    device: statSync(existing).dev,
    free: bavail * bsize,
    closed: foldersTo(existing).find((folder) => (statSync(folder).mode & 0o001) === 0),
  };
}

/** The path itself, or its nearest existing parent. */
function nearest(path: string): string {
  return path === "" || path === "/" || existsSync(path) ? path || "/" : nearest(dirname(path));
}

/** Every folder from the root to a path, the path included. */
function foldersTo(path: string): readonly string[] {
  return path === "/" || path === "." ? ["/"] : [...foldersTo(dirname(path)), path];
}

function errorOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "?";
  }
}

function isOnPath(name: string, path: string): boolean {
  return path
    .split(delimiter)
    .some((folder) => errorOf(() => accessSync(join(folder, name), constants.X_OK)) === undefined);
}
