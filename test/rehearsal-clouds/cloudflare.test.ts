import { describe, expect, it } from "vitest";
import { Secret } from "../../rehearsal/providers/values.ts";
import { ACCOUNT, Cloud, replacement } from "./cloud.ts";
import {
  RECORD,
  recordInputs,
  RULESET,
  rulesetInputs,
  TUNNEL,
  TUNNEL_CONFIG,
  tunnelInputs,
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
      /A similar configuration with rules already exists/,
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

  it("more, or for shorter, than the Free plan has", async () => {
    const cloud = new Cloud();
    const [rule] = rulesetInputs["rules"] as Record<string, unknown>[];
    const many = Array.from({ length: 11 }, (_, index) => ({ ...rule, ref: `r${index}` }));
    expect(await cloud.refusals(RULESET, { ...rulesetInputs, rules: many })).toEqual([
      "rules: 11 in http_request_cache_settings; the Free plan has 10",
    ]);
    const short = { cache: true, edgeTtl: { mode: "override_origin", default: 60 } };
    const rules = [{ ...rule, actionParameters: short }];
    expect((await cloud.refusals(RULESET, { ...rulesetInputs, rules })).join()).toContain("7200 s");
    const wrong = [{ ...rule, action: "block" }];
    expect((await cloud.refusals(RULESET, { ...rulesetInputs, rules: wrong })).join()).toContain(
      "block is not for http_request_cache_settings",
    );
  });
});

describe("a tunnel that cloudflared could not run", () => {
  it("its token holds account, tunnel and the secret that was given", async () => {
    const cloud = new Cloud();
    const secret = Buffer.alloc(32, 7).toString("base64");
    const inputs = { ...tunnelInputs, tunnelSecret: new Secret(secret) };
    const made = await cloud.make(TUNNEL, "tunnel", inputs);
    const provider = await cloud.provider(TUNNEL);
    const ask = () =>
      provider.invoke(
        "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken",
        { accountId: ACCOUNT, tunnelId: made.id },
      );
    const { token } = await ask();
    expect(JSON.parse(atob(String(token)))).toEqual({ a: ACCOUNT, t: made.id, s: secret });
    expect(JSON.stringify(made.outputs)).not.toContain(secret);
    await cloud.remove(made);
    await expect(ask()).rejects.toThrow(/404/);
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
