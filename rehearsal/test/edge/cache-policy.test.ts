import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { browserControl, eligibilityOf, keyOf, storageOf } from "../../edge/cache-policy.ts";
import type { CacheSettings } from "../../edge/rules.ts";
import { answerOf, requestTo } from "./zone.ts";

const ELIGIBLE: CacheSettings = { cache: true, edgeTtl: { mode: "respect_origin" } };
const kept = (
  headers: Readonly<Record<string, string>>,
  settings: CacheSettings = ELIGIBLE,
  request = requestTo("/a"),
  status = 200,
) => {
  const eligibility = eligibilityOf(request, settings);
  const { seconds, status: said } = storageOf(
    request,
    answerOf(headers, status),
    settings,
    eligibility,
  );
  return [said, seconds];
};

describe("what may be answered from the cache at all", () => {
  test.each([
    ["/a.js", {}, "GET", "default"],
    ["/a.JS?x=1", {}, "GET", "default"],
    ["/robots.txt", {}, "GET", "default"],
    ["/a.html", {}, "GET", "no"],
    ["/a.json", {}, "GET", "no"],
    ["/@user", {}, "GET", "no"],
    ["/@user", { cache: true }, "GET", "rule"],
    ["/a.js", { cache: false }, "GET", "no"],
    ["/a.js", { cache: true }, "HEAD", "rule"],
    ["/a.js", { cache: true }, "OPTIONS", "no"],
    ["/a.js", { cache: true }, "POST", "no"],
  ])("%s with %j, %s: %s", (target, settings, method, eligibility) => {
    expect(eligibilityOf(requestTo(target, { method }), settings)).toBe(eligibility);
  });
});

describe("for how long an answer is kept, and what the visitor is told", () => {
  test.each([
    ["its max-age", { "cache-control": "public, max-age=60" }, ["MISS", 60]],
    ["s-maxage before it", { "cache-control": "max-age=60, s-maxage=5" }, ["MISS", 5]],
    ["two hours, where it says nothing", {}, ["MISS", 7_200]],
    ["private: never", { "cache-control": "private, max-age=60" }, ["BYPASS", undefined]],
    ["no-store: never", { "cache-control": "no-store" }, ["BYPASS", undefined]],
    ["no-cache: stale at once", { "cache-control": "no-cache" }, ["BYPASS", 0]],
    ["max-age=0: stale at once", { "cache-control": "max-age=0" }, ["BYPASS", 0]],
    ["Vary: *: never", { vary: "*" }, ["BYPASS", undefined]],
    [
      "any other Vary is not looked at: why pages must never be eligible",
      { vary: "Accept, Cookie", "cache-control": "public, max-age=180" },
      ["MISS", 180],
    ],
    [
      "a cookie: never, with a MISS each time",
      { "set-cookie": "a=b", "cache-control": "public, max-age=60" },
      ["MISS", undefined],
    ],
    [
      "until it expires",
      {
        date: "Thu, 26 Nov 2026 20:00:00 GMT",
        expires: "Thu, 26 Nov 2026 20:01:00 GMT",
      },
      ["MISS", 60],
    ],
  ])("%s", (_name, headers, expected) => {
    expect(kept(headers)).toEqual(expected);
  });

  test("without a rule a cookie is a BYPASS", () => {
    expect(kept({ "set-cookie": "a=b" }, {}, requestTo("/a.js"))).toEqual(["BYPASS", undefined]);
  });

  test("what nobody asked to be kept is DYNAMIC, whatever it says", () => {
    expect(kept({ "cache-control": "public, max-age=60" }, {})).toEqual(["DYNAMIC", undefined]);
  });

  test("a miss is kept for three minutes where it says nothing, an error never", () => {
    expect(kept({}, ELIGIBLE, requestTo("/a"), 404)).toEqual(["MISS", 180]);
    expect(kept({}, ELIGIBLE, requestTo("/a"), 500)).toEqual(["MISS", undefined]);
  });

  test("with a token only what is public, or must be asked about", () => {
    const request = requestTo("/a", { headers: { authorization: ["Bearer 1"] } });
    expect(kept({ "cache-control": "max-age=60" }, ELIGIBLE, request)).toEqual([
      "BYPASS",
      undefined,
    ]);
    expect(kept({ "cache-control": "max-age=60, public" }, ELIGIBLE, request)).toEqual([
      "MISS",
      60,
    ]);
  });

  test("what says nothing isn't kept where the rule says so", () => {
    const settings: CacheSettings = { cache: true, edgeTtl: { mode: "bypass_by_default" } };
    expect(kept({}, settings)).toEqual(["MISS", undefined]);
    expect(kept({ "cache-control": "max-age=9" }, settings)).toEqual(["MISS", 9]);
  });

  test("an override keeps what must not be kept, cookie stripped, and misses too", () => {
    const settings: CacheSettings = {
      cache: true,
      edgeTtl: { mode: "override_origin", default: 7_200 },
    };
    const response = answerOf({ "cache-control": "private, no-store", "set-cookie": "a=b" });
    const storage = storageOf(requestTo("/a"), response, settings, "rule");
    expect(storage).toMatchObject({ seconds: 7_200, stripsCookies: true });
    expect(kept({}, settings, requestTo("/a"), 404)).toEqual(["MISS", 7_200]);
    expect(kept({}, settings, requestTo("/a"), 500)).toEqual(["MISS", undefined]);
  });

  test("by status, -1 is never", () => {
    const statusCodeTtls = [
      { statusCodeRange: { from: 200, to: 299 }, value: 60 },
      { statusCode: 404, value: 5 },
      { statusCodeRange: { from: 500 }, value: -1 },
    ];
    const settings: CacheSettings = {
      cache: true,
      edgeTtl: { mode: "respect_origin", statusCodeTtls },
    };
    expect(kept({}, settings, requestTo("/a"), 206)).toEqual(["MISS", 60]);
    expect(kept({}, settings, requestTo("/a"), 404)).toEqual(["MISS", 5]);
    expect(kept({}, settings, requestTo("/a"), 503)).toEqual(["MISS", undefined]);
  });
});

describe("past its time", () => {
  const stale = (control: string, settings = ELIGIBLE) => {
    const { whileRevalidating, ifError } = storageOf(
      requestTo("/a"),
      answerOf({ "cache-control": control }),
      settings,
      "rule",
    );
    return [whileRevalidating, ifError];
  };
  test.each([
    ["max-age=60", [0, Number.POSITIVE_INFINITY]],
    ["max-age=60, stale-if-error=0", [0, 0]],
    ["max-age=60, stale-while-revalidate=5, stale-if-error=9", [5, 9]],
    ["max-age=60, must-revalidate, stale-if-error=9", [0, 0]],
    ["s-maxage=60, stale-while-revalidate=5", [0, 0]],
  ])("%s: %j", (control, expected) => {
    expect(stale(control)).toEqual(expected);
  });

  test("a rule can switch off what is shown meanwhile", () => {
    const serveStale = { disableStaleWhileUpdating: true };
    expect(stale("max-age=1, stale-while-revalidate=5", { ...ELIGIBLE, serveStale })[0]).toBe(0);
  });
});

describe("the key of a copy", () => {
  test("holds host, path, query and Origin, and nothing of a visitor", () => {
    const mine = { cookie: ["a"], authorization: ["b"], accept: ["c"] };
    expect(keyOf(requestTo("/a?b"), {})).toBe("example.social/a?b");
    expect(keyOf(requestTo("/a?b", { headers: mine }), {})).toBe("example.social/a?b");
    expect(keyOf(requestTo("/a", { headers: { origin: ["https://x"] } }), {})).toBe(
      "example.social/a\norigin: https://x",
    );
  });

  test("has no query where a rule takes it out", () => {
    const cacheKey = { customKey: { queryString: { exclude: { all: true as const } } } };
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => {
        expect(keyOf(requestTo(`/a?${query}`), { cacheKey })).toBe("example.social/a");
      }),
    );
  });

  test("is the same for one path in other clothes", () => {
    expect(keyOf(requestTo("/x/../%61"), {})).toBe(keyOf(requestTo("/a"), {}));
  });
});

test("a new zone tells browsers four hours where the origin says less", () => {
  const said = answerOf({ "cache-control": "public, max-age=30" });
  expect(browserControl(said, {}, "default", 14_400)).toBe("max-age=14400");
  expect(browserControl(said, {}, "default", 0)).toBe("public, max-age=30");
  expect(browserControl(said, {}, "no", 14_400)).toBe("public, max-age=30");
  const respects: CacheSettings = { browserTtl: { mode: "respect_origin" } };
  expect(browserControl(said, respects, "rule", 14_400)).toBe("public, max-age=30");
  const longer = answerOf({ "cache-control": "public, max-age=99999" });
  expect(browserControl(longer, {}, "default", 14_400)).toBe("public, max-age=99999");
  const never = answerOf({ "cache-control": "private" });
  expect(browserControl(never, {}, "default", 14_400)).toBe("private");
});
