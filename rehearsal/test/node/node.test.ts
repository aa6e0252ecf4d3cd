import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { RANGES } from "../../../config/topology.ts";
import { podNetwork } from "../../node/containerd.ts";
import { kubeletYaml, reservedOf } from "../../node/kubelet.ts";
import { namespaceCommand, quoted } from "../../node/namespaces.ts";
import { NETWORK, worldCommands } from "../../node/network.ts";
import { FAKED_SETTINGS, nodeScript } from "../../node/node-namespace.ts";

const script = nodeScript({
  hostname: "one",
  debian: "/debian",
  folder: "/run/r/one",
  cgroups: undefined,
  mounts: { "/usr/local/bin/kubelet": "/cache/node" },
});

describe("a node changes nothing of the machine", () => {
  it("each kernel setting that a kubelet writes and that has no namespace is a file of ours", () => {
    for (const name of Object.keys(FAKED_SETTINGS))
      expect(script).toMatch(new RegExp(`mount --bind run/settings/\\S+ proc/sys/${name}`, "u"));
    const last = Math.max(
      ...Object.keys(FAKED_SETTINGS).map((name) => script.indexOf(`proc/sys/${name};`)),
    );
    expect(last).toBeLessThan(script.indexOf("exec "));
  });

  it("and of its file system nothing stays in sight", () => {
    expect(script.indexOf("umount -l /mnt")).toBeGreaterThan(script.indexOf("pivot_root"));
    expect(script.indexOf("exec ")).toBeGreaterThan(script.indexOf("umount -l /mnt"));
  });

  it("it has namespaces of its own of every kind, and ends with us", () => {
    const cgroups = { version: 1, hierarchies: [] } as const;
    const command = namespaceCommand({ cgroups, name: "one" }, script).join(" ");
    expect(command).toMatch(/^setpriv --pdeathsig=KILL/u);
    expect(command).toContain("unshare --cgroup");
    expect(command).toContain("--mount --net --pid --uts --ipc --fork --kill-child");
  });

  it("a word with anything in it stays a word", () => {
    expect(quoted("it's $HOME")).toBe("'it'\\''s $HOME'");
  });
});

describe("a node offers what the Droplet does", () => {
  const big = { processors: 8, memoryMib: 32_000 };

  it("what a larger machine has beside it is kept back", () => {
    expect(reservedOf("s-2vcpu-4gb", big)).toEqual({ cpu: "6100m", memory: "28790Mi" });
  });

  it("a smaller one keeps nothing back", () => {
    const small = { processors: 1, memoryMib: 2_000 };
    expect(reservedOf("s-2vcpu-4gb", small)).toEqual({ cpu: "0m", memory: "0Mi" });
  });

  it("a size that nobody knows is refused", () => {
    expect(() => reservedOf("c-2", big)).toThrow(/size "c-2".*facts\/digitalocean\/droplets\.ts/u);
  });

  it("a kubelet asks the API who may read its logs, and lets nobody in unasked", () => {
    const kubelet = parse(kubeletYaml("s-2vcpu-4gb", big)) as {
      authentication: { anonymous: { enabled: boolean } };
      authorization: { mode: string };
    };
    expect(kubelet.authentication.anonymous.enabled).toBe(false);
    expect(kubelet.authorization.mode).toBe("Webhook");
  });
});

describe("a policy sees the addresses that it speaks of", () => {
  it("databases, nodes and the API server stand in the VPC; the Internet does not", () => {
    const vpc = RANGES.vpc.replace(/\.\d+\/\d+$/u, ".");
    const inside = [NETWORK.gateway, NETWORK.api.address, ...NETWORK.databases, ...NETWORK.nodes];
    for (const address of inside) expect(address.startsWith(vpc)).toBe(true);
    expect(new Set(inside).size).toBe(inside.length);
    for (const address of NETWORK.internet) expect(address).toMatch(/^203\.0\.113\./u);
  });

  it("no address of a Pod is rewritten on its way", () => {
    expect(podNetwork("10.244.1.0/24")).not.toContain("ipMasq");
  });
});

it("a node that joins the VPC changes no address under the connections of the others", () => {
  expect(worldCommands()).toContain(
    `link add ${NETWORK.bridge} address ${NETWORK.bridgeMac} type bridge`,
  );
  // Locally administered, and of one card: the second digit is 2, 6, a or e.
  expect(NETWORK.bridgeMac).toMatch(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/u);
});
