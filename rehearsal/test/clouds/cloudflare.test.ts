import { describe, expect, it } from "vitest";
import type { CloudflarePlan, RulePhase } from "../../../facts/cloudflare/plans.ts";
import type { Properties } from "../../providers/provider.ts";
import { Secret } from "../../../plan/values.ts";
import { ACCOUNT, Cloud, replacement, ZONE } from "./cloud.ts";
import {
  RECORD,
  recordInputs,
  RULESET,
  rulesetInputs,
  TUNNEL,
  TUNNEL_CONFIG,
  tunnelInputs,
  ZONE_SETTING,
} from "./standard.ts";

describe("a DNS record beside another of its name", () => {
  it("is refused in Cloudflare's words", async () => {
    const cloud = new Cloud();
    await cloud.make(RECORD, "web", recordInputs);
    await expect(cloud.make(RECORD, "again", recordInputs)).rejects.toThrow(
      /^failed to make http request: POST "https:\/\/api\.cloudflare\.com\/client\/v4\/zones\/b+\/dns_records": 400 Bad Request .*"code":81058,"message":"An identical record already exists\."/,
    );
    const other = { ...recordInputs, content: "two.cfargotunnel.com" };
    await expect(cloud.make(RECORD, "other", other)).rejects.toThrow(/81053.*already exists/);
    const address = { ...recordInputs, type: "A", content: "192.0.2.1" };
    await expect(cloud.make(RECORD, "address", address)).rejects.toThrow(/81054/);
    const text = { ...recordInputs, type: "TXT", content: "hello", proxied: false, ttl: 300 };
    await cloud.make(RECORD, "text", text);
  });

  it("also when it comes by a rename, but not with itself", async () => {
    const cloud = new Cloud();
    await cloud.make(RECORD, "web", recordInputs);
    const other = { ...recordInputs, name: "other.example" };
    const made = await cloud.make(RECORD, "other", other);
    await expect(cloud.update(made, recordInputs)).rejects.toThrow(/81058/);
    await cloud.update(made, { ...other, comment: "mine" });
  });

  it("a new type replaces, and the plan does not promise a deletion first", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(RECORD, "web", recordInputs);
    const diff = await cloud.diff(made, { ...recordInputs, type: "A", content: "192.0.2.1" });
    expect(replacement(diff)).toEqual({ replaces: ["type"], deleteBeforeReplace: false });
    const moved = await cloud.diff(made, { ...recordInputs, content: "two.cfargotunnel.com" });
    expect(moved).toMatchObject({ changes: true, replaces: [], detailed: { content: "update" } });
  });
});

describe("two rulesets for one phase", () => {
  it("the second is refused", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(RULESET, "cache", rulesetInputs);
    await expect(cloud.make(RULESET, "other", { ...rulesetInputs, name: "b" })).rejects.toThrow(
      /20217.*exceeded maximum number of zone rulesets for phase http_request_cache_settings/,
    );
    await cloud.remove(made);
    await cloud.make(RULESET, "other", rulesetInputs);
  });

  it("a rename replaces; a rule does not, and one with a ref keeps its id", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(RULESET, "cache", rulesetInputs);
    expect((await cloud.diff(made, { ...rulesetInputs, name: "new" })).replaces).toEqual(["name"]);
    const [rule] = rulesetInputs["rules"] as Record<string, unknown>[];
    const rules = [{ ...rule, expression: "false" }];
    const diff = await cloud.diff(made, { ...rulesetInputs, rules });
    expect(diff.detailed).toEqual({ "rules[0].expression": "update" });
    const [before] = made.outputs["rules"] as Record<string, unknown>[];
    const outputs = await cloud.update(made, { ...rulesetInputs, rules });
    expect(outputs["rules"]).toMatchObject([{ ref: "hashed", id: before?.["id"] }]);
    expect(outputs["version"]).toBe("2");
  });
});

/** A rule of each kind, which the tests break. */
const CACHE_RULE = (rulesetInputs["rules"] as Properties[])[0] as Properties;
const LIMIT_RULE = {
  ref: "limit",
  expression: "true",
  action: "block",
  ratelimit: {
    characteristics: ["cf.colo.id", "ip.src"],
    period: 10,
    requestsPerPeriod: 15,
    mitigationTimeout: 10,
  },
};
const many = (count: number, rule: Properties): readonly Properties[] =>
  Array.from({ length: count }, (_, index) => ({ ...rule, ref: `r${index}` }));
const cacheFor = (seconds: number): Properties => ({
  ...CACHE_RULE,
  actionParameters: { cache: true, edgeTtl: { mode: "override_origin", default: seconds } },
});
const limitWith = (changes: Properties): Properties => ({
  ...LIMIT_RULE,
  ratelimit: { ...LIMIT_RULE.ratelimit, ...changes },
});
const BLOCK = { expression: "true", action: "block" };
const PAGE = {
  ref: "page",
  expression: "true",
  action: "serve_error",
  actionParameters: { content: "away", contentType: "text/html" },
};

describe("rules that the zone's plan does not have are refused by the API, after a preview that shows nothing of it", () => {
  it.each<
    readonly [plan: CloudflarePlan, phase: RulePhase, rules: readonly Properties[], words: RegExp]
  >([
    [
      "free",
      "http_request_cache_settings",
      many(11, CACHE_RULE),
      /http_request_cache_settings: 11 out of 10/,
    ],
    [
      "free",
      "http_request_cache_settings",
      [cacheFor(60)],
      /edge TTL of 60 seconds, the free plan has 7200/,
    ],
    [
      "pro",
      "http_request_cache_settings",
      [cacheFor(60)],
      /edge TTL of 60 seconds, the pro plan has 3600/,
    ],
    [
      "free",
      "http_request_firewall_custom",
      many(6, BLOCK),
      /http_request_firewall_custom: 6 out of 5/,
    ],
    ["free", "http_ratelimit", many(2, LIMIT_RULE), /http_ratelimit: 2 out of 1/],
    [
      "free",
      "http_ratelimit",
      [limitWith({ period: 60 })],
      /not entitled to use the period 60, can only use a period among \[10\]/,
    ],
    [
      "free",
      "http_ratelimit",
      [limitWith({ mitigationTimeout: 600 })],
      /not entitled to use a mitigation timeout different from 10/,
    ],
    [
      "free",
      "http_ratelimit",
      [limitWith({ characteristics: ["ip.src"] })],
      /cf\.colo\.id is missing/,
    ],
    ["free", "http_ratelimit", [BLOCK], /ratelimit is missing/],
    ["free", "http_custom_errors", [PAGE], /http_custom_errors: 1 out of 0/],
    [
      "free",
      "http_request_cache_settings",
      [BLOCK],
      /'block' is not a valid value for phase http_request_cache_settings/,
    ],
    [
      "free",
      "http_request_firewall_custom",
      [{ ...BLOCK, expression: "x".repeat(4_097) }],
      /4097 characters; the limit is 4096/,
    ],
    [
      "free",
      "http_request_firewall_custom",
      [
        { ...BLOCK, ref: "a" },
        { ...BLOCK, ref: "a" },
      ],
      /the ref 'a' is used twice/,
    ],
  ])("%s, %s", async (plan, phase, rules, words) => {
    const cloud = new Cloud();
    cloud.world.zonePlans.set(ZONE, plan);
    const inputs = { ...rulesetInputs, phase, rules };
    expect(await cloud.refusals(RULESET, inputs)).toEqual([]);
    await expect(cloud.make(RULESET, "rules", inputs)).rejects.toThrow(words);
    const made = await cloud.make(RULESET, "rules", { ...inputs, rules: [] });
    await expect(cloud.update(made, inputs)).rejects.toThrow(words);
  });

  it.each([
    ["pro", "http_ratelimit", [limitWith({ period: 60, mitigationTimeout: 3_600 })]],
    ["pro", "http_custom_errors", [PAGE]],
    ["business", "http_request_cache_settings", [cacheFor(1)]],
    ["business", "http_request_firewall_custom", many(100, BLOCK)],
  ] as const)("%s has %s", async (plan, phase, rules) => {
    const cloud = new Cloud();
    cloud.world.zonePlans.set(ZONE, plan);
    await cloud.make(RULESET, "rules", { ...rulesetInputs, phase, rules });
  });

  it("transform rules of both phases are one budget", async () => {
    const cloud = new Cloud();
    const headers = { "X-A": { operation: "set", value: "a" } };
    const rewrite = { expression: "true", action: "rewrite" };
    await cloud.make(RULESET, "headers", {
      ...rulesetInputs,
      phase: "http_response_headers_transform",
      rules: many(6, { ...rewrite, actionParameters: { headers } }),
    });
    const uri = { query: { value: "a=b" } };
    const rules = many(5, { ...rewrite, actionParameters: { uri } });
    await expect(
      cloud.make(RULESET, "rewrites", { ...rulesetInputs, phase: "http_request_transform", rules }),
    ).rejects.toThrow(/http_request_transform: 11 out of 10/);
  });
});

describe("a setting of the zone", () => {
  it.each([
    ["colour", "on", /1006,"message":"Unrecognized zone setting name: colour"/],
    ["min_tls_version", "1.4", /1007,"message":"Invalid value for zone setting min_tls_version"/],
    ["http3", true, /Invalid value for zone setting http3/],
  ])("%s = %j is refused in Cloudflare's words", async (settingId, value, words) => {
    const inputs = { zoneId: ZONE, settingId, value };
    await expect(new Cloud().make(ZONE_SETTING, "it", inputs)).rejects.toThrow(words);
  });

  it("is no new one with another value, and outlives its deletion in the state without a word", async () => {
    const cloud = new Cloud();
    const inputs = { zoneId: ZONE, settingId: "ssl", value: "strict" };
    const made = await cloud.make(ZONE_SETTING, "tls", inputs);
    const diff = await cloud.diff(made, { ...inputs, value: "full" });
    expect(diff).toMatchObject({ replaces: [], detailed: { value: "update" } });
    expect((await cloud.diff(made, { ...inputs, settingId: "http3" })).replaces).toEqual([
      "settingId",
    ]);
    await cloud.remove(made);
  });
});

describe("a CAA record", () => {
  const caa = {
    zoneId: ZONE,
    name: "social.example",
    type: "CAA",
    ttl: 300,
    proxied: false,
    data: { flags: 0, tag: "issue", value: "pki.goog" },
  };

  it("is made of its parts, and stands beside a host's record and others of its kind, but not twice", async () => {
    const cloud = new Cloud();
    await cloud.make(RECORD, "web", recordInputs);
    const made = await cloud.make(RECORD, "caa", caa);
    expect(made.outputs["content"]).toBe('0 issue "pki.goog"');
    await cloud.make(RECORD, "other", { ...caa, data: { ...caa.data, value: "letsencrypt.org" } });
    await expect(cloud.make(RECORD, "again", caa)).rejects.toThrow(/81058/);
  });

  it("of an unknown kind is refused", async () => {
    const cloud = new Cloud();
    const odd = { ...caa, data: { ...caa.data, tag: "permit" } };
    expect(await cloud.refusals(RECORD, odd)).toEqual([
      'data.tag: "permit" is not one of: issue, issuewild, iodef',
    ]);
  });
});

describe("a tunnel that cloudflared could not run", () => {
  it("its secret can't be read back, by nobody", async () => {
    const cloud = new Cloud();
    const secret = Buffer.alloc(32, 7).toString("base64");
    const inputs = { ...tunnelInputs, tunnelSecret: new Secret(secret) };
    const made = await cloud.make(TUNNEL, "tunnel", inputs);
    expect(JSON.stringify(made.outputs)).not.toContain(secret);
  });

  it("a name that is taken is refused", async () => {
    const cloud = new Cloud();
    await cloud.make(TUNNEL, "a", tunnelInputs);
    await expect(cloud.make(TUNNEL, "b", tunnelInputs)).rejects.toThrow(/1013/);
  });

  it.each([
    [[{ hostname: "a", service: "http://a" }], /last ingress rule must match all URLs/],
    [[{ service: "http://a" }, { service: "http_status:404" }], /Rule #1 is matching the hostname/],
  ])("ingress rules %j", async (ingresses, message) => {
    const cloud = new Cloud();
    const tunnel = await cloud.make(TUNNEL, "tunnel", tunnelInputs);
    const inputs = { accountId: ACCOUNT, tunnelId: tunnel.id, config: { ingresses } };
    await expect(cloud.make(TUNNEL_CONFIG, "ingress", inputs)).rejects.toThrow(message);
  });
});
