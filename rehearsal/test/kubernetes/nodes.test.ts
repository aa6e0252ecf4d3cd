import type { V1Node } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import type { NodeSpec } from "../../clouds/backends.ts";
import { nodeCapacity } from "../../kubernetes/droplet-sizes.ts";
import { isUsable, nodeObject } from "../../kubernetes/nodes.ts";

const SPEC: NodeSpec = {
  name: "workload-1",
  size: "s-4vcpu-8gb",
  region: "nyc3",
  poolName: "workload",
  poolId: "pool-id",
  nodeId: "node-id",
  dropletId: 312_345_678,
  version: "1.35.1-do.6",
  labels: { "mastodon.example/tier": "web" },
  taints: [{ key: "dedicated", value: "web", effect: "NoSchedule" }],
};

describe("a Pod that fits here fits on the real node", () => {
  it.each([
    ["s-1vcpu-2gb", "900m", "1574Mi"],
    ["s-2vcpu-4gb", "1900m", "3110Mi"],
    ["s-4vcpu-8gb", "3900m", "6694Mi"],
    ["s-4vcpu-8gb-amd", "3900m", "6694Mi"],
  ])("%s leaves %s and %s", (slug, cpu, memory) => {
    expect(nodeCapacity(slug).allocatable).toMatchObject({ cpu, memory, pods: "110" });
  });

  it("the disk of an s-2vcpu-4gb is as its kubelet reported it, within a millionth", () => {
    const { capacity, allocatable } = nodeCapacity("s-2vcpu-4gb");
    expect(capacity["ephemeral-storage"]).toBe("82394940Ki");
    expect(Number(allocatable["ephemeral-storage"]) / 75_935_176_579).toBeCloseTo(1, 6);
  });

  it.each(["s-64vcpu-8gb", "", "toString"])(
    "the unknown size %o is refused, with those known",
    (slug) => {
      expect(() => nodeCapacity(slug)).toThrow(
        new RegExp(`size "${slug}" leaves for Pods; it knows .*s-4vcpu-8gb.*add a row`),
      );
    },
  );
});

describe("selectors and the scheduler see a DOKS node", () => {
  const node = nodeObject(SPEC);

  it("by its labels", () => {
    expect(node.metadata?.labels).toMatchObject({
      "doks.digitalocean.com/node-pool": "workload",
      "doks.digitalocean.com/node-pool-id": "pool-id",
      "doks.digitalocean.com/node-id": "node-id",
      "doks.digitalocean.com/version": "1.35.1-do.6",
      "kubernetes.io/hostname": "workload-1",
      "node.kubernetes.io/instance-type": "s-4vcpu-8gb",
      "topology.kubernetes.io/region": "nyc3",
      "mastodon.example/tier": "web",
    });
  });

  it("by its Droplet, its taints and its kubelet's version", () => {
    expect(node.spec).toEqual({
      providerID: "digitalocean://312345678",
      // The second taint is for the time until the network runs: a Pod of the stack must not take
      // the room of DOKS' own.
      taints: [
        ...SPEC.taints,
        { key: "node.cilium.io/agent-not-ready", value: "true", effect: "NoSchedule" },
      ],
    });
    expect(node.status?.nodeInfo?.kubeletVersion).toBe("v1.35.1");
  });

  it("a version that isn't DOKS' is refused", () => {
    expect(() => nodeObject({ ...SPEC, version: "latest" })).toThrow(
      /workload-1 has version "latest"/,
    );
  });
});

describe("a node is not waited for too short", () => {
  const withStatus = (status: string, taints: readonly string[]): V1Node => ({
    spec: { taints: taints.map((key) => ({ key, effect: "NoSchedule" })) },
    status: { conditions: [{ type: "Ready", status }] },
  });

  it.each([
    ["Ready and without taint", withStatus("True", []), true],
    ["Ready with the pool's own taint", withStatus("True", ["dedicated"]), true],
    ["Ready but still tainted", withStatus("True", ["node.kubernetes.io/not-ready"]), false],
    ["not Ready", withStatus("False", []), false],
    ["without status", {}, false],
  ])("%s", (_what, node, usable) => {
    expect(isUsable(node)).toBe(usable);
  });
});
