import { describe, expect, it } from "vitest";
import { TEARDOWN_SECONDS } from "../../clouds/departures.ts";
import { backendConnections, NODE_SIZES } from "../../clouds/digitalocean/sizes.ts";
import { nodeCapacity } from "../../kubernetes/droplet-sizes.ts";
import { Cloud, plain } from "./cloud.ts";
import {
  CLUSTER,
  clusterInputs,
  DATABASE,
  DB,
  FIREWALL,
  NODE_POOL,
  POOL,
  postgresInputs,
  USER,
  valkeyInputs,
  VPC,
  vpcInputs,
} from "./standard.ts";
import { loseCluster } from "../../clouds/mishaps.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;

describe("a VPC that the real one would refuse", () => {
  it("is not deleted while it has members, in the API's words", async () => {
    const cloud = new Cloud();
    const vpc = await cloud.make(VPC, "net", vpcInputs);
    await cloud.make(DATABASE, "pg", { ...postgresInputs, privateNetworkUuid: vpc.id });
    await expect(cloud.remove(vpc)).rejects.toThrow(
      new RegExp(
        `^Error deleting VPC: DELETE https://api\\.digitalocean\\.com/v2/vpcs/${vpc.id}: 409 \\(request "${UUID.source}"\\) Can not delete VPC with members$`,
      ),
    );
    expect(cloud.world.get(VPC, vpc.id)).toBeDefined();
  });

  it("has a range or a name that another has", async () => {
    const cloud = new Cloud();
    await cloud.make(VPC, "net", { ...vpcInputs, name: "net" });
    await expect(cloud.make(VPC, "b", { region: "fra1", name: "net" })).rejects.toThrow(
      /422 .*net/,
    );
    const inside = { region: "fra1", ipRange: "10.10.8.0/24" };
    await expect(cloud.make(VPC, "b", inside)).rejects.toThrow(/overlaps with 10\.10\.0\.0\/20/);
    const free = await cloud.make(VPC, "b", { region: "fra1" });
    expect(free.outputs["ipRange"]).toMatch(/^10\.\d+\.\d+\.0\/20$/);
  });

  it("is named by its URN, is in another region, or overlaps with pods", async () => {
    const cloud = new Cloud();
    const vpc = await cloud.make(VPC, "net", vpcInputs);
    const at = (inputs: object) => cloud.make(CLUSTER, "doks", { ...clusterInputs, ...inputs });
    await expect(at({ vpcUuid: vpc.outputs["vpcUrn"] })).rejects.toThrow(/not its URN/);
    await expect(at({ vpcUuid: vpc.id, region: "ams3" })).rejects.toThrow(
      /is in fra1, not in ams3/,
    );
    await expect(at({ vpcUuid: vpc.id, clusterSubnet: "10.10.0.0/16" })).rejects.toThrow(
      /overlaps/,
    );
    expect(cloud.clusters.nodes.size).toBe(0);
  });
});

describe("a destroy that is too fast for the real cloud", () => {
  it("a VPC waits until its members are really gone, as long as it may", async () => {
    const cloud = new Cloud(1 / 2000);
    const vpc = await cloud.make(VPC, "net", vpcInputs);
    cloud.world.departures.begin(vpc.id);
    await expect(cloud.remove(vpc, 10)).rejects.toThrow("Can not delete VPC with members");
    const began = performance.now();
    await cloud.remove(vpc);
    expect(performance.now() - began).toBeGreaterThan(((TEARDOWN_SECONDS - 30) / 2000) * 1000);
    expect(cloud.world.inventory()).toEqual([]);
  });
});

describe("a cluster without the nodes that are paid for", () => {
  it.each(NODE_SIZES)("%s has a known allocatable", (size) => {
    expect(nodeCapacity(size)).toBeDefined();
  });

  it("starts with its pool's, and its nodes carry pool, size, version, labels and taints", async () => {
    const cloud = new Cloud();
    const taints = [{ key: "only", value: "web", effect: "NoSchedule" }];
    const cluster = await cloud.make(CLUSTER, "doks", clusterInputs);
    const pool = await cloud.make(NODE_POOL, "work", {
      clusterId: cluster.id,
      size: "s-4vcpu-8gb",
      nodeCount: 2,
      labels: { tier: "web" },
      taints,
    });
    const nodes = cloud.clusters.nodes.get(cluster.id) ?? [];
    expect(nodes.map(({ poolName }) => poolName)).toEqual([
      "base",
      "base",
      pool.inputs["name"],
      pool.inputs["name"],
    ]);
    expect(nodes[3]).toMatchObject({
      poolId: pool.id,
      size: "s-4vcpu-8gb",
      region: "fra1",
      version: "1.36.0-do.2",
      labels: { tier: "web" },
      taints,
    });
    expect(nodes[3]?.name).toMatch(/^work-[0-9a-f]{7}-[a-z0-9]{5}$/);
    expect(pool.outputs["actualNodeCount"]).toBe(2);
  });

  it("follows a new count, up and down, and loses them with the pool", async () => {
    const cloud = new Cloud();
    const cluster = await cloud.make(CLUSTER, "doks", clusterInputs);
    const inputs = { clusterId: cluster.id, size: "s-4vcpu-8gb", nodeCount: 1 };
    const pool = await cloud.make(NODE_POOL, "work", inputs);
    const count = () => cloud.clusters.nodes.get(cluster.id)?.length;
    expect(count()).toBe(3);
    await cloud.update(pool, { ...inputs, nodeCount: 4 });
    expect(count()).toBe(6);
    await cloud.update(pool, { ...inputs, nodeCount: 2 });
    expect(count()).toBe(4);
    await cloud.remove(pool);
    expect(count()).toBe(2);
  });

  it("a change that nodes don't follow here is refused, not ignored", async () => {
    const cloud = new Cloud();
    const cluster = await cloud.make(CLUSTER, "doks", clusterInputs);
    const inputs = { clusterId: cluster.id, size: "s-4vcpu-8gb", nodeCount: 1 };
    const pool = await cloud.make(NODE_POOL, "work", inputs);
    await expect(cloud.update(pool, { ...inputs, labels: { a: "b" } })).rejects.toThrow(/labels/);
  });
});

describe("a cluster that is not like the real one", () => {
  it("has the shape of its ids, a kubeconfig that works, and high availability unless refused", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(CLUSTER, "doks", clusterInputs);
    expect(made.id).toMatch(UUID);
    expect(made.outputs["clusterUrn"]).toBe(`do:kubernetes:${made.id}`);
    expect(made.outputs["ha"]).toBe(false);
    const [config] = plain(made.outputs, "kubeConfigs") as Record<string, string>[];
    expect(config?.["host"]).toBe(made.outputs["endpoint"]);
    expect(config?.["token"]).toBe(cloud.world.runningClusters.get(made.id)?.adminToken);
    expect(atob(config?.["clusterCaCertificate"] ?? "")).toContain("BEGIN CERTIFICATE");
    const open = Object.fromEntries(Object.entries(clusterInputs).filter(([key]) => key !== "ha"));
    const available = await cloud.make(CLUSTER, "other", open);
    expect(available.outputs["ha"]).toBe(true); // Otherwise $40 a month without a request.
  });

  it("a name that is taken is refused", async () => {
    const cloud = new Cloud();
    await cloud.make(CLUSTER, "a", { ...clusterInputs, name: "one" });
    await expect(cloud.make(CLUSTER, "b", { ...clusterInputs, name: "one" })).rejects.toThrow(
      /422 .*a cluster with this name already exists$/,
    );
  });

  it("lost behind the back, it is gone with pools and nodes", async () => {
    const cloud = new Cloud();
    const cluster = await cloud.make(CLUSTER, "doks", clusterInputs);
    const inputs = { clusterId: cluster.id, size: "s-4vcpu-8gb", nodeCount: 1 };
    const pool = await cloud.make(NODE_POOL, "work", inputs);
    await expect(loseCluster(cloud.world, "other")).rejects.toThrow(/There are 0/);
    await loseCluster(cloud.world, String(cluster.inputs["name"]));
    expect(await cloud.read(cluster)).toBeUndefined();
    expect(await cloud.read(pool)).toBeUndefined();
    expect(cloud.clusters.nodes.size).toBe(0);
    // Without a refresh the real plugin treats the cluster's 404 as deleted, and the pool's as an
    // error.
    await expect(cloud.remove(pool)).rejects.toThrow(/404/);
    await cloud.remove(cluster);
  });
});

describe("a database that the stack could not use for real", () => {
  it("has hosts, ports and URIs as the real one, and its server's password as a secret", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const host = String(pg.outputs["host"]);
    expect(host).toMatch(/^pg-[0-9a-f]{7}-do-user-\d+-0\.[a-z]\.db\.ondigitalocean\.com$/);
    expect(pg.outputs["privateHost"]).toBe(`private-${host}`);
    expect(pg.outputs["port"]).toBe(25060);
    expect(plain(pg.outputs, "privateUri")).toBe(
      `postgresql://doadmin:admin-password-of-${pg.id}@private-${host}:25060/defaultdb?sslmode=require`,
    );
    const valkey = await cloud.make(DATABASE, "redis", valkeyInputs);
    expect(valkey.outputs["port"]).toBe(25061);
    expect(plain(valkey.outputs, "privateUri")).toMatch(/^rediss:\/\/default:.*@private-.*:25061$/);
    expect(cloud.databases.calls).toContain(`createValkey ${valkey.id} noeviction`);
    expect(cloud.world.hosts().get(`private-${host}`)).toBe("127.0.0.2");
    expect(JSON.stringify(pg.outputs)).not.toContain("admin-password");
  });

  it("hands out its CA in PEM, and none once it is gone", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const provider = await cloud.provider(DATABASE);
    const ask = () =>
      provider.invoke("digitalocean:index/getDatabaseCa:getDatabaseCa", { clusterId: pg.id });
    expect((await ask())["certificate"]).toContain("BEGIN CERTIFICATE");
    await cloud.remove(pg);
    await expect(ask()).rejects.toThrow(/404/);
    expect(cloud.world.hosts().size).toBe(0);
    expect(cloud.databases.calls).toContain(`destroy ${pg.id}`);
  });

  it("Valkey has no users, databases and pools", async () => {
    const cloud = new Cloud();
    const valkey = await cloud.make(DATABASE, "redis", valkeyInputs);
    const inputs = { clusterId: valkey.id, name: "app" };
    await expect(cloud.make(USER, "app", inputs)).rejects.toThrow(/not supported for valkey/);
    await expect(cloud.make(DB, "app", inputs)).rejects.toThrow(/not supported for valkey/);
  });

  it("names in it are taken once", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const inputs = { clusterId: pg.id, name: "mastodon" };
    await cloud.make(USER, "a", inputs);
    await expect(cloud.make(USER, "b", inputs)).rejects.toThrow(/422 .*mastodon already exists/);
    await expect(cloud.make(USER, "c", { ...inputs, name: "doadmin" })).rejects.toThrow(/422/);
    await cloud.make(DB, "a", inputs);
    await expect(cloud.make(DB, "b", inputs)).rejects.toThrow(/422/);
    await expect(cloud.make(DB, "c", { ...inputs, name: "defaultdb" })).rejects.toThrow(/422/);
  });
});

describe("more connections than the plan has", () => {
  it.each([
    ["db-s-1vcpu-1gb", 22],
    ["db-s-1vcpu-2gb", 47],
    ["db-s-2vcpu-4gb", 97],
    ["db-s-4vcpu-8gb", 197],
    ["db-s-6vcpu-16gb", 397],
  ])("%s has %d", (size, connections) => {
    expect(backendConnections(size)).toBe(connections);
  });

  it("pools that don't fit together are refused", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const pool = (name: string, size: number) => ({
      clusterId: pg.id,
      name,
      size,
      dbName: "defaultdb",
      mode: "transaction",
    });
    await cloud.make(POOL, "a", pool("web", 40));
    await expect(cloud.make(POOL, "b", pool("jobs", 8))).rejects.toThrow(
      /jobs of 8 does not fit: db-s-1vcpu-2gb has 47 backend connections and 40 are taken/,
    );
    const fits = await cloud.make(POOL, "b", pool("jobs", 7));
    expect(fits.outputs["port"]).toBe(25061);
    await expect(cloud.make(POOL, "c", { ...pool("web2", 1), user: "nobody" })).rejects.toThrow(
      /user nobody does not exist/,
    );
    const diff = await cloud.diff(fits, pool("jobs", 6));
    expect(diff).toMatchObject({ replaces: ["size"], deleteBeforeReplace: true });
  });
});

describe("a firewall that opens or flaps", () => {
  it("its rules are a set: another order and the cloud's own ids are no change", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const [a, b] = [
      { type: "tag", value: "nodes" },
      { type: "ip_addr", value: "192.0.2.1" },
    ];
    const wall = await cloud.make(FIREWALL, "wall", { clusterId: pg.id, rules: [a, b] });
    const swapped = await cloud.diff(wall, { clusterId: pg.id, rules: [b, a] });
    expect(swapped.changes).toBe(false);
    const fewer = await cloud.diff(wall, { clusterId: pg.id, rules: [a] });
    expect(fewer).toMatchObject({ changes: true, replaces: [] });
    await expect(cloud.make(FIREWALL, "second", { clusterId: pg.id, rules: [a] })).rejects.toThrow(
      /one resource must hold all rules/,
    );
  });
});
