import { describe, expect, it } from "vitest";
import type { ResourceRow } from "../../clouds/rows.ts";
import { rowProvider } from "../../clouds/row-provider.ts";
import { hasSecret, Secret, UNKNOWN } from "../../../plan/values.ts";
import { Cloud, plain, refOf, replacement, untold } from "./cloud.ts";
import {
  CLUSTER,
  clusterInputs,
  DATABASE,
  NODE_POOL,
  oneOfEach,
  postgresInputs,
  RECORD,
  recordInputs,
  RULESET,
  rulesetInputs,
  TAG,
  TUNNEL,
  tunnelInputs,
  VPC,
  vpcInputs,
} from "./standard.ts";

describe("something the rehearsal does not know passes as if it worked", () => {
  it("a resource type", async () => {
    const cloud = new Cloud();
    const type = "digitalocean:index/droplet:Droplet";
    await expect(cloud.check(type, "it", {})).rejects.toThrow(
      /no row for the resource type digitalocean:index\/droplet:Droplet: add one in rehearsal\/clouds\/digitalocean\//,
    );
  });

  it("a property, also a nested one", async () => {
    const cloud = new Cloud();
    expect(await cloud.refusals(VPC, { ...vpcInputs, colour: "red" })).toEqual([
      expect.stringMatching(/^colour: .*rehearsal\/clouds\/digitalocean\/vpc\.ts/),
    ]);
    const nodePool = { name: "base", size: "s-2vcpu-4gb", nodeCount: 1, gpu: true };
    expect(await cloud.refusals(CLUSTER, { ...clusterInputs, nodePool })).toEqual([
      expect.stringMatching(/^nodePool\.gpu: /),
    ]);
    const rules = [
      { action: "set_cache_settings", expression: "true", actionParameters: { a: 1 } },
    ];
    expect(await cloud.refusals(RULESET, { ...rulesetInputs, rules })).toEqual([
      expect.stringMatching(/^rules\.0\.actionParameters\.a: /),
    ]);
  });

  it("a function, and an argument of one", async () => {
    const provider = await new Cloud().provider("digitalocean");
    await expect(provider.invoke("digitalocean:index/getImages:getImages", {})).rejects.toThrow(
      /no row for the function digitalocean:index\/getImages:getImages/,
    );
    const token = "digitalocean:index/getDatabaseCa:getDatabaseCa";
    await expect(provider.invoke(token, { clusterId: "x", sort: 1 })).rejects.toThrow(/sort: /);
  });

  it("a setting of the provider", async () => {
    const rows = { name: "test", configuration: {}, resources: [], functions: [] };
    const { failures } = await rowProvider(rows, "1.0.0", new Cloud().world).checkConfig({
      version: "1.0.0",
      tokn: "x",
    });
    expect(failures.map(({ property }) => property)).toEqual(["tokn"]);
  });
});

describe("a wrong value reaches the cloud", () => {
  it.each([
    [VPC, {}, "region: required, but not set"],
    [VPC, { region: "fra1", ipRange: "10.0" }, /is not an IPv4 range/],
    [VPC, { region: 7 }, "region: must be a string"],
    [RECORD, { ...recordInputs, zoneId: "example.com" }, /no id of 32 hexadecimal digits/],
  ])("%s %j", async (type, inputs, reason) => {
    const reasons = await new Cloud().refusals(type, inputs);
    expect(reasons).toEqual([typeof reason === "string" ? reason : expect.stringMatching(reason)]);
  });

  it.each([
    [VPC, { region: "mars1" }, /^region: mars1 is not offered; there are ams3, /],
    [VPC, { region: "fra1", ipRange: "10.0.0.0/8" }, /between \/16 and \/28/],
    [VPC, { region: "fra1", ipRange: "8.8.0.0/16" }, /not private/],
    [DATABASE, { ...postgresInputs, engine: "redis" }, /no longer supported as of 2025-04-30/],
    [DATABASE, { ...postgresInputs, size: "db-s-9" }, /^size: db-s-9 is not offered for pg; /],
  ])("and only the cloud refuses it: %s %j", async (type, inputs, reason) => {
    expect(untold(type, inputs)).toMatch(reason);
    const cloud = new Cloud();
    await cloud.preview(type, "it", inputs);
    await expect(cloud.make(type, "it", inputs)).rejects.toThrow(/ 422 \(request /);
  });

  it("and a secret one is shown in the refusal", async () => {
    const inputs = { ...tunnelInputs, tunnelSecret: new Secret("c2hvcnQ=") };
    const refusal = await new Cloud().make(TUNNEL, "tunnel", inputs).catch(String);
    expect(refusal).toContain("tunnel_secret must be at least 32 bytes");
    expect(refusal).not.toContain("c2hvcnQ=");
    const row = await new Cloud().refusals(VPC, { region: new Secret("hidden-place") });
    expect(row.join()).not.toContain("hidden-place");
  });
});

describe("a name that is not like the real provider's", () => {
  it("is made once and kept, also where somebody gave it and gives it no more", async () => {
    const cloud = new Cloud();
    const first = await cloud.check(VPC, "net", vpcInputs);
    expect(first["name"]).toMatch(/^net-[0-9a-f]{7}$/);
    const later = await cloud.check(VPC, "net", { ...vpcInputs, description: "x" }, first);
    expect(later["name"]).toBe(first["name"]);
    const given = await cloud.check(VPC, "net", { ...vpcInputs, name: "given" });
    const dropped = await cloud.check(VPC, "net", vpcInputs, given);
    expect(dropped).toMatchObject({ name: "given", __defaults: ["name"] });
  });
});

describe("a replacement that the plan does not show, or in the wrong order", () => {
  it("an autonamed pool is made before the old one goes; a named one after", async () => {
    const cloud = new Cloud();
    const cluster = await cloud.make(CLUSTER, "doks", clusterInputs);
    const inputs = { clusterId: cluster.id, size: "s-2vcpu-4gb", nodeCount: 1 };
    const auto = await cloud.make(NODE_POOL, "work", inputs);
    const bigger = { ...inputs, size: "s-4vcpu-8gb" };
    const replaced = { replaces: ["size"], deleteBeforeReplace: false };
    expect(replacement(await cloud.diff(auto, bigger))).toEqual(replaced);
    const named = await cloud.make(NODE_POOL, "named", { ...inputs, name: "named" });
    expect(replacement(await cloud.diff(named, { ...bigger, name: "named" }))).toEqual({
      replaces: ["size"],
      deleteBeforeReplace: true,
    });
  });

  it("the built-in pool's size takes the whole cluster", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(CLUSTER, "doks", clusterInputs);
    const nodePool = { name: "base", size: "s-4vcpu-8gb", nodeCount: 2 };
    const diff = await cloud.diff(made, { ...clusterInputs, nodePool });
    expect(diff.replaces).toEqual(["nodePool"]);
    expect(diff.detailed).toEqual({ "nodePool.size": "update-replace" });
  });

  it("a lower version takes the cluster, a higher one does not, an ignored one is no change", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(CLUSTER, "doks", clusterInputs);
    const lower = { ...clusterInputs, version: "1.35.1-do.6" };
    expect((await cloud.diff(made, lower)).replaces).toEqual(["version"]);
    expect((await cloud.diff(made, lower, ["version"])).changes).toBe(false);
    const higher = await cloud.diff(made, { ...clusterInputs, version: "1.36.0-do.3" });
    expect(higher).toMatchObject({ changes: true, replaces: [] });
  });

  it("a VPC that is not known yet takes what lives in it", async () => {
    const cloud = new Cloud();
    const vpc = await cloud.make(VPC, "net", vpcInputs);
    const made = await cloud.make(DATABASE, "pg", {
      ...postgresInputs,
      privateNetworkUuid: vpc.id,
    });
    const diff = await cloud.diff(made, { ...postgresInputs, privateNetworkUuid: UNKNOWN });
    expect(diff.replaces).toEqual(["privateNetworkUuid"]);
  });

  it("no property of any type is said to change when nothing did", async () => {
    const cloud = new Cloud();
    for (const made of (await oneOfEach(cloud)).values()) {
      const provider = await cloud.provider(made.ref.type);
      const diff = await provider.diff(made.ref, made.id, made, made.inputs, []);
      expect({ type: made.ref.type, detailed: diff.detailed }).toEqual({
        type: made.ref.type,
        detailed: {},
      });
    }
  });
});

describe("a preview that promises what only the cloud knows", () => {
  it("everything that the cloud gives is unknown, secrets stay secret", async () => {
    const outputs = await new Cloud().preview(DATABASE, "pg", postgresInputs);
    expect(outputs["size"]).toBe("db-s-1vcpu-2gb");
    for (const key of ["host", "privateHost", "port"]) expect(outputs[key]).toBe(UNKNOWN);
    expect(outputs["password"]).toBeInstanceOf(Secret);
    expect(plain(outputs, "password")).toBe(UNKNOWN);
  });

  it("a nested value too", async () => {
    const outputs = await new Cloud().preview(CLUSTER, "doks", clusterInputs);
    expect(outputs["nodePool"]).toMatchObject({ name: "base", id: UNKNOWN, nodes: UNKNOWN });
  });

  it("touches nothing", async () => {
    const cloud = new Cloud();
    await cloud.preview(VPC, "net", vpcInputs);
    await cloud.preview(DATABASE, "pg", postgresInputs);
    expect(cloud.world.inventory()).toEqual([]);
    expect(cloud.databases.calls).toEqual([]);
  });

  it("an update keeps what the older provider keeps, and not what the newer one doesn't", async () => {
    const cloud = new Cloud();
    const database = await cloud.make(DATABASE, "pg", postgresInputs);
    const bigger = await cloud.update(
      database,
      { ...postgresInputs, size: "db-s-2vcpu-4gb" },
      true,
    );
    expect(bigger["host"]).toBe(database.outputs["host"]);
    const record = await cloud.make(RECORD, "web", recordInputs);
    const renamed = await cloud.update(record, { ...recordInputs, name: "other.example" }, true);
    expect(renamed["modifiedOn"]).toBe(UNKNOWN);
  });
});

describe("a secret that comes out in the clear", () => {
  it("a value that the program marked stays marked through create, update and read", async () => {
    const cloud = new Cloud();
    const inputs = { ...vpcInputs, description: new Secret("whisper") };
    const made = await cloud.make(VPC, "net", inputs);
    expect(made.outputs["description"]).toBeInstanceOf(Secret);
    const found = await cloud.read(made);
    expect(found?.outputs["description"]).toBeInstanceOf(Secret);
    expect(found?.inputs["description"]).toBeInstanceOf(Secret);
    const changed = await cloud.update(made, { ...inputs, description: new Secret("shout") });
    expect(changed["description"]).toBeInstanceOf(Secret);
    expect(JSON.stringify([made.outputs, found, changed])).not.toMatch(/whisper|shout/);
  });

  it("a changed secret is seen as changed, without showing either value", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(VPC, "net", { ...vpcInputs, description: new Secret("a") });
    const diff = await cloud.diff(made, { ...vpcInputs, description: new Secret("b") });
    expect(diff.detailed).toEqual({ description: "update" });
  });

  it("the inventory holds names only", async () => {
    const cloud = new Cloud();
    await oneOfEach(cloud);
    const text = JSON.stringify(cloud.world.inventory());
    expect(text).not.toMatch(/password|token|CERTIFICATE/);
    expect(cloud.world.inventory()).toHaveLength(37);
  });

  it("a token in plain config is encrypted all the same", async () => {
    const { digitaloceanProvider } = await import("../../clouds/providers.ts");
    const { inputs } = await digitaloceanProvider(new Cloud().world).checkConfig({ token: "t0p" });
    expect(hasSecret(inputs["token"])).toBe(true);
  });
});

describe("a refresh that lies", () => {
  it("finds everything as it was left", async () => {
    const cloud = new Cloud();
    for (const made of (await oneOfEach(cloud)).values()) {
      const found = await cloud.read(made);
      expect({ type: made.ref.type, ...found }).toEqual({
        type: made.ref.type,
        id: made.id,
        inputs: made.inputs,
        outputs: made.outputs,
      });
    }
  });

  it("finds nothing where nothing is left", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(TAG, "nodes", {});
    await cloud.remove(made);
    expect(await cloud.read(made)).toBeUndefined();
  });

  it("shows what changed behind the back, in inputs and outputs, and the next plan sees it", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(CLUSTER, "doks", clusterInputs);
    const object = cloud.world.get(CLUSTER, made.id);
    if (object !== undefined) object.properties["version"] = "1.36.0-do.3";
    const found = await cloud.read(made);
    expect(found?.inputs["version"]).toBe("1.36.0-do.3");
    const diff = await cloud.diff({ ...made, ...found }, clusterInputs);
    expect(diff.replaces).toEqual(["version"]); // The pinned version is now the lower one.
  });

  it("an import finds what can be set, and no output", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(VPC, "net", vpcInputs);
    const provider = await cloud.provider(VPC);
    const state = { inputs: undefined, outputs: {} };
    const found = await provider.read(refOf(VPC, "net"), made.id, state);
    expect(found?.inputs).toMatchObject(vpcInputs);
    expect(found?.inputs).not.toHaveProperty("vpcUrn");
  });
});

describe("an update of what can't be updated", () => {
  it("is a fault of the row, and says so", async () => {
    const row: ResourceRow = {
      type: "test:index/thing:Thing",
      file: "here.ts",
      asOf: { date: "2026-01-01", of: "nothing" },
      importId: null,
      properties: { size: { kind: "integer" } },
      seconds: {
        create: { seconds: 0, source: "" },
        update: { seconds: 0, source: "" },
        delete: { seconds: 0, source: "" },
      },
      stableOutputs: "all",
      create: async () => ({ id: "1", given: {} }),
      delete: async () => {},
    };
    const { world } = new Cloud();
    const rows = { name: "test", configuration: {}, resources: [row], functions: [] };
    const provider = await rowProvider(rows, "1.0.0", world).configure({});
    const ref = refOf(row.type, "it");
    const options = { preview: false, timeoutSeconds: 0, ignoreChanges: [] };
    await provider.create(ref, { size: 1 }, options);
    const old = { inputs: { size: 1 }, outputs: { size: 1 } };
    await expect(provider.update(ref, "1", old, { size: 2 }, options)).rejects.toThrow(
      /here\.ts lacks a "replaces"/,
    );
  });
});
