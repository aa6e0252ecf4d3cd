import { describe, expect, it } from "vitest";
import type { Properties } from "../../providers/provider.ts";
import { UNKNOWN } from "../../../plan/values.ts";
import { Cloud, plain, replacement, ZONE } from "./cloud.ts";
import {
  ACCOUNT_TOKEN,
  BOTS,
  customDomainInputs,
  inR2,
  R2_BUCKET,
  R2_CORS,
  R2_CUSTOM_DOMAIN,
  R2_LIFECYCLE,
  r2Inputs,
  RECORD,
  recordInputs,
  RULESET,
  rulesetInputs,
  TIERS,
  tokenInputs,
  TUNNEL,
  TUNNEL_CONFIG,
  tunnelInputs,
  ZONE_SETTING,
} from "./standard.ts";
import { caa, lines } from "./cloudflare-changes.ts";

/** A cloud with all dependencies of a line's resource, and the inputs that name them. */
async function prepared(type: string): Promise<{ cloud: Cloud; more: Properties }> {
  const cloud = new Cloud();
  if (type.includes("r2Bucket") || type === R2_CUSTOM_DOMAIN)
    if (type !== R2_BUCKET) await cloud.make(R2_BUCKET, "media", r2Inputs);
  if (type !== TUNNEL_CONFIG) return { cloud, more: {} };
  return { cloud, more: { tunnelId: (await cloud.make(TUNNEL, "tunnel", tunnelInputs)).id } };
}

describe("a change to which the real Cloudflare plugin says something else", () => {
  it.each(lines.map((one) => [one.type.split(":").at(-1), one.change, one] as const))(
    "%s: %s",
    async (_name, _change, { type, from, by, verdict }) => {
      const { cloud, more } = await prepared(type);
      const made = await cloud.make(type, "it", { ...from, ...more });
      const news = { ...from, ...by, ...more };
      if (verdict.is === "refused in the preview") {
        expect(await cloud.refusals(type, news)).toEqual([verdict.words]);
        return;
      }
      expect(await cloud.refusals(type, news)).toEqual([]);
      const diff = await cloud.diff(made, news);
      if (verdict.is === "refused in the update") {
        await expect(cloud.update(made, news)).rejects.toThrow(verdict.words);
        await cloud.remove(made);
        await expect(cloud.make(type, "it", news)).rejects.toThrow(verdict.words);
        return;
      }
      expect({ changes: diff.changes, replaces: diff.replaces }).toEqual({
        changes: verdict.is !== "none",
        replaces: verdict.is === "replace" ? [verdict.by] : [],
      });
      if (verdict.is === "replace") return;
      const preview = await cloud.update(made, news, true);
      const outputs = await cloud.update(made, news);
      for (const [key, value] of Object.entries(verdict.then ?? {})) {
        expect({ key, value: plain(outputs, key) }).toEqual({ key, value });
        expect([value, UNKNOWN]).toContainEqual(plain(preview, key));
      }
      // The result equals the plan: no further change.
      const done = { ...made, inputs: await cloud.check(type, "it", news), outputs };
      expect((await cloud.diff(done, news)).detailed).toEqual({});
    },
  );
});

describe("what the real plugin refuses at a create alone, or not at all", () => {
  it("a proxied record with a time of its own passes the preview, and the provider refuses it", async () => {
    const cloud = new Cloud();
    const inputs = { ...recordInputs, ttl: 300 };
    await cloud.preview(RECORD, "it", inputs);
    await expect(cloud.make(RECORD, "it", inputs)).rejects.toThrow(
      "ttl must be set to 1 when `proxied` is true",
    );
  });

  it.each([
    ["a CNAME without content", { ...recordInputs, content: undefined }, /9007.*CNAME/],
    ["a CAA without data", { ...caa, data: undefined }, /1004/],
  ])("%s passes the preview, and the API refuses it", async (_name, inputs, words) => {
    const cloud = new Cloud();
    await cloud.preview(RECORD, "it", inputs);
    await expect(cloud.make(RECORD, "it", inputs)).rejects.toThrow(words);
  });

  it("a jurisdiction in capitals is the same one", async () => {
    const cloud = new Cloud();
    await cloud.make(R2_BUCKET, "media", { ...r2Inputs, jurisdiction: "EU" });
    await cloud.make(R2_CORS, "cors", { ...inR2, jurisdiction: "eu", rules: [] });
  });

  it("another configSrc is another tunnel", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(TUNNEL, "tunnel", tunnelInputs);
    const diff = await cloud.diff(made, { ...tunnelInputs, configSrc: "local" });
    expect(replacement(diff).replaces).toEqual(["configSrc"]);
  });
});

describe("what the real plugin knows in the preview of a create", () => {
  it.each([
    [R2_BUCKET, r2Inputs, { jurisdiction: "default", storageClass: "Standard", location: UNKNOWN }],
    [R2_CORS, { ...inR2, rules: [] }, { jurisdiction: "default" }],
    [R2_LIFECYCLE, { ...inR2, rules: [] }, { jurisdiction: "default" }],
    [R2_CUSTOM_DOMAIN, customDomainInputs, { jurisdiction: "default" }],
    [RULESET, { ...rulesetInputs, rules: undefined }, { description: "", rules: [] }],
    [RECORD, { ...recordInputs, proxied: undefined }, { proxied: false, modifiedOn: UNKNOWN }],
    [TUNNEL, { ...tunnelInputs, configSrc: undefined }, { configSrc: "local" }],
    [BOTS, { zoneId: ZONE }, { isRobotsTxtManaged: false, sbfmLikelyAutomated: UNKNOWN }],
    // Not secret while it is unknown.
    [ACCOUNT_TOKEN, tokenInputs, { value: UNKNOWN }],
  ] as const)("%s", async (type, inputs, known) => {
    expect(await new Cloud().preview(type, "it", inputs)).toMatchObject(known);
  });
});

describe("outputs of BotManagement that the program could read", () => {
  it("are all there, as the zone has them from its first day", async () => {
    const { outputs } = await new Cloud().make(BOTS, "it", { zoneId: ZONE, fightMode: false });
    expect(Object.keys(outputs).sort()).toMatchInlineSnapshot(`
      [
        "aiBotsProtection",
        "cfRobotsVariant",
        "contentBotsProtection",
        "crawlerProtection",
        "enableJs",
        "fightMode",
        "isRobotsTxtManaged",
        "staleZoneConfiguration",
        "usingLatestModel",
        "zoneId",
      ]
    `);
  });

  it("on a paid plan are those of Super Bot Fight Mode, and none of Bot Fight Mode", async () => {
    const cloud = new Cloud();
    cloud.world.zonePlans.set(ZONE, "pro");
    const { outputs } = await cloud.make(BOTS, "it", { zoneId: ZONE, sbfmVerifiedBots: "block" });
    expect(outputs).toMatchObject({ sbfmVerifiedBots: "block", sbfmLikelyAutomated: "allow" });
    expect(outputs).not.toHaveProperty("fightMode");
    await expect(cloud.make(BOTS, "it", { zoneId: ZONE, fightMode: false })).rejects.toThrow(
      /fight_mode is not available on the pro plan/,
    );
  });
});

describe("a delete that calls nothing", () => {
  it.each([
    [ZONE_SETTING, { zoneId: ZONE, settingId: "ssl", value: "strict" }],
    [BOTS, { zoneId: ZONE, fightMode: true }],
    [TIERS, { zoneId: ZONE, value: "on" }],
  ] as const)("%s stays as it was set, and is no thing that is left over", async (type, inputs) => {
    const cloud = new Cloud();
    const made = await cloud.make(type, "it", inputs);
    await cloud.remove(made);
    expect(cloud.world.get(type, made.id)?.properties).toMatchObject(inputs);
    expect(cloud.world.inventory()).toEqual([]);
    await cloud.make(type, "it", inputs);
    expect(cloud.world.inventory()).toHaveLength(1);
  });

  it("a bucket takes its rules along: another of its name begins without them", async () => {
    const cloud = new Cloud();
    const bucket = await cloud.make(R2_BUCKET, "media", r2Inputs);
    const rules = await cloud.make(R2_LIFECYCLE, "rules", { ...inR2, rules: [] });
    await cloud.remove(rules);
    expect(cloud.world.get(R2_LIFECYCLE, "media")).toBeDefined();
    await cloud.remove(bucket);
    expect(cloud.world.get(R2_LIFECYCLE, "media")).toBeUndefined();
  });
});
