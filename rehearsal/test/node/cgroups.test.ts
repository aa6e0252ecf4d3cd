import { describe, expect, it } from "vitest";
import { cgroupsOf, joinLines, mountLines, settleLines, type Cgroups } from "../../node/cgroups.ts";

const mount = (root: string, point: string, type: string, options: string): string =>
  `31 23 0:28 ${root} ${point} rw,relatime - ${type} ${type} rw,${options}`;

const V1: Cgroups = {
  version: 1,
  hierarchies: [
    { controllers: "memory", folder: "/sys/fs/cgroup/memory/ours" },
    { controllers: "name=systemd", folder: "/sys/fs/cgroup/systemd" },
  ],
};
const V2: Cgroups = {
  version: 2,
  hierarchies: [{ controllers: "", folder: "/sys/fs/cgroup/user.slice" }],
};

describe("a run's groups are made below the one that the run is in, and nowhere else", () => {
  it("with version 1, in each hierarchy at its own path", () => {
    const own = "9:name=systemd:/\n4:memory:/process_api/ea39\n0::/\n";
    const mounts = [
      mount("/", "/sys/fs/cgroup/memory", "cgroup", "memory"),
      mount("/", "/sys/fs/cgroup/systemd", "cgroup", "name=systemd"),
      mount("/", "/sys/fs/cgroup/unified", "cgroup2", ""),
    ].join("\n");
    expect(cgroupsOf(own, mounts)).toEqual({
      version: 1,
      hierarchies: [
        { controllers: "name=systemd", folder: "/sys/fs/cgroup/systemd" },
        { controllers: "memory", folder: "/sys/fs/cgroup/memory/process_api/ea39" },
      ],
    });
  });

  it("two controllers of one hierarchy are one", () => {
    const found = cgroupsOf(
      "3:cpu,cpuacct:/user\n",
      mount("/", "/sys/fs/cgroup/cpu,cpuacct", "cgroup", "cpu,cpuacct"),
    );
    expect(found.hierarchies).toEqual([
      { controllers: "cpu,cpuacct", folder: "/sys/fs/cgroup/cpu,cpuacct/user" },
    ]);
  });

  it("where a container sees only a part of a hierarchy, the path is taken from there", () => {
    const found = cgroupsOf(
      "4:memory:/docker/1f/build\n",
      mount("/docker/1f", "/sys/fs/cgroup/memory", "cgroup", "memory"),
    );
    expect(found.hierarchies[0]?.folder).toBe("/sys/fs/cgroup/memory/build");
  });

  it("with version 2, in the one hierarchy there is", () => {
    const found = cgroupsOf(
      "0::/system.slice/runner.service\n",
      mount("/", "/sys/fs/cgroup", "cgroup2", "nsdelegate"),
    );
    expect(found).toEqual({
      version: 2,
      hierarchies: [{ controllers: "", folder: "/sys/fs/cgroup/system.slice/runner.service" }],
    });
  });

  it("and a machine without cgroups is refused, with what to type", () => {
    expect(() => cgroupsOf("", "")).toThrow(/mount -t cgroup2 none \/sys\/fs\/cgroup/u);
  });
});

describe("a container's limits hold on either version", () => {
  it("version 1 is mounted a hierarchy at a time, systemd's by its name", () => {
    expect(mountLines(V1, "/sys/fs/cgroup")).toEqual([
      "mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup",
      "mkdir /sys/fs/cgroup/memory",
      "mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory",
      "mkdir /sys/fs/cgroup/systemd",
      "mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd",
    ]);
    expect(settleLines(V1, "run")).toEqual([]);
  });

  it("version 2 hands its controllers down from a group that no process is in", () => {
    expect(mountLines(V2, "/sys/fs/cgroup")).toEqual(["mount -t cgroup2 cgroup2 /sys/fs/cgroup"]);
    const [make, move, hand] = settleLines(V2, "run");
    expect(make).toBe("mkdir /sys/fs/cgroup/user.slice/run/init");
    expect(move).toBe("echo 0 > /sys/fs/cgroup/user.slice/run/init/cgroup.procs");
    expect(hand).toMatch(/run\/cgroup\.controllers > .*run\/cgroup\.subtree_control$/u);
  });

  it("a program joins every hierarchy", () => {
    expect(joinLines(V1, "run")).toEqual([
      "echo 0 > /sys/fs/cgroup/memory/ours/run/cgroup.procs",
      "echo 0 > /sys/fs/cgroup/systemd/run/cgroup.procs",
    ]);
  });
});
