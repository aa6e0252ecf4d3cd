import { mountLines, type Cgroups } from "./cgroups.ts";
import { WORLD_DEBIAN } from "./ip.ts";
import { quoted } from "./namespaces.ts";
import { worldCommands } from "./network.ts";

/** Parts of a world. Paths are those of the machine. */
export interface WorldGround {
  /** A Debian 13 with the programs that a node runs. */
  readonly debian: string;
  readonly cgroups: Cgroups;
  /** The folder of this run. */
  readonly folder: string;
}

/**
 * Path of the run's folder in a world. It is short, because a socket's path may have at most 107
 * bytes (unix(7)).
 */
export const WORLD_FOLDER = "/run/r";

/**
 * The shell script that turns new namespaces into a world. It has the machine's files, and a
 * network of its own with the VPC and the simulated Internet. It runs one command and ends with it.
 */
export function worldScript(ground: WorldGround, command: readonly string[]): string {
  const { debian, cgroups, folder } = ground;
  return [
    "hostname rehearsal",
    "mount -t sysfs sysfs /sys",
    ...mountLines(cgroups, "/sys/fs/cgroup"),
    "mount -t tmpfs -o mode=755 tmpfs /run",
    `mkdir -m 711 ${WORLD_FOLDER}`,
    `mkdir ${WORLD_DEBIAN}`,
    `mount --bind ${quoted(folder)} ${WORLD_FOLDER}`,
    `mount --bind ${quoted(debian)} ${WORLD_DEBIAN}`,
    // `ip` looks there for "netns <pid>".
    `mount -t proc proc ${WORLD_DEBIAN}/proc`,
    `chroot ${WORLD_DEBIAN} ip -batch - <<'EOF'\n${worldCommands().join("\n")}\nEOF`,
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    `export TMPDIR=${WORLD_FOLDER}`,
    `exec ${WORLD_DEBIAN}/usr/bin/tini-static -- ${command.map(quoted).join(" ")}`,
  ].join("\n");
}
