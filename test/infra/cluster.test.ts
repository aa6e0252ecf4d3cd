import { describe, expect, test } from "vitest";
import { theResource } from "../stack/views.ts";
import { planWith } from "./raw.ts";

const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
const POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";
const plain = await planWith({});
const cluster = theResource(plain, CLUSTER, "cluster-doks").inputs;

describe("a cluster that DigitalOcean decides about", () => {
  test("says whether it is highly available: left open it is, for $40 a month and for good", async () => {
    expect(cluster["ha"]).toBe(true);
    const off = await planWith({ cluster: { highAvailability: false } });
    expect(theResource(off, CLUSTER, "cluster-doks").inputs["ha"]).toBe(false);
  });

  test("is patched in its window only, with new nodes before the old ones go", () => {
    expect(cluster).toMatchObject({
      autoUpgrade: true,
      surgeUpgrade: true,
      maintenancePolicy: { day: "sunday", startTime: "04:00" },
    });
  });

  test("has its window where the operator wants it", async () => {
    const plan = await planWith({ maintenance: { day: "tuesday", clusterHour: 22 } });
    expect(theResource(plan, CLUSTER, "cluster-doks").inputs["maintenancePolicy"]).toEqual({
      day: "tuesday",
      startTime: "22:00",
    });
  });

  test("is tagged, so that one that an aborted create left behind can be found", () => {
    expect(cluster["tags"]).toEqual(["network-stack-0a1b2c3"]);
  });
});

describe("a firewall of the control plane", () => {
  test("is not touched unless asked for: DigitalOcean refuses it to whom it did not invite", () => {
    expect(Object.keys(cluster)).not.toContain("controlPlaneFirewall");
  });

  test("lets in exactly who is named", async () => {
    const allowedAddresses = ["203.0.113.7/32", "198.51.100.0/24"];
    const plan = await planWith({ cluster: { controlPlaneFirewall: { allowedAddresses } } });
    expect(theResource(plan, CLUSTER, "cluster-doks").inputs["controlPlaneFirewall"]).toEqual({
      enabled: true,
      allowedAddresses,
    });
  });
});

describe("a pool with two masters", () => {
  test("without autoscaling the count is ours, and a change by hand shows", async () => {
    const fixed = await planWith({ profile: "small", web: { threads: 5 } });
    const pool = theResource(fixed, POOL, "cluster-workloads");
    expect(pool.inputs["nodeCount"]).toBe(2);
    expect(Object.keys(pool.inputs)).not.toContain("autoScale");
    expect(pool.ignoreChanges).toEqual([]);
  });

  test("with autoscaling it is the autoscaler's alone: each update would move it back otherwise", async () => {
    const plan = await planWith({ cluster: { workloadPool: { maxNodes: 6 } } });
    const scaled = theResource(plan, POOL, "cluster-workloads");
    expect(scaled.inputs).toMatchObject({ autoScale: true, minNodes: 3, maxNodes: 6 });
    expect(Object.keys(scaled.inputs)).not.toContain("nodeCount");
    expect(scaled.ignoreChanges).toEqual(["nodeCount"]);
  });

  test("the pool that the cluster is born with never scales: its size is the cluster's life", async () => {
    const plan = await planWith({ cluster: { workloadPool: { maxNodes: 6 } } });
    expect(theResource(plan, CLUSTER, "cluster-doks").inputs["nodePool"]).toEqual({
      name: "base",
      size: "s-2vcpu-4gb",
      nodeCount: 1,
      tags: ["network-nodes-0a1b2c3"],
    });
  });

  test("a ceiling below the floor is refused before DigitalOcean does", async () => {
    await expect(planWith({ cluster: { workloadPool: { maxNodes: 2 } } })).rejects.toThrow(
      "mastodon:cluster.workloadPool.maxNodes: 2 is not more than the 3 nodes that the pool always has. Set mastodon:cluster.workloadPool.maxNodes to 4 (or more), or remove it",
    );
  });
});
