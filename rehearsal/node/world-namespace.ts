import { mountLines, type Cgroups } from "./cgroups.ts";
import { WORLD_DEBIAN } from "./ip.ts";
import { quoted } from "./namespaces.ts";
import { worldCommands } from "./network.ts";

/** Parts of a world. Paths of the machine. */
export interface WorldGround {
  /** A Debian 13 with the programs that a node calls. */
  readonly debian: string;
  readonly cgroups: Cgroups;
  /** The folder of this run. */
  readonly folder: string;
}

/**
 * Where a world has the run's folder: short, since a socket's path may have 107 bytes (unix(7)).
 */
export const WORLD_FOLDER = "/run/r";

/**
 * The shell script that makes a world of fresh namespaces: the machine's files, a network of its
 * own with the VPC and the simulated Internet, and one command, with which it ends.
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
    // "netns <pid>" of ip looks there.
    `mount -t proc proc ${WORLD_DEBIAN}/proc`,
    `chroot ${WORLD_DEBIAN} ip -batch - <<'EOF'\n${worldCommands().join("\n")}\nEOF`,
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    `export TMPDIR=${WORLD_FOLDER}`,
    `exec ${WORLD_DEBIAN}/usr/bin/tini-static -- ${command.map(quoted).join(" ")}`,
  ].join("\n");
}
