import { mountLines, type Cgroups } from "./cgroups.ts";
import { quoted } from "./namespaces.ts";

/** Parts of a node's own file system. Paths are those of its world. */
export interface NodeGround {
  readonly hostname: string;
  /** A Debian 13, shared and read-only. */
  readonly debian: string;
  /** The node's folder, to which it writes. */
  readonly folder: string;
  /** Undefined if nothing is limited. */
  readonly cgroups: Cgroups | undefined;
  /** Files and folders of the world, by their path in the node. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Lines that mount more below the given root of the node. */
  readonly more?: (root: string) => readonly string[];
  /** The first process; default: one that waits. The node ends with it. */
  readonly command?: readonly string[];
}

/**
 * Kernel settings without a namespace that a kubelet writes (kubernetes/kubernetes v1.35.4
 * `pkg/kubelet/cm/container_manager_linux.go`, `setupKernelTunables`), with their values. The node
 * gets files instead, because the machine's own must not change.
 */
export const FAKED_SETTINGS: Readonly<Record<string, number>> = {
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/keys/root_maxbytes": 25_000_000,
};

/** File in a node's configuration folder that shows that the node runs. */
export const READY_FILE = "ready";
const CONFIGURATION = "/etc/kubernetes";

/** Folders of a node, below its own folder in the world. */
export const NODE_FOLDERS = ["upper", "work", "root", "kubernetes", "kubelet"] as const;

/**
 * The shell script that turns new namespaces into a node. Its root is a Debian 13. From the
 * machine's file system it sees only devices. Its first process reaps.
 */
export function nodeScript(ground: NodeGround): string {
  const { hostname, debian, folder, cgroups, mounts, more = () => [] } = ground;
  const { command = ["/usr/bin/sleep", "infinity"] } = ground;
  const root = `${folder}/root`;
  const all: Readonly<Record<string, string>> = {
    [CONFIGURATION]: `${folder}/kubernetes`,
    "/var/lib/kubelet": `${folder}/kubelet`,
    ...mounts,
  };
  return [
    `hostname ${quoted(hostname)}`,
    `mount -t overlay overlay -o lowerdir=${debian},upperdir=${folder}/upper,workdir=${folder}/work ${root}`,
    `cd ${root}`,
    "mkdir -p mnt tmp",
    "mount -t proc proc proc",
    "mount -t sysfs sysfs sys",
    ...(cgroups === undefined ? [] : mountLines(cgroups, `${root}/sys/fs/cgroup`)),
    "mount --rbind /dev dev",
    "mount -t tmpfs -o mode=755 tmpfs run",
    "mkdir run/settings run/lock",
    ...Object.entries(FAKED_SETTINGS).flatMap(([name, value]) => {
      const file = `run/settings/${name.replaceAll("/", ".")}`;
      return [
        `! test -e proc/sys/${name} || { echo ${value} > ${file}; mount --bind ${file} proc/sys/${name}; }`,
      ];
    }),
    ...Object.entries(all).flatMap(([inside, outside]) => {
      const at = `${root}${inside}`;
      return [
        `if test -d ${outside}; then mkdir -p ${at}; else mkdir -p $(dirname ${at}); touch ${at}; fi`,
        `mount --rbind ${outside} ${at}`,
      ];
    }),
    ...more(root),
    // Nothing of the machine remains visible, and no path can reach it.
    "pivot_root . mnt",
    "cd /",
    "umount -l /mnt",
    // As on a node with systemd: mounts of a Pod's volumes must propagate to the containers.
    "mount --make-rshared /",
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    `touch ${CONFIGURATION}/${READY_FILE}`,
    `exec /usr/bin/tini-static -- ${command.map(quoted).join(" ")}`,
  ].join("\n");
}
