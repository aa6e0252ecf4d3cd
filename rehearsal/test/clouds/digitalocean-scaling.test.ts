import { describe, expect, it } from "vitest";
import { Cloud, untold } from "./cloud.ts";
import { CLUSTER, clusterInputs, NODE_POOL } from "./standard.ts";
import { scalePools } from "../../clouds/mishaps.ts";

const scaled = { size: "s-4vcpu-8gb", autoScale: true, minNodes: 2, maxNodes: 5 };

describe("a pool that scales otherwise than the real one", () => {
  it("rests at its fewest nodes, grows to its most, and a fixed one stays as it is", async () => {
    const cloud = new Cloud();
    const { id: clusterId } = await cloud.make(CLUSTER, "doks", clusterInputs);
    const pool = await cloud.make(NODE_POOL, "work", { clusterId, ...scaled });
    const fixed = { clusterId, size: "s-2vcpu-4gb", nodeCount: 1 };
    await cloud.make(NODE_POOL, "fixed", fixed);
    expect(pool.outputs["actualNodeCount"]).toBe(2);
    expect(await scalePools(cloud.world, "ceiling")).toBe(8);
    expect(cloud.clusters.nodes.get(clusterId)).toHaveLength(8);
    expect((await cloud.read(pool))?.outputs["actualNodeCount"]).toBe(5);
    expect(await scalePools(cloud.world, "rest")).toBe(5);
    expect(cloud.clusters.nodes.get(clusterId)).toHaveLength(5);
  });

  it("after it grew, no change is shown, and another update leaves it grown", async () => {
    const cloud = new Cloud();
    const { id: clusterId } = await cloud.make(CLUSTER, "doks", clusterInputs);
    const inputs = { clusterId, ...scaled };
    const pool = await cloud.make(NODE_POOL, "work", inputs);
    await scalePools(cloud.world, "ceiling");
    const found = await cloud.read(pool);
    expect((await cloud.diff({ ...pool, outputs: found!.outputs }, inputs)).changes).toBe(false);
    const grown = await cloud.update(pool, { ...inputs, tags: ["new"] });
    expect(grown["actualNodeCount"]).toBe(5);
    const lower = await cloud.update(pool, { ...inputs, maxNodes: 3 });
    expect(lower["actualNodeCount"]).toBe(3);
  });

  it("a floor above the ceiling is refused, once it is made", () => {
    const inputs = { clusterId: "one", ...scaled, minNodes: 6 };
    expect(untold(NODE_POOL, inputs)).toContain("minNodes: 6 is more than maxNodes, 5");
  });

  it("a ceiling for which the account has too few Droplets is refused at once, in the API's words", async () => {
    const cloud = new Cloud();
    cloud.world.account.dropletLimit = 6;
    const { id: clusterId } = await cloud.make(CLUSTER, "doks", clusterInputs);
    const inputs = { clusterId, ...scaled };
    await expect(cloud.make(NODE_POOL, "work", inputs)).rejects.toThrow(
      /422 .* validation error: autoscale desired max nodes exceed limits, 5 additional nodes but not enough available droplet limit$/,
    );
    const pool = await cloud.make(NODE_POOL, "work", { ...inputs, maxNodes: 4 });
    await expect(cloud.update(pool, inputs)).rejects.toThrow(/1 additional nodes/);
    cloud.world.account.dropletLimit = 1;
    await expect(cloud.make(CLUSTER, "second", clusterInputs)).rejects.toThrow(/exceed limits/);
  });
});
