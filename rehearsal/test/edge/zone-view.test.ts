import { describe, expect, test } from "vitest";
import { ingressFor, zoneOf } from "../../edge/zone-view.ts";
import { ACCOUNT, Cloud, ZONE } from "../clouds/cloud.ts";
import { RULESET } from "../clouds/standard.ts";
import { TUNNEL_ID } from "./zone.ts";

const type = (name: string): string =>
  `cloudflare:index/${name}:${name[0]?.toUpperCase()}${name.slice(1)}`;
const record = { name: "Example.social", type: "AAAA", content: "100::", proxied: true };

/** A world with these objects of the zone. */
function worldWith(objects: readonly (readonly [string, object])[]) {
  const { world } = new Cloud();
  for (const [i, [name, properties]] of objects.entries())
    world.put({ type: type(name), id: `${i}`, properties: { zoneId: ZONE, ...properties } });
  return world;
}

describe("a zone is what stands in the world", () => {
  test("records, settings over the defaults, and nothing of another zone", () => {
    const world = worldWith([
      ["dnsRecord", record],
      ["dnsRecord", { ...record, zoneId: "c".repeat(32) }],
      ["zoneSetting", { settingId: "browser_cache_ttl", value: 0 }],
    ]);
    const zone = zoneOf(world, ZONE);
    expect(zone.records).toEqual([{ ...record, name: "example.social" }]);
    expect(zone.settings).toMatchObject({ browser_cache_ttl: 0, email_obfuscation: "on" });
  });

  test("rules by phase, read", () => {
    const rules = [{ ref: "a", id: "1", expression: 'http.host eq "a"', action: "block" }];
    const world = worldWith([["ruleset", { phase: "http_request_firewall_custom", rules }]]);
    expect(zoneOf(world, ZONE).rules.http_request_firewall_custom).toMatchObject([{ ref: "a" }]);
  });

  const where = { expression: 'http.host eq "a"' };
  const headers = { "X-A": { operation: "set", value: "a" } };
  test.each([
    ["http_request_firewall_custom", { action: "block" }],
    ["http_request_firewall_custom", { action: "managed_challenge" }],
    ["http_request_firewall_custom", { action: "skip", actionParameters: { ruleset: "current" } }],
    [
      "http_ratelimit",
      {
        action: "block",
        ratelimit: {
          characteristics: ["ip.src", "cf.colo.id"],
          period: 10,
          requestsPerPeriod: 5,
          mitigationTimeout: 10,
        },
      },
    ],
    [
      "http_request_dynamic_redirect",
      {
        action: "redirect",
        actionParameters: { fromValue: { targetUrl: { value: "https://a.example/" } } },
      },
    ],
    [
      "http_request_cache_settings",
      { action: "set_cache_settings", actionParameters: { cache: true } },
    ],
    ["http_config_settings", { action: "set_config", actionParameters: { bic: false } }],
    [
      "http_request_transform",
      { action: "rewrite", actionParameters: { uri: { path: { value: "/" } } } },
    ],
    ["http_request_late_transform", { action: "rewrite", actionParameters: { headers } }],
    ["http_response_headers_transform", { action: "rewrite", actionParameters: { headers } }],
  ])("a rule of %s with what the provider adds to it", async (phase, rule) => {
    const cloud = new Cloud();
    const inputs = { zoneId: ZONE, kind: "zone", name: "rules", phase };
    await cloud.make(RULESET, "rules", { ...inputs, rules: [{ ...where, ...rule }] });
    expect(Object.keys(zoneOf(cloud.world, ZONE).rules)).toEqual([phase]);
  });

  test("a rule that the edge can't read stops it", () => {
    const rules = [{ ref: "a", expression: "ssl", action: "block" }];
    const world = worldWith([["ruleset", { phase: "http_request_firewall_custom", rules }]]);
    expect(() => zoneOf(world, ZONE)).toThrow("ssl is no field or function of the subset");
  });

  test("uploads as large as the plan takes", () => {
    const world = worldWith([]);
    expect(zoneOf(world, ZONE).maxUploadBytes).toBe(100 * 1024 ** 2);
    world.zonePlans.set(ZONE, "business");
    expect(zoneOf(world, ZONE).maxUploadBytes).toBe(200 * 1024 ** 2);
  });
});

describe("the tunnel sends a request where cloudflared would", () => {
  const ingresses = [
    { hostname: "streaming.example.social", path: "^/api/v1/streaming", service: "http://s:1" },
    { hostname: "*.example.social", service: "http://w:1" },
    { service: "http_status:404" },
  ];
  const world = worldWith([]);
  const tunnelType = type("zeroTrustTunnelCloudflared");
  world.put({ type: tunnelType, id: TUNNEL_ID, properties: { accountId: ACCOUNT } });
  const properties = { tunnelId: TUNNEL_ID, config: { ingresses } };
  world.put({ type: type("zeroTrustTunnelCloudflaredConfig"), id: TUNNEL_ID, properties });
  world.hiddenSecrets.set(TUNNEL_ID, "s");
  const tunnel = zoneOf(world, ZONE).tunnels.get(TUNNEL_ID);
  if (tunnel === undefined) throw new Error("The tunnel is not in the zone.");

  test.each([
    ["streaming.example.social", "/api/v1/streaming", "http://s:1"],
    ["streaming.example.social", "/api/v1/streaming/public", "http://s:1"],
    ["streaming.example.social", "/%61pi/v1/streaming", "http://s:1"],
    // Only the path decides. The program resolves `..` itself.
    ["streaming.example.social", "/api/v1/streaming/../../../metrics", "http://s:1"],
    ["streaming.example.social", "/metrics", "http://w:1"],
    ["streaming.example.social", "/%", "http://w:1"],
    ["a.example.social", "/", "http://w:1"],
    ["example.social", "/", "http_status:404"],
  ])("%s%s to %s", (host, path, service) => {
    expect(ingressFor(tunnel, host, path)?.service).toBe(service);
  });
});
