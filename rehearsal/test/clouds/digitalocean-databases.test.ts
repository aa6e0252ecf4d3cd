import { describe, expect, it } from "vitest";
import { Cloud, plain, replacement, untold } from "./cloud.ts";
import {
  DATABASE,
  FIREWALL,
  postgresInputs,
  REPLICA,
  SETTINGS,
  VALKEY_SETTINGS,
  valkeyInputs,
  VPC,
  vpcInputs,
} from "./standard.ts";

describe("a change of a database that the real one would refuse", () => {
  it.each([
    [{ size: "db-s-1vcpu-1gb" }, /the size can't be decreased from db-s-1vcpu-2gb/],
    [{ storageSizeMib: "30720" }, /storage can't be decreased from 61440 to 30720 MiB/],
  ])("%j", async (change, words) => {
    const cloud = new Cloud();
    const inputs = { ...postgresInputs, storageSizeMib: "61440" };
    const pg = await cloud.make(DATABASE, "pg", inputs);
    await expect(cloud.update(pg, { ...inputs, ...change })).rejects.toThrow(words);
    await cloud.update(pg, { ...inputs, size: "db-s-2vcpu-4gb", storageSizeMib: "92160" });
    expect((await cloud.read(pg))?.outputs["size"]).toBe("db-s-2vcpu-4gb");
  });

  it.each([
    [postgresInputs, { nodeCount: 2, size: "db-s-1vcpu-1gb" }, "invalid node count"],
    [valkeyInputs, { nodeCount: 3, size: "db-s-1vcpu-1gb" }, "invalid node count"],
    [postgresInputs, { version: "12" }, "invalid cluster engine version"],
    [valkeyInputs, { version: "7" }, "invalid cluster engine version"],
  ])("%j with %j, by the API alone and in its own words", async (inputs, change, words) => {
    const cloud = new Cloud();
    await cloud.preview(DATABASE, "it", { ...inputs, ...change });
    await expect(cloud.make(DATABASE, "it", { ...inputs, ...change })).rejects.toThrow(
      new RegExp(
        `^Error creating database cluster: POST https://api\\.digitalocean\\.com/v2/databases: 422 \\(request "[0-9a-f-]{36}"\\) ${words}$`,
        "u",
      ),
    );
  });

  it("an offered version that no server here has is no refusal of DigitalOcean's, and says so", async () => {
    const older = { ...postgresInputs, version: "16" };
    await expect(new Cloud().make(DATABASE, "pg", older)).rejects.toThrow(
      "DigitalOcean offers pg 16, but the rehearsal has a server for 17 only.",
    );
  });

  it("a lower version, and standbys that the plan has not, once it runs", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", { ...postgresInputs, size: "db-s-1vcpu-1gb" });
    await expect(cloud.update(pg, { ...pg.inputs, version: "16" })).rejects.toThrow(
      /^Error upgrading database cluster: PUT .*\/upgrade: 422 .* invalid cluster engine version$/,
    );
    await expect(cloud.update(pg, { ...pg.inputs, nodeCount: 2 })).rejects.toThrow(
      /^Error resizing database cluster: PUT .*\/resize: 422 .* invalid node count$/,
    );
    await cloud.update(pg, { ...pg.inputs, size: "db-s-1vcpu-2gb", nodeCount: 2 });
  });

  it.each([
    [{ storageAutoscale: { enabled: true, thresholdPercent: 10 } }, "threshold_percent to be in"],
    [{ storageAutoscale: { enabled: true, incrementGib: 5 } }, "increment_gib to be at least (10)"],
  ])("%j is not even planned", async (change, words) => {
    const refused = await new Cloud().refusals(DATABASE, { ...postgresInputs, ...change });
    expect(refused.join()).toContain(words);
  });

  it("a name that is taken, in the API's own words", async () => {
    const cloud = new Cloud();
    await cloud.make(DATABASE, "a", { ...postgresInputs, name: "one" });
    await expect(cloud.make(DATABASE, "b", { ...valkeyInputs, name: "one" })).rejects.toThrow(
      /422 .* cluster name is not available$/,
    );
  });

  it("a disk that grows by itself is no replacement, whatever is said of it", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const autoscaled = { ...postgresInputs, storageAutoscale: { enabled: true } };
    const diff = await cloud.diff(pg, autoscaled);
    expect(diff.changes).toBe(true);
    expect(replacement(diff)).toEqual({ replaces: [], deleteBeforeReplace: false });
  });
});

describe("settings that would do nothing", () => {
  it.each([
    [SETTINGS, { logMinDurationStatement: 0 }, "the provider can't send a 0"],
    [SETTINGS, { backupHour: 24 }, "24 is not 0 to 23"],
    [SETTINGS, { pgStatStatementsTrack: "some" }, "is not offered; there are all, top, none"],
    [VALKEY_SETTINGS, { frequentSnapshots: true }, "the provider never sends it"],
    [VALKEY_SETTINGS, { valkeyActiveExpireEffort: 5 }, "the provider never sends it"],
    [DATABASE, { storageSizeMib: "60 GiB" }, "is no number of MiB, and is not sent"],
  ])("%s %j pass a preview", (type, settings, words) => {
    expect(untold(type, settings)).toContain(words);
  });

  it.each([
    [{ trackIoTiming: "some" }, "is not one of: off, on"],
    [{ maxConnections: 500 }, "knows no such property"],
  ])("%j are refused", async (settings, words) => {
    const refused = await new Cloud().refusals(SETTINGS, { clusterId: "one", ...settings });
    expect(refused.join()).toContain(words);
  });

  it.each([
    [{ persistence: "aof" }, "is not one of: off, rdb"],
    [{ pubsubClientOutputBufferLimit: 16 }, "16 is not 32 to 512"],
  ])("of Valkey, too: %j", async (settings, words) => {
    const refused = await new Cloud().refusals(VALKEY_SETTINGS, { clusterId: "one", ...settings });
    expect(refused.join()).toContain(words);
  });

  it("Postgres takes none of Valkey's", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const settings = { clusterId: pg.id, persistence: "rdb" };
    await expect(cloud.make(VALKEY_SETTINGS, "settings", settings)).rejects.toThrow(
      /updating Valkey configuration: .* 422 .* operation is not supported for this cluster type$/,
    );
  });

  it("Valkey takes none of Postgres'", async () => {
    const cloud = new Cloud();
    const valkey = await cloud.make(DATABASE, "redis", valkeyInputs);
    const settings = { clusterId: valkey.id, backupHour: 3 };
    await expect(cloud.make(SETTINGS, "settings", settings)).rejects.toThrow(
      /422 .* operation is not supported for this cluster type$/,
    );
  });
});

describe("a replica that the real one would refuse", () => {
  it("of Valkey, or smaller than its original", async () => {
    const cloud = new Cloud();
    const valkey = await cloud.make(DATABASE, "redis", valkeyInputs);
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const of = (clusterId: string, size: string) =>
      cloud.make(REPLICA, "replica", { clusterId, size });
    await expect(of(valkey.id, "db-s-1vcpu-1gb")).rejects.toThrow(/is not supported for this/);
    await expect(of(pg.id, "db-s-1vcpu-1gb")).rejects.toThrow(/is smaller than the cluster's/);
  });

  it("before the first backup, and not after it", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const inputs = { clusterId: pg.id, size: "db-s-1vcpu-2gb" };
    cloud.world.account.withoutBackup.add(pg.id);
    await expect(cloud.make(REPLICA, "replica", inputs)).rejects.toThrow(/: 412 \(request/);
    cloud.world.account.withoutBackup.delete(pg.id);
    const replica = await cloud.make(REPLICA, "replica", inputs);
    expect(replica.id).toBe(`${pg.id}/replicas/${String(replica.inputs["name"])}`);
  });

  it("has names that lead to a server whose certificate covers them, and a firewall of its own", async () => {
    const cloud = new Cloud();
    const vpc = await cloud.make(VPC, "net", vpcInputs);
    const inVpc = { privateNetworkUuid: vpc.id };
    const pg = await cloud.make(DATABASE, "pg", { ...postgresInputs, ...inVpc });
    const replica = await cloud.make(REPLICA, "replica", { clusterId: pg.id, ...inVpc });
    const host = String(replica.outputs["privateHost"]);
    expect(cloud.world.hosts().get(host)).toBe("127.0.0.2");
    expect(cloud.databases.calls).toContain(`answerAs ${pg.id} 2 names`);
    expect(plain(replica.outputs, "privateUri")).toContain(`@${host}:25060/defaultdb`);
    const rules = [{ type: "tag", value: "nodes" }];
    await cloud.make(FIREWALL, "wall", { clusterId: replica.outputs["uuid"], rules });
    await cloud.remove(replica);
    expect(cloud.world.hosts().has(host)).toBe(false);
    expect(cloud.world.hosts().size).toBe(2);
  });

  it("in place it only grows", async () => {
    const cloud = new Cloud();
    const pg = await cloud.make(DATABASE, "pg", postgresInputs);
    const inputs = { clusterId: pg.id, size: "db-s-2vcpu-4gb" };
    const replica = await cloud.make(REPLICA, "replica", inputs);
    await cloud.update(replica, { ...inputs, size: "db-s-4vcpu-8gb" });
    await expect(cloud.update(replica, { ...inputs, size: "db-s-1vcpu-2gb" })).rejects.toThrow(
      /can't be decreased/,
    );
  });
});
