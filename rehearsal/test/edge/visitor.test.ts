import { describe, expect, test } from "vitest";
import { edgeRulesOf } from "../../../cdn/rules/all.ts";
import { PROXY_HEADERS } from "../../../cdn/rules/visitor.ts";
import { publicHostsOf } from "../../../cdn/public-hosts.ts";
import { IMAGES } from "../../../config/images.ts";
import { parseConfig } from "../../../input/parse.ts";
import { EdgeClock } from "../../edge/clock.ts";
import { requestPhases } from "../../edge/phases.ts";
import { RateLimiter } from "../../edge/rate-limit.ts";
import { ALL_LIES } from "../../edge/table/visitor-rows.ts";
import { originHeaders } from "../../edge/upstream.ts";
import { BASE } from "../../../test/config/base.ts";
import { requestTo, zoneWith } from "./zone.ts";

const CONNECTOR = "10.244.1.7";
const CLIENT = "203.0.113.9";

const SPLIT = {
  ...BASE,
  domain: "example.org",
  webDomain: "social.example.org",
  hosts: { streaming: "streaming-social.example.org", assets: "assets-social.example.org" },
  media: { host: "media-social.example.org", storage: "spaces" },
};

describe("no header of a visitor decides who he is, on any host that reaches the cluster", () => {
  test.each([
    ["one host", BASE],
    ["the names at another host, media through the cluster", SPLIT],
    ["a zone with other sites", { ...BASE, cloudflare: { ...BASE.cloudflare, sharedZone: true } }],
    ["www. beside it", { ...BASE, cloudflare: { ...BASE.cloudflare, www: true } }],
  ])("%s", (_what, raw) => {
    const config = parseConfig(raw);
    const rules = edgeRulesOf(config, IMAGES.mastodon);
    const lies = Object.entries(ALL_LIES);
    // The table sends the same headers that the rule removes.
    expect(lies.map(([name]) => name).sort()).toEqual(
      PROXY_HEADERS.map((name) => name.toLowerCase()).sort(),
    );
    const zone = zoneWith({ http_request_late_transform: rules.http_request_late_transform ?? [] });
    for (const { hostname } of publicHostsOf(config)) {
      const request = requestTo("/", {
        host: hostname,
        headers: {
          "user-agent": ["test"],
          ...Object.fromEntries(lies.map(([name, value]) => [name, [value]])),
        },
        clientAddress: CLIENT,
      });
      const passage = requestPhases(zone, request, new RateLimiter(new EdgeClock(() => 0)));
      if (passage.kind !== "passed") throw new Error("It was answered.");
      const sent = originHeaders(passage.request, "ray", CONNECTOR);
      expect(Object.keys(sent).filter((name) => name in ALL_LIES)).toEqual([]);
      expect(sent["x-forwarded-for"]).toEqual([CLIENT]);
    }
  });

  test("other sites of the zone keep theirs", () => {
    const [rule] =
      edgeRulesOf(parseConfig(BASE), IMAGES.mastodon).http_request_late_transform ?? [];
    expect(rule?.expression).not.toMatch(/true|ne /u);
    expect(rule?.expression).toMatch(/^http\.host in \{[^}]+\}$/u);
  });
});
