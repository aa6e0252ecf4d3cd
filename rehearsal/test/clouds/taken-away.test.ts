import { describe, expect, it } from "vitest";
import { loseApi, rideOutSeconds, slowDatabases } from "../../clouds/outages.ts";
import {
  closeRegion,
  endZoneSetting,
  withdrawDatabaseSize,
  withdrawKubernetes,
  withdrawNodeSize,
} from "../../clouds/withdrawals.ts";
import { openRest } from "../../clouds/rest/open.ts";
import type { Properties } from "../../providers/provider.ts";
import { Cloud, type Made, ZONE } from "./cloud.ts";
import {
  CLUSTER,
  clusterInputs,
  DATABASE,
  NODE_POOL,
  postgresInputs,
  REPLICA,
  valkeyInputs,
  ZONE_SETTING,
} from "./standard.ts";

const HOUR = 3_600;
const named = (inputs: Properties, name: string): Properties => ({ ...inputs, name });

/**
 * Starts databases and a cluster, and returns the result of each after an outage during their
 * creation.
 */
async function endsAfter(cloud: Cloud, seconds: number): Promise<readonly string[]> {
  const making = [
    cloud.make(DATABASE, "postgres", named(postgresInputs, "postgres"), HOUR),
    cloud.make(DATABASE, "valkey", named(valkeyInputs, "valkey"), HOUR),
    cloud.make(CLUSTER, "doks", named(clusterInputs, "doks"), HOUR),
  ];
  const ends = Promise.allSettled(making);
  await expect.poll(() => cloud.world.waiting.size, { interval: 1 }).toBe(3);
  await loseApi(cloud.world, seconds);
  return (await ends).map((end) =>
    end.status === "fulfilled" ? "made" : (end.reason as Error).message,
  );
}

describe("an API that is away while databases are being made", () => {
  it("ends the plugin: nothing is in a state, all of it runs and is billed, and the next update is refused", async () => {
    const cloud = new Cloud(1 / 1_000);
    const ends = await endsAfter(cloud, 60);
    for (const end of ends) expect(end).toMatch(/^Bridged provider panic .*nil pointer/);
    const left = [DATABASE, CLUSTER].flatMap((type) => cloud.world.find(type));
    expect(left.map(({ properties }) => properties["name"])).toEqual([
      "postgres",
      "valkey",
      "doks",
    ]);
    await Promise.all(left.map(({ creating }) => creating));
    const again = cloud.make(DATABASE, "postgres", named(postgresInputs, "postgres"));
    await expect(again).rejects.toThrow(/422 .* cluster name is not available$/);
  });

  it("is ridden out with more tries, and a short one without", async () => {
    const patient = new Cloud(1 / 1_000);
    patient.configure("digitalocean", { httpRetryMax: "12" });
    expect(await endsAfter(patient, 60)).toEqual(["made", "made", "made"]);
    expect(await endsAfter(new Cloud(1 / 1_000), 14)).toEqual(["made", "made", "made"]);
    expect([rideOutSeconds({}), rideOutSeconds({ httpRetryMax: "12" })]).toEqual([15, 241]);
  });

  it("fails a cluster alone in a sentence, and leaves it behind as well", async () => {
    const cloud = new Cloud(1 / 1_000);
    const making = cloud.make(CLUSTER, "doks", clusterInputs);
    making.catch(() => {});
    await expect.poll(() => cloud.world.waiting.size, { interval: 1 }).toBe(1);
    await loseApi(cloud.world, 60);
    await expect(making).rejects.toThrow(/^Error trying to read cluster state: giving up after 5/);
    expect(cloud.world.find(CLUSTER)).toHaveLength(1);
  });
});

describe("a database that takes longer than anybody waits", () => {
  it("a resize fails the update at the create timeout and goes on: the next one finds it done", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs, HOUR);
    slowDatabases(cloud.world, "update", 2 * HOUR);
    const larger = { ...postgresInputs, size: "db-s-4vcpu-8gb" };
    await expect(cloud.update(pg, larger)).rejects.toThrow(
      /^Error resizing database cluster: Timeout/,
    );
    const found = await cloud.read(pg);
    expect(found?.outputs["size"]).toBe("db-s-4vcpu-8gb");
    expect((await cloud.diff({ ...pg, ...found }, larger)).changes).toBe(false);
  });

  it("a resize within the timeout of the create passes, however long that is", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs, HOUR);
    slowDatabases(cloud.world, "update", 50 * 60); // Longer than the provider's own 30 minutes.
    await cloud.update(pg, { ...postgresInputs, size: "db-s-4vcpu-8gb" });
    const other = await cloud.make(DATABASE, "other", postgresInputs);
    const larger = { ...postgresInputs, size: "db-s-4vcpu-8gb" };
    await expect(cloud.update(other, larger)).rejects.toThrow(
      /^Error resizing database cluster: Timeout/,
    );
  });

  it("one that stays in creating is in no state; its name is taken until it is rescued", async () => {
    const cloud = new Cloud();
    slowDatabases(cloud.world, "create", 2 * HOUR);
    const inputs = named(postgresInputs, "postgres");
    await expect(cloud.make(DATABASE, "pg", inputs, HOUR)).rejects.toThrow(
      /^Error creating database cluster: Timeout/,
    );
    await expect(cloud.make(DATABASE, "pg", inputs, HOUR)).rejects.toThrow(/is not available$/);
    expect(cloud.world.find(DATABASE)).toHaveLength(1);
  });
});

describe("what a cloud no longer offers meets who makes something next, not what runs", () => {
  type Attempt = (cloud: Cloud) => Promise<unknown>;
  const pool = (clusterId: string) => ({ clusterId, size: "s-4vcpu-8gb", nodeCount: 1 });
  const cluster = (cloud: Cloud): Promise<Made> => cloud.make(CLUSTER, "doks", clusterInputs);

  it.each<readonly [string, (cloud: Cloud) => void, Attempt, RegExp]>([
    [
      "a Kubernetes slug",
      ({ world }) => withdrawKubernetes(world, "1.36.0-do.2"),
      cluster,
      /422 .*1\.36\.0-do\.2 is no version that is offered/,
    ],
    [
      "a Droplet size, of a cluster",
      ({ world }) => withdrawNodeSize(world, "s-2vcpu-4gb"),
      cluster,
      /422 .*validation error: invalid droplet size/,
    ],
    [
      "a Droplet size, of a pool",
      ({ world }) => withdrawNodeSize(world, "s-4vcpu-8gb"),
      async (cloud) => await cloud.make(NODE_POOL, "work", pool((await cluster(cloud)).id)),
      /422 .*validation error: invalid droplet size/,
    ],
    [
      "a database size",
      ({ world }) => withdrawDatabaseSize(world, "db-s-1vcpu-2gb"),
      async (cloud) => await cloud.make(DATABASE, "pg", postgresInputs),
      /422 .*invalid cluster size/,
    ],
    [
      "a region, for a cluster",
      ({ world }) => closeRegion(world, "fra1"),
      cluster,
      /422 .*Region is not available/,
    ],
    [
      "a region, for a database",
      ({ world }) => closeRegion(world, "fra1"),
      async (cloud) => await cloud.make(DATABASE, "valkey", valkeyInputs),
      /422 .*Region is not available/,
    ],
    [
      "a setting of a zone",
      ({ world }) => endZoneSetting(world, "0rtt"),
      async (cloud) =>
        await cloud.make(ZONE_SETTING, "0rtt", { zoneId: ZONE, settingId: "0rtt", value: "on" }),
      /Unrecognized zone setting name: 0rtt/,
    ],
  ])("%s", async (_, takesAway, attempt, words) => {
    await attempt(new Cloud());
    const cloud = new Cloud();
    takesAway(cloud);
    await expect(attempt(cloud)).rejects.toThrow(words);
  });

  it("a database keeps its size and grows past a withdrawn one, and no further into it", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    withdrawDatabaseSize(cloud.world, "db-s-1vcpu-2gb");
    withdrawDatabaseSize(cloud.world, "db-s-2vcpu-4gb");
    await cloud.update(pg, { ...postgresInputs, tags: ["kept"] });
    const into = cloud.update(pg, { ...postgresInputs, size: "db-s-2vcpu-4gb" });
    await expect(into).rejects.toThrow(/^Error resizing database cluster: .*invalid cluster size$/);
    await cloud.update(pg, { ...postgresInputs, size: "db-s-4vcpu-8gb" });
  });

  it("a zone setting that is gone fails the refresh: nothing but the program can forget it", async () => {
    const cloud = new Cloud();
    const inputs = { zoneId: ZONE, settingId: "0rtt", value: "on" };
    const made = await cloud.make(ZONE_SETTING, "0rtt", inputs);
    endZoneSetting(cloud.world, "0rtt");
    await expect(cloud.read(made)).rejects.toThrow(/Unrecognized zone setting name: 0rtt/);
    await cloud.remove(made);
  });

  it("a replica can't have a size that is no longer offered, whatever its original has", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    withdrawDatabaseSize(cloud.world, "db-s-1vcpu-2gb");
    await expect(
      cloud.make(REPLICA, "replica", { clusterId: pg.id, size: "db-s-1vcpu-2gb" }),
    ).rejects.toThrow(/invalid cluster size/);
  });

  it("whoever asks the API finds it in no list", async () => {
    const cloud = new Cloud();
    const rest = await openRest(cloud.world);
    const listed = async (path: string): Promise<string> =>
      await (
        await fetch(`${rest.digitaloceanUrl}${path}`, { headers: { authorization: "Bearer any" } })
      ).text();
    try {
      const [databases, kubernetes] = ["/v2/databases/options", "/v2/kubernetes/options"];
      expect(await listed(databases)).toContain('"db-s-4vcpu-8gb"');
      withdrawDatabaseSize(cloud.world, "db-s-4vcpu-8gb");
      withdrawNodeSize(cloud.world, "s-4vcpu-8gb");
      withdrawKubernetes(cloud.world, "1.35");
      closeRegion(cloud.world, "fra1");
      const lists = `${await listed(databases)} ${await listed(kubernetes)}`;
      expect(lists).toContain('"db-s-2vcpu-4gb"');
      expect(lists).not.toMatch(/"db-s-4vcpu-8gb"|"s-4vcpu-8gb"|"1\.35\.|"fra1"/u);
    } finally {
      await rest.close();
    }
  });
});
