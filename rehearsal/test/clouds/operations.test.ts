import { describe, expect, it } from "vitest";
import { refusal as cloudflareRefusal } from "../../clouds/cloudflare/api.ts";
import { refusal } from "../../clouds/digitalocean/api.ts";
import { databaseCluster } from "../../clouds/digitalocean/databases.ts";
import { createObject, deleteObject } from "../../clouds/operations.ts";
import { Refusal } from "../../clouds/refusal.ts";
import type { Properties } from "../../providers/provider.ts";
import { Cloud } from "./cloud.ts";
import {
  CLUSTER,
  clusterInputs,
  DATABASE,
  NODE_POOL,
  postgresInputs,
  REPLICA,
  valkeyInputs,
  VPC,
  vpcInputs,
} from "./standard.ts";

/** Types that take minutes, with the requirements of each and the start of its server. */
const SLOW: readonly (readonly [
  string,
  (cloud: Cloud) => Promise<Properties>,
  (cloud: Cloud, starts: () => Promise<never>) => void,
])[] = [
  [
    CLUSTER,
    async () => clusterInputs,
    ({ clusters }, starts) => {
      clusters.create = starts;
    },
  ],
  [
    NODE_POOL,
    async (cloud) => ({
      clusterId: (await cloud.make(CLUSTER, "doks", clusterInputs)).id,
      size: "s-4vcpu-8gb",
      nodeCount: 2,
    }),
    ({ clusters }, starts) => {
      clusters.addNodes = starts;
    },
  ],
  [
    DATABASE,
    async () => postgresInputs,
    ({ databases }, starts) => {
      databases.createPostgres = starts;
    },
  ],
  [
    REPLICA,
    async (cloud) => ({ clusterId: (await cloud.make(DATABASE, "pg", postgresInputs)).id }),
    ({ databases }, starts) => {
      databases.answerAs = starts;
    },
  ],
];

describe("something half made that is billed, and that no state knows, is not rehearsed", () => {
  it.each(SLOW)("%s whose server does not start stays", async (type, inputsOf, breaks) => {
    const cloud = new Cloud();
    const inputs = await inputsOf(cloud);
    breaks(cloud, () => Promise.reject(new Error("no room")));
    await expect(cloud.make(type, "it", inputs)).rejects.toThrow("no room");
    expect(cloud.world.find(type)).toHaveLength(1);
  });

  it.each(SLOW)("%s that outlasts its timeout stays, and runs later", async (type, inputsOf) => {
    const cloud = new Cloud(1 / 20_000);
    const inputs = await inputsOf(cloud);
    cloud.world.slowed.set(`create ${type}`, 4_000);
    await expect(cloud.make(type, "it", inputs)).rejects.toThrow(/Timeout waiting to /);
    const [left] = cloud.world.find(type);
    expect(left?.creating).toBeInstanceOf(Promise);
    await left?.creating;
    expect(left?.creating).toBeUndefined();
  });

  it.each(SLOW)("%s whose polling breaks stays", async (type, inputsOf, breaks) => {
    const cloud = new Cloud();
    const inputs = await inputsOf(cloud);
    breaks(cloud, () => new Promise(() => {}));
    const making = cloud.make(type, "it", inputs);
    making.catch(() => {});
    await expect.poll(() => cloud.world.waiting.size, { interval: 1 }).toBe(1);
    for (const { fail } of cloud.world.waiting) fail(new Error("no route to host"));
    await expect(making).rejects.toThrow("no route to host");
    expect(cloud.world.find(type)).toHaveLength(1);
    expect(cloud.world.waiting.size).toBe(0);
  });
});

describe("a report that is held against a cloud that waits for nothing, or for everything", () => {
  it.each([
    [{ size: "db-s-6vcpu-16gb" }, 206],
    [{ nodeCount: 2 }, 206],
    [{ maintenanceWindows: [{ day: "tuesday", hour: "04:00" }] }, 1],
    [{ tags: ["mastodon"] }, 1],
  ])("an update of a database waits for a resize alone: %j", async (news, seconds) => {
    const cloud = new Cloud();
    const made = await cloud.make(DATABASE, "pg", postgresInputs);
    await cloud.update(made, { ...postgresInputs, ...news });
    expect(cloud.world.clock.records.at(-1)).toMatchObject({
      operation: "update",
      realSeconds: seconds,
    });
  });
});

describe("a client of the API that is told other than one of the provider", () => {
  it("the answer to a create comes before its server runs", async () => {
    const { world, databases } = new Cloud();
    const { object, ready } = await createObject(
      databaseCluster,
      { ...postgresInputs, name: "pg" },
      { world, configuration: {}, urn: "POST /v2/databases" },
    );
    expect(world.get(DATABASE, object.id)).toBe(object);
    expect(object.creating).toBeDefined();
    expect(object.properties).not.toHaveProperty("password");
    await ready;
    expect(object.creating).toBeUndefined();
    expect(object.properties["password"]).toBe(`admin-password-of-${object.id}`);
    expect(databases.calls).toEqual([`createPostgres ${object.id}`]);
  });

  it("a delete waits for what is still being made, so that no server outlives it", async () => {
    const { world, databases } = new Cloud();
    const context = { world, configuration: {}, urn: "DELETE" };
    const inputs = { ...valkeyInputs, name: "valkey" };
    const { object } = await createObject(databaseCluster, inputs, context);
    await deleteObject(databaseCluster, object, context);
    expect(databases.calls).toEqual([
      `createValkey ${object.id} noeviction`,
      `destroy ${object.id}`,
    ]);
    expect(world.hosts().size).toBe(0);
  });

  it("a refusal holds status, code and words apart from the provider's sentence", async () => {
    const cloud = new Cloud();
    await cloud.make(VPC, "a", { ...vpcInputs, name: "net" });
    const refused: unknown = await cloud
      .make(VPC, "b", { ...vpcInputs, name: "net" })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).answer).toEqual({
      method: "POST",
      path: "/v2/vpcs",
      status: 422,
      code: "unprocessable_entity",
      text: "a VPC named net exists already",
    });
    expect(refusal("doing it", "GET", "/v2/x", 404, "gone").answer.code).toBe("not_found");
    const other = cloudflareRefusal("PATCH", "/zones/1", 409, 1007, "no");
    expect(other.answer).toMatchObject({ status: 409, code: 1007, text: "no" });
  });
});
