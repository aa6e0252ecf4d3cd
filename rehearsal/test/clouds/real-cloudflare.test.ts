import { describe, expect, it } from "vitest";
import type { Properties } from "../../providers/provider.ts";
import { UNKNOWN } from "../../../plan/values.ts";
import { ACCOUNT, Cloud, plain, replacement, ZONE } from "./cloud.ts";
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

/**
 * Single changes, with the result of the real plugin over terraform-provider-cloudflare v5.22.0.
 * Local stubs answered its calls (measured 2026-11-28). Lines that were only read in its source are
 * marked.
 */

type Verdict =
  /** No change, or one in place; then the cloud's values afterwards. */
  | { readonly is: "none" | "update"; readonly then?: Properties }
  | { readonly is: "replace"; readonly by: string }
  /** By Check, so a preview shows it. */
  | { readonly is: "refused in the preview"; readonly words: string }
  /** By the provider's own code or by the API; a preview does not show it. */
  | { readonly is: "refused in the update"; readonly words: RegExp };

interface Line {
  readonly type: string;
  readonly change: string;
  readonly from: Properties;
  /** Merged over `from`; undefined values are removed. */
  readonly by: Properties;
  readonly verdict: Verdict;
}

const rule = (rulesetInputs["rules"] as Properties[])[0] as Properties;
const withRule = (changes: Properties, phase = rulesetInputs["phase"]): Properties => ({
  ...rulesetInputs,
  phase,
  rules: [{ ...rule, ...changes }],
});
const ratelimit = {
  characteristics: ["cf.colo.id", "ip.src"],
  period: 10,
  requestsPerPeriod: 15,
  mitigationTimeout: 10,
  requestsToOrigin: true,
};
const limited = (changes: Properties): Properties =>
  withRule(
    { action: "block", actionParameters: undefined, ratelimit: { ...ratelimit, ...changes } },
    "http_ratelimit",
  );
const redirect = (changes: Properties): Properties =>
  withRule(
    {
      action: "redirect",
      actionParameters: {
        fromValue: {
          statusCode: 301,
          targetUrl: { value: "https://social.example/" },
          preserveQueryString: true,
          ...changes,
        },
      },
    },
    "http_request_dynamic_redirect",
  );
const origin = { connectTimeout: 10, noTlsVerify: true };
const ingresses = [
  { hostname: "social.example", service: "http://web:3000", originRequest: origin },
  { service: "http_status:404" },
];
const routed = (changes: Properties): Properties => ({
  accountId: ACCOUNT,
  tunnelId: "the tunnel",
  config: { ingresses, originRequest: origin, ...changes },
});
const caa: Properties = {
  zoneId: ZONE,
  name: "social.example",
  type: "CAA",
  ttl: 300,
  data: { flags: 0, tag: "issue", value: "pki.goog" },
};
const none: Verdict = { is: "none" };
const update = (then?: Properties): Verdict =>
  then === undefined ? { is: "update" } : { is: "update", then };
const inPreview = (words: string): Verdict => ({ is: "refused in the preview", words });
const inUpdate = (words: RegExp): Verdict => ({ is: "refused in the update", words });
const FOREIGN_PLACE =
  'jurisdiction: "us" is not one of: default, eu, fedramp, in small letters or capitals';

const lines: readonly Line[] = [
  line(R2_BUCKET, "a location, where it has one", r2Inputs, { location: "weur" }, none),
  line(
    R2_BUCKET,
    "another location",
    { ...r2Inputs, location: "weur" },
    { location: "apac" },
    { is: "none", then: { location: "weur" } },
  ),
  line(
    R2_BUCKET,
    "another location beside another class",
    { ...r2Inputs, location: "weur", storageClass: "InfrequentAccess" },
    { location: "apac", storageClass: undefined },
    update({ location: "weur", storageClass: "Standard" }),
  ),
  line(R2_BUCKET, "jurisdiction us", r2Inputs, { jurisdiction: "us" }, inPreview(FOREIGN_PLACE)),
  line(
    R2_CORS,
    "jurisdiction us",
    { ...inR2, rules: [] },
    { jurisdiction: "us" },
    inPreview(FOREIGN_PLACE),
  ),
  line(
    R2_LIFECYCLE,
    "jurisdiction us",
    { ...inR2, rules: [] },
    { jurisdiction: "us" },
    inPreview(FOREIGN_PLACE),
  ),
  line(
    R2_CUSTOM_DOMAIN,
    "jurisdiction us",
    customDomainInputs,
    { jurisdiction: "us" },
    inPreview(FOREIGN_PLACE),
  ),
  line(
    R2_CORS,
    "maxAgeSeconds above 86400",
    { ...inR2, rules: [{ allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds: 60 }] },
    { rules: [{ allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds: 90_000 }] },
    inUpdate(/maxAgeSeconds/),
  ),
  line(
    TUNNEL_CONFIG,
    "a field of originRequest removed",
    routed({}),
    { config: { ingresses, originRequest: { connectTimeout: 10 } } },
    update({ config: { ingresses, originRequest: { connectTimeout: 10 } } }),
  ),
  line(
    TUNNEL_CONFIG,
    "the originRequest of an ingress removed",
    routed({}),
    {
      config: {
        ingresses: [{ ...ingresses[0], originRequest: undefined }, ingresses[1]],
        originRequest: origin,
      },
    },
    update(),
  ),
  line(TUNNEL_CONFIG, "originRequest removed", routed({}), { config: { ingresses } }, update()),
  line(TUNNEL_CONFIG, "config removed", routed({}), { config: undefined }, update({ config: {} })),
  line(RULESET, "rules removed", rulesetInputs, { rules: undefined }, update({ rules: [] })),
  line(
    RULESET,
    "description removed",
    { ...rulesetInputs, description: "x" },
    { description: undefined },
    update({ description: "" }),
  ),
  line(
    RULESET,
    "a rule's description removed",
    withRule({ description: "x" }),
    withRule({}),
    update(),
  ),
  line(RULESET, "a rule's enabled removed", withRule({ enabled: false }), withRule({}), update()),
  line(
    RULESET,
    "a rule's actionParameters removed",
    rulesetInputs,
    withRule({ actionParameters: undefined }),
    update(),
  ),
  line(
    RULESET,
    "preserveQueryString removed",
    redirect({}),
    redirect({ preserveQueryString: undefined }),
    update(),
  ),
  line(
    RULESET,
    "requestsToOrigin removed",
    limited({}),
    limited({ requestsToOrigin: undefined }),
    update(),
  ),
  line(
    RULESET,
    "mitigationTimeout removed",
    limited({}),
    limited({ mitigationTimeout: undefined }),
    none,
  ),
  line(
    RULESET,
    "mitigationTimeout removed beside another change",
    limited({}),
    limited({ mitigationTimeout: undefined, requestsPerPeriod: 20 }),
    update(),
  ),
  line(
    RULESET,
    "an action that doesn't exist",
    rulesetInputs,
    withRule({ action: "dance" }),
    inPreview(
      'rules.0.action: "dance" is not one of: block, challenge, compress_response, ddos_dynamic, execute, force_connection_close, js_challenge, log, log_custom_field, managed_challenge, redirect, rewrite, route, score, serve_error, set_cache_control, set_cache_settings, set_cache_tags, set_config, skip',
    ),
  ),
  line(RECORD, "proxied removed", recordInputs, { proxied: undefined }, update({ proxied: false })),
  line(
    RECORD,
    "content beside data",
    caa,
    { content: '0 issue "pki.goog"' },
    inPreview('content: Attribute "content" cannot be specified when "data" is specified.'),
  ),
  line(
    RECORD,
    "ttl 2",
    { ...recordInputs, proxied: false },
    { ttl: 2 },
    inUpdate(/9021.*TTL must be/),
  ),
  line(
    RECORD,
    "a proxied TXT",
    { ...recordInputs, type: "TXT", proxied: false },
    { proxied: true },
    inUpdate(/9004.*cannot be proxied/),
  ),
  line(RECORD, "a proxied CAA", { ...caa, ttl: 1 }, { proxied: true }, inUpdate(/9004/)),
  line(RECORD, "content removed from a CNAME", recordInputs, { content: undefined }, none),
  line(
    ACCOUNT_TOKEN,
    "expiresOn that is no RFC 3339",
    tokenInputs,
    { expiresOn: "2027-01-01" },
    inPreview("expiresOn: Invalid RFC3339 String Value: 2027-01-01"),
  ),
  line(
    ACCOUNT_TOKEN,
    "notBefore that is no RFC 3339",
    tokenInputs,
    { notBefore: "tomorrow" },
    inPreview("notBefore: Invalid RFC3339 String Value: tomorrow"),
  ),
  line(ACCOUNT_TOKEN, "expiresOn", tokenInputs, { expiresOn: "2027-01-01T00:00:00Z" }, update()),
  line(
    TUNNEL,
    "configSrc removed",
    tunnelInputs,
    { configSrc: undefined },
    update({ configSrc: "local" }),
  ),
  line(
    TUNNEL,
    "a tunnelSecret of less than 32 bytes",
    tunnelInputs,
    { tunnelSecret: "c2hvcnQ=" },
    inUpdate(/tunnel_secret/),
  ),
  // Only read in the source: defaults of the schemas.
  line(
    BOTS,
    "isRobotsTxtManaged removed",
    { zoneId: ZONE, isRobotsTxtManaged: true },
    { isRobotsTxtManaged: undefined },
    update({ isRobotsTxtManaged: false }),
  ),
  line(
    R2_BUCKET,
    "storageClass removed",
    { ...r2Inputs, storageClass: "InfrequentAccess" },
    { storageClass: undefined },
    update({ storageClass: "Standard" }),
  ),
];

function line(
  type: string,
  change: string,
  from: Properties,
  by: Properties,
  verdict: Verdict,
): Line {
  return { type, change, from, by, verdict };
}

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
