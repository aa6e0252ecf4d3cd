import { describe, expect, it } from "vitest";
import { ZONE_SETTINGS } from "../../../cdn/zone-settings.ts";
import { ENDED_SETTINGS } from "../../clouds/cloudflare/zone-settings.ts";
import { standingRecord } from "../../clouds/mishaps.ts";
import { withdrawKubernetes } from "../../clouds/withdrawals.ts";
import type { Properties } from "../../providers/provider.ts";
import { GET_RECORDS, GET_REGION, GET_VERSIONS, GET_ZONE } from "../../../plan/look-answers.ts";
import { ACCOUNT, Cloud, ZONE } from "./cloud.ts";
import { CLUSTER, clusterInputs, RECORD, recordInputs, ZONE_SETTING } from "./standard.ts";

async function asked(cloud: Cloud, token: string, args: Properties): Promise<Properties> {
  return await (await cloud.provider(token)).invoke(token, args);
}

describe("what the clouds say before anything is made", () => {
  it("is of a zone: its name, account and plan; and of one that the token can't see, no more than that", async () => {
    const cloud = new Cloud();
    cloud.world.zones.set(ZONE, { name: "example.net", accountId: ACCOUNT });
    cloud.world.zonePlans.set(ZONE, "pro");
    expect(await asked(cloud, GET_ZONE, { zoneId: ZONE })).toMatchObject({
      ...{ name: "example.net", status: "active" },
      ...{ account: { id: ACCOUNT }, plan: { legacyId: "pro" } },
    });
    await expect(asked(cloud, GET_ZONE, { zoneId: "c".repeat(32) })).rejects.toThrow(/403.*9109/u);
  });

  it("is of its records by name: the program's, somebody's, and none of another name", async () => {
    const cloud = new Cloud();
    cloud.world.zones.set(ZONE, { name: "example.net", accountId: ACCOUNT });
    await cloud.make(RECORD, "web", { ...recordInputs, comment: "Mastodon: web" });
    standingRecord(cloud.world, ZONE, {
      name: "blog.example.net",
      type: "A",
      content: "192.0.2.1",
    });
    const at = async (exact: unknown): Promise<unknown> =>
      (await asked(cloud, GET_RECORDS, { zoneId: ZONE, name: { exact } }))["results"];
    expect(await at(recordInputs["name"])).toMatchObject([{ comment: "Mastodon: web" }]);
    expect(await at("blog.example.net")).toMatchObject([{ type: "A", comment: null }]);
    expect(await at("other.example.net")).toEqual([]);
  });

  it("is of Kubernetes what is still offered, and a cluster of what is not is refused", async () => {
    const cloud = new Cloud();
    const offered = async (): Promise<unknown> =>
      (await asked(cloud, GET_VERSIONS, { versionPrefix: "1.35." }))["validVersions"];
    expect(await offered()).toEqual(["1.35.1-do.6"]);
    withdrawKubernetes(cloud.world, "1.35");
    expect(await offered()).toEqual([]);
    const inputs = { ...clusterInputs, version: "1.35.1-do.6" };
    await expect(cloud.make(CLUSTER, "main", inputs)).rejects.toThrow(/422.*1\.35\.1-do\.6/u);
  });

  it("is of a region its sizes, and whether anything can be made there", async () => {
    const cloud = new Cloud();
    cloud.world.account.closedRegions.add("nyc3");
    cloud.world.account.missingSizes.add("s-4vcpu-8gb");
    const region = await asked(cloud, GET_REGION, { slug: "nyc3" });
    expect(region).toMatchObject({ available: false });
    expect(region["sizes"]).not.toContain("s-4vcpu-8gb");
    await expect(asked(cloud, GET_REGION, { slug: "xyz9" })).rejects.toThrow(/404/u);
  });
});

describe("a setting whose API has come to its end", () => {
  it.each([...ENDED_SETTINGS])("is refused: %s", async (settingId) => {
    const inputs = { zoneId: ZONE, settingId, value: "off" };
    await expect(new Cloud().make(ZONE_SETTING, "it", inputs)).rejects.toThrow(
      /no longer supported/u,
    );
  });

  it("is none that everybody's first update would send", () => {
    expect(ZONE_SETTINGS.filter(({ id }) => ENDED_SETTINGS.has(id))).toEqual([]);
  });
});
