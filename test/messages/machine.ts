import type { Folder, FolderName, Machine } from "../../rehearsal/machine/machine.ts";
import type { Ground } from "../../rehearsal/machine/parts.ts";

const GB = 1e9;

/** An existing folder without faults. */
export function folder(path: string, more: Partial<Folder> = {}): Folder {
  return {
    path,
    existing: path,
    unwritable: undefined,
    noexec: false,
    type: "ext4",
    device: 1,
    free: 100 * GB,
    closed: undefined,
    ...more,
  };
}

/** A machine that meets every requirement, after earlier rehearsals. */
export const ABLE: Machine = {
  platform: "linux",
  architecture: "x64",
  user: 0,
  lackingRights: [],
  home: "/var/ci",
  folders: {
    cache: folder("/var/ci/.cache/mastodon-digitalocean"),
    temporary: folder("/tmp"),
    goBuild: folder("/var/ci/.cache/go-build"),
    goModules: folder("/var/ci/go/pkg/mod"),
  },
  memory: 8 * GB,
  cores: 2,
  goFault: undefined,
  lackingPrograms: [],
  lackingPackages: [],
  heldPorts: [],
  loopback: true,
  cgroupFault: undefined,
  missing: [],
  compiled: [],
};

/** The same before its first rehearsal. */
const NEW: Partial<Machine> = {
  missing: [
    ...(["Debian 13", "engine", "control plane", "node", "coredns", "kube-router"] as const),
    ...(["metrics-server", "Debian 13 of nodes", "images"] as const),
  ],
};

/** Every folder with a change. */
function folders(
  change: (name: FolderName, folder: Folder) => Partial<Folder>,
): Pick<Machine, "folders"> {
  const entries = Object.entries(ABLE.folders) as [FolderName, Folder][];
  return {
    folders: Object.fromEntries(
      entries.map(([name, each]) => [name, { ...each, ...change(name, each) }]),
    ) as Record<FolderName, Folder>,
  };
}

const only = (which: FolderName, more: Partial<Folder>) =>
  folders((name) => (name === which ? more : {}));

/** One fault of a machine, the requested drill, and code and key of the expected message. */
export type MachineRow = readonly [
  danger: string,
  ground: Ground,
  change: Partial<Machine>,
  ...told: readonly (readonly [code: string, key: string])[],
];

/** Requirements of a rehearsal, each with a fault of its own. */
export const MACHINES: readonly MachineRow[] = [
  ["a Mac", "loopback", { platform: "darwin", architecture: "arm64" }, ["system", "system"]],
  ["Linux on arm64", "loopback", { architecture: "arm64" }, ["system", "system"]],
  ["an ordinary user", "loopback", { user: 1000 }, ["root", "root"]],
  ["an ordinary user, real nodes", "nodes", { user: 1000 }, ["root", "root"]],
  ["an ordinary user, commands only", "commands", { user: 1000 }],
  [
    "root in an ordinary container",
    "loopback",
    { lackingRights: ["CAP_NET_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_ADMIN"] },
    ["rights", "root"],
  ],
  ["a relative HOME", "loopback", { home: "ci" }, ["home", "HOME"]],
  [
    "a HOME that is a read-only file system",
    "loopback",
    {
      ...NEW,
      ...folders((_, { path }) =>
        path.startsWith("/var/ci/") ? { existing: "/var/ci", unwritable: "EROFS" } : {},
      ),
    },
    ["home", "HOME"],
  ],
  [
    "a cache that is read-only",
    "loopback",
    only("cache", { unwritable: "EROFS" }),
    ["unwritable", "XDG_CACHE_HOME"],
  ],
  [
    "a cache below a file",
    "loopback",
    only("cache", { existing: "/var/ci/.cache", unwritable: "ENOTDIR" }),
    ["unwritable", "XDG_CACHE_HOME"],
  ],
  [
    "another user's temporary folder",
    "commands",
    only("temporary", { unwritable: "EACCES" }),
    ["unwritable", "TMPDIR"],
  ],
  [
    "Go's modules on a read-only file system, when something is to be built",
    "loopback",
    { ...NEW, ...only("goModules", { unwritable: "EROFS" }) },
    ["unwritable", "GOMODCACHE"],
  ],
  [
    "Go's modules on a read-only file system, when nothing is",
    "loopback",
    only("goModules", { unwritable: "EROFS" }),
  ],
  [
    "a temporary folder from which nothing starts",
    "loopback",
    only("temporary", { noexec: true }),
    ["noexec", "TMPDIR"],
  ],
  [
    "a cache from which nothing starts",
    "loopback",
    only("cache", { noexec: true }),
    ["noexec", "XDG_CACHE_HOME"],
  ],
  [
    "a temporary folder below a folder of its owner's",
    "loopback",
    only("temporary", { path: "/srv/own/tmp", existing: "/srv/own/tmp", closed: "/srv/own" }),
    ["closed", "TMPDIR"],
  ],
  ["a container's overlay", "loopback", only("temporary", { type: "overlay" })],
  [
    "a container's overlay, real nodes",
    "nodes",
    only("temporary", { type: "overlay" }),
    ["overlay", "TMPDIR"],
  ],
  [
    "a small disk before the first rehearsal",
    "loopback",
    { ...NEW, ...folders(() => ({ free: 5 * GB })) },
    ["disk", "disk"],
  ],
  [
    "a small disk before the first rehearsal on real nodes",
    "nodes",
    { ...NEW, ...folders(() => ({ free: 8 * GB })) },
    ["disk", "disk"],
  ],
  ["the same disk when all is there", "loopback", folders(() => ({ free: 5 * GB }))],
  [
    "the same disk when Go compiled most of it already",
    "loopback",
    { ...NEW, ...folders(() => ({ free: 5 * GB })), compiled: ["engine", "control plane"] },
  ],
  [
    "a small temporary file system in memory",
    "loopback",
    only("temporary", { device: 2, free: 0.1 * GB }),
    ["disk", "disk"],
  ],
  ["little memory for a build", "loopback", { ...NEW, memory: 2 * GB }, ["memory", "memory"]],
  ["the same memory when nothing is built", "loopback", { memory: 2 * GB }],
  ["little memory for a drill", "loopback", { memory: 1 * GB }, ["memory", "memory"]],
  ["no Go", "loopback", { goFault: "There is no `go` on PATH. Install it." }, ["go", "go"]],
  ["no Go, commands only", "commands", { goFault: "There is no `go` on PATH. Install it." }],
  [
    "no apt-get before the first rehearsal",
    "loopback",
    { ...NEW, lackingPrograms: ["apt-get"], lackingPackages: ["pgbouncer", "socat"] },
    ["program", "apt-get"],
    ["packages", "packages"],
  ],
  ["no apt-get when all is there", "loopback", { lackingPrograms: ["apt-get"] }],
  ["packages that apt-get will install", "loopback", { lackingPackages: ["pgbouncer"] }],
  ["no flock", "commands", { lackingPrograms: ["flock", "hostname"] }, ["program", "flock"]],
  ["no hostname, real nodes", "nodes", { lackingPrograms: ["hostname"] }, ["program", "hostname"]],
  ["a web server of this machine", "loopback", { heldPorts: [443] }, ["port", "port 443"]],
  [
    "a database of this machine",
    "loopback",
    { heldPorts: [25060, 25061] },
    ["port", "port 25060"],
    ["port", "port 25061"],
  ],
  ["a web server of this machine, real nodes", "nodes", { heldPorts: [443] }],
  ["a network namespace that was just made", "nodes", { loopback: false }, ["loopback", "lo"]],
  [
    "no cgroups",
    "nodes",
    { cgroupFault: "No cgroups are mounted here. Mount them." },
    ["cgroups", "cgroups"],
  ],
  ["no cgroups, no real nodes", "loopback", { cgroupFault: "No cgroups are mounted here." }],
];
