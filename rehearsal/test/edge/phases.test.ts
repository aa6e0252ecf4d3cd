import { describe, expect, test } from "vitest";
import { EdgeClock } from "../../edge/clock.ts";
import { normalizedPath } from "../../edge/fields.ts";
import type { EdgeRequest, Headers } from "../../edge/messages.ts";
import { requestPhases, responsePhases } from "../../edge/phases.ts";
import { RateLimiter } from "../../edge/rate-limit.ts";
import type { Zone } from "../../edge/zone-view.ts";
import { answerOf, requestTo, zoneWith } from "./zone.ts";

const clock = new EdgeClock(() => 0);
const through = (zone: Zone, request: EdgeRequest, limiter = new RateLimiter(clock)) => {
  const passage = requestPhases(zone, request, limiter);
  return passage.kind === "answered"
    ? { by: passage.by, status: passage.response.status, headers: passage.response.headers }
    : { by: undefined, status: undefined, headers: {} as Headers, ...passage };
};
const onPath = (path: string): string => `http.request.uri.path eq "${path}"`;

test("without encryption a redirect comes before everything else", () => {
  const block = [{ action: "block" }];
  const zone = zoneWith({ http_request_firewall_custom: block }, { always_use_https: "on" });
  const answer = through(zone, requestTo("/a?b", { scheme: "http" }));
  expect(answer).toMatchObject({ by: "always_use_https", status: 301 });
  expect(answer.headers["location"]).toEqual(["https://example.social/a?b"]);
  expect(through(zone, requestTo("/a")).status).toBe(403);
});

test("a redirect comes before the firewall, with its query where it is to keep it", () => {
  const targetUrl = { expression: 'concat("https://other.example", http.request.uri.path)' };
  const redirect = (preserveQueryString: boolean) =>
    zoneWith({
      http_request_firewall_custom: [{ action: "block" }],
      http_request_dynamic_redirect: [
        {
          action: "redirect",
          actionParameters: { fromValue: { statusCode: 302, targetUrl, preserveQueryString } },
        },
      ],
    });
  const location = (zone: Zone) => through(zone, requestTo("/a?b=c")).headers["location"];
  expect(location(redirect(true))).toEqual(["https://other.example/a?b=c"]);
  expect(location(redirect(false))).toEqual(["https://other.example/a"]);
});

test("a rewrite is seen by the phases after it, and by the origin", () => {
  const zone = zoneWith({
    http_request_transform: [
      { action: "rewrite", actionParameters: { uri: { query: { value: "release=1" } } } },
    ],
  });
  const passage = requestPhases(zone, requestTo("/a?x"), new RateLimiter(clock));
  expect(passage).toMatchObject({ kind: "passed", request: { target: "/a?release=1" } });
});

describe("the firewall", () => {
  const skip = { action: "skip", actionParameters: { ruleset: "current", products: ["bic"] } };
  test("skips what follows, and the check of browsers, where it is told to", () => {
    const guarded = zoneWith({
      http_request_firewall_custom: [
        { ...skip, expression: onPath("/inbox") },
        { action: "managed_challenge" },
      ],
    });
    const nameless = { headers: {} };
    expect(through(guarded, requestTo("/inbox", nameless)).status).toBeUndefined();
    const challenged = through(guarded, requestTo("/other"));
    expect(challenged).toMatchObject({ status: 403, by: "rule_1" });
    expect(challenged.headers["cf-mitigated"]).toEqual(["challenge"]);
  });

  test("turns away who has no name, as a new zone does", () => {
    const nameless = requestTo("/inbox", { headers: {} });
    expect(through(zoneWith(), nameless)).toMatchObject({ by: "browser_check", status: 403 });
    expect(through(zoneWith({}, { browser_check: "off" }), nameless).status).toBeUndefined();
    const config = [{ action: "set_config", actionParameters: { bic: false } }];
    const byRule = zoneWith({ http_config_settings: config });
    expect(through(byRule, nameless).status).toBeUndefined();
  });
});

test("a rate limit counts each address, keeps out who is above it, and forgives", () => {
  const time = new EdgeClock(() => 0);
  const limiter = new RateLimiter(time);
  const ratelimit = {
    characteristics: ["cf.colo.id", "ip.src"],
    period: 10,
    requestsPerPeriod: 2,
    mitigationTimeout: 60,
  };
  const zone = zoneWith({ http_ratelimit: [{ action: "block", ratelimit }] });
  const status = (clientAddress: string): number | undefined =>
    through(zone, requestTo("/", { clientAddress }), limiter).status;
  const [one, other] = ["203.0.113.1", "203.0.113.2"];
  expect([status(one), status(one), status(one)]).toEqual([undefined, undefined, 429]);
  expect(status(other)).toBeUndefined();
  time.advance(59);
  expect(status(one)).toBe(429);
  time.advance(2);
  expect(status(one)).toBeUndefined();
});

test("of cache rules that fit the later says what both say", () => {
  const rule = (cache: boolean) => ({
    action: "set_cache_settings",
    actionParameters: { cache, ...(cache ? { edgeTtl: { mode: "respect_origin" } } : {}) },
  });
  const zone = (first: boolean, second: boolean) =>
    zoneWith({ http_request_cache_settings: [rule(first), rule(second)] });
  expect(through(zone(true, false), requestTo("/"))).toMatchObject({ cache: { cache: false } });
  expect(through(zone(false, true), requestTo("/"))).toMatchObject({
    cache: { cache: true, edgeTtl: { mode: "respect_origin" } },
  });
});

describe("headers of the answer", () => {
  const withRule = (headers: object): Zone =>
    zoneWith({
      http_response_headers_transform: [{ action: "rewrite", actionParameters: { headers } }],
    });
  const changed = (zone: Zone) =>
    responsePhases(zone, requestTo("/"), answerOf({ "x-a": "old", "set-cookie": "a=b" })).headers;
  test("are set, added and taken away, whatever the case of their names", () => {
    expect(changed(withRule({ "X-A": { operation: "set", value: "new" } }))["x-a"]).toEqual([
      "new",
    ]);
    expect(changed(withRule({ "X-A": { operation: "add", value: "new" } }))["x-a"]).toEqual([
      "old",
      "new",
    ]);
    expect(
      changed(withRule({ "Set-Cookie": { operation: "remove" } }))["set-cookie"],
    ).toBeUndefined();
  });

  test("those of Cloudflare's own can't be", () => {
    expect(() => changed(withRule({ "CF-Ray": { operation: "set", value: "x" } }))).toThrow(
      "Cloudflare lets no transform rule change the header CF-Ray",
    );
  });
});

test("an error page takes the place of the body, and the status stays", () => {
  const page = {
    action: "serve_error",
    expression: "http.response.code in {502 530}",
    actionParameters: { content: "<p>away", contentType: "text/html" },
  };
  const zone = zoneWith({ http_custom_errors: [page] });
  const shown = responsePhases(zone, requestTo("/"), answerOf({}, 530, "error"));
  expect([shown.status, String(shown.body)]).toEqual([530, "<p>away"]);
  const mine = responsePhases(zone, requestTo("/"), answerOf({}, 500, "mine"));
  expect(String(mine.body)).toBe("mine");
});

test.each([
  ["/a/./b/../c", "/a/c"],
  ["/../../x", "/x"],
  ["/a/..", "/"],
  ["/%61%2f%2E%2e", "/a%2F.."],
  ["/%e4", "/%E4"],
  ["//a", "//a"],
])("rules see the path %s as %s", (path, seen) => {
  expect(normalizedPath(path)).toBe(seen);
});
