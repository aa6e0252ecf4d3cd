import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LANGUAGE } from "../../cdn/expression.ts";
import { edgeRulesOf, releaseOf } from "../../cdn/rules/all.ts";
import { ERROR_PAGE_BYTES, errorPage } from "../../cdn/rules/error-page.ts";
import { planFaults, type EdgeRule, type EdgeRules } from "../../cdn/rules/rule.ts";
import {
  CLOUDFLARE_PLANS,
  MASTODON_UPLOAD_MEGABYTES,
  PLAN_LIMITS,
} from "../../facts/cloudflare/plans.ts";
import { parseConfig } from "../../input/parse.ts";
import type { StackConfig } from "../../config/schema.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import { createStack } from "../../stack/stack.ts";
import { accepted } from "../config/arbitrary.ts";
import { BASE, withValue } from "../config/base.ts";
import { IMAGES } from "../../config/images.ts";
import { FIXTURE_RELEASE } from "../fixture-release.ts";

/** The rules with the committed release. */
const rulesOf = (config: StackConfig) => edgeRulesOf(config, IMAGES.mastodon);

/** A server whose accounts have another host than the server, both in one zone. */
const SPLIT = {
  ...BASE,
  domain: "example.org",
  webDomain: "social.example.org",
  hosts: { streaming: "streaming-social.example.org", assets: "assets-social.example.org" },
  media: { host: "media-social.example.org" },
};

function edge(base: Readonly<Record<string, unknown>>, changes: object = {}): StackConfig {
  return parseConfig({ ...base, cloudflare: { ...BASE.cloudflare, ...changes } });
}

function refs(rules: EdgeRules): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(rules).map(([phase, list]) => [phase, list.map(({ ref }) => ref)]),
  );
}

function ruleOf(rules: EdgeRules, ref: string): EdgeRule {
  const found = Object.values(rules)
    .flat()
    .find((rule) => rule.ref === ref);
  if (found === undefined) throw new Error(`There is no rule ${ref}.`);
  return found;
}

const WHOLE = {
  http_request_transform: ["assets_hashed_key", "assets_release_key"],
  http_request_firewall_custom: [
    "assets_static_files_only",
    "media_no_exports",
    "federation_unchallenged",
  ],
  http_ratelimit: ["sign_in"],
  http_request_late_transform: ["visitor_speaks_for_himself"],
  http_request_cache_settings: [
    "assets_kept_as_told",
    "assets_never_kept",
    "web_never_kept",
    "web_public_documents",
    "media",
  ],
  http_response_headers_transform: ["assets_cross_origin", "media"],
};

describe("exactly these rules, in this order", () => {
  test("on Free", () => {
    expect(refs(rulesOf(edge(BASE)))).toEqual(WHOLE);
  });

  test("on Pro an error page of our own, and on Business a limit for what apps send, too", () => {
    expect(refs(rulesOf(edge(BASE, { plan: "pro" })))).toEqual({
      ...WHOLE,
      http_custom_errors: ["web_away"],
    });
    expect(refs(rulesOf(edge(BASE, { plan: "business" })))).toEqual({
      ...WHOLE,
      http_ratelimit: ["sign_in", "sign_in_by_app"],
      http_custom_errors: ["web_away"],
    });
  });

  test("where a server shows itself to members only, nothing of the web host is kept", () => {
    const config = edge(BASE);
    const { federation } = config;
    for (const closed of [
      edge(BASE, { keepPublicDocuments: false }),
      { ...config, federation: { ...federation, limited: true } },
      { ...config, federation: { ...federation, apiForMembersOnly: true } },
    ])
      expect(refs(rulesOf(closed))["http_request_cache_settings"]).toEqual([
        "assets_kept_as_told",
        "assets_never_kept",
        "web_never_kept",
        "media",
      ]);
  });

  test.each([
    ["redirect", ["identity_discovery", "identity_rest"]],
    ["site", ["identity_discovery"]],
  ])("where the identity has a host of its own (%s), the ways to accounts", (apex, redirects) => {
    const rules = refs(rulesOf(edge(SPLIT, { apex })));
    expect(rules["http_request_dynamic_redirect"]).toEqual(redirects);
    expect(rules["http_response_headers_transform"]).toContain("identity_cross_origin");
  });

  test("at an identity's host that this zone does not serve, none", () => {
    const rules = refs(rulesOf(edge(SPLIT, { apex: "elsewhere" })));
    expect(rules["http_request_dynamic_redirect"]).toBeUndefined();
  });

  test("who is refused comes before who is let through, and other sites of the zone are left alone", () => {
    const rules = refs(
      rulesOf(edge(BASE, { blockedAddresses: ["203.0.113.0/24"], sharedZone: true, www: true })),
    );
    expect(rules["http_request_firewall_custom"]).toEqual([
      "blocked_addresses",
      "assets_static_files_only",
      "media_no_exports",
      "federation_unchallenged",
    ]);
    expect(rules["http_config_settings"]).toEqual(["settings"]);
    expect(rules["http_request_dynamic_redirect"]).toEqual(["www"]);
  });
});

describe("the ways to an account at another host", () => {
  const rules = rulesOf(edge(SPLIT));

  test("keep path and query, for the account's name is in them, and are remembered", () => {
    expect(ruleOf(rules, "identity_discovery")).toMatchObject({
      expression:
        '(http.host eq "example.org" and http.request.uri.path in {"/.well-known/host-meta" "/.well-known/host-meta.json" "/.well-known/nodeinfo" "/.well-known/webfinger"})',
      actionParameters: {
        fromValue: {
          statusCode: 301,
          targetUrl: { expression: 'concat("https://social.example.org", http.request.uri.path)' },
          preserveQueryString: true,
        },
      },
    });
  });

  test("the rest is not remembered: a site may stand there one day", () => {
    expect(ruleOf(rules, "identity_rest").actionParameters).toMatchObject({
      fromValue: { statusCode: 302 },
    });
  });
});

test("federation skips what asks for people, and no rate limit: a header must not open the way to passwords", () => {
  const { actionParameters, expression } = ruleOf(rulesOf(edge(BASE)), "federation_unchallenged");
  expect(actionParameters).toEqual({
    ruleset: "current",
    phases: ["http_request_sbfm", "http_request_firewall_managed"],
    products: ["bic", "hot", "securityLevel", "uaBlock", "zoneLockdown"],
  });
  expect(expression).toContain('not (starts_with(http.request.uri.path, "/auth"))');
});

test.each([
  ["free", 15, 10, 10, false],
  ["pro", 30, 60, 600, false],
  ["business", 20, 60, 3_600, true],
] as const)(
  "on %s, %i tries in %i s are followed by %i s of waiting",
  (plan, requestsPerPeriod, period, mitigationTimeout, seesMethod) => {
    const { ratelimit, expression } = ruleOf(rulesOf(edge(BASE, { plan })), "sign_in");
    expect(ratelimit).toEqual({
      characteristics: ["cf.colo.id", "ip.src"],
      period,
      requestsPerPeriod,
      mitigationTimeout,
    });
    expect(PLAN_LIMITS[plan].countingPeriodsSeconds).toContain(period);
    expect(PLAN_LIMITS[plan].mitigationsSeconds).toContain(mitigationTimeout);
    expect(expression.includes("http.request.method")).toBe(seesMethod);
    // Free can match only the path.
    expect(expression.includes("http.host")).toBe(plan !== "free");
  },
);

describe("a new release's files are others to the edge", () => {
  test("by the image's tag, and by its digest where it is known: a rebuilt image is another one", () => {
    expect(releaseOf(`ghcr.io/mastodon/mastodon:${FIXTURE_RELEASE}`)).toBe(FIXTURE_RELEASE);
    const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
    expect(releaseOf(`ghcr.io/mastodon/mastodon:${FIXTURE_RELEASE}@${digest}`)).toBe(
      `${FIXTURE_RELEASE}-01234567`,
    );
  });

  test("but not those with a hash in their name: pages of the old release still ask for them", () => {
    const rules = rulesOf(edge(BASE));
    const query = (ref: string): unknown => ruleOf(rules, ref).actionParameters?.uri;
    expect(query("assets_hashed_key")).toEqual({ query: { value: "release=any" } });
    expect(query("assets_release_key")).toEqual({
      query: { value: `release=${releaseOf(IMAGES.mastodon)}` },
    });
  });

  test("by the image that is deployed, a fork's too: the committed one's name stays, and its old emoji would for a day", () => {
    const rules = edgeRulesOf(edge(BASE), `ghcr.io/glitch-soc/mastodon:${FIXTURE_RELEASE}`);
    expect(ruleOf(rules, "assets_release_key").actionParameters?.uri).toEqual({
      query: { value: `release=${FIXTURE_RELEASE}` },
    });
  });
});

test("whatever an operator decides: within the plan, each rule named once, and in the few words that something small can evaluate", () => {
  const words = new Set<string>([...LANGUAGE.fields, ...LANGUAGE.functions, ...LANGUAGE.operators]);
  fc.assert(
    fc.property(accepted, (raw) => {
      const config = parseConfig(raw);
      const rules = rulesOf(config);
      expect(planFaults(rules, config.cloudflare.plan)).toEqual([]);
      for (const list of Object.values(rules)) {
        expect(new Set(list.map(({ ref }) => ref)).size).toBe(list.length);
        for (const { expression } of list) {
          const bare = expression.replaceAll(/"(?:[^"\\]|\\.)*"/gu, '""');
          // Removes addresses in a set, and numbers.
          const used = bare.replaceAll(/\{[^}]*\}/gu, "{}").match(/[a-z_.]*[a-z]/giu) ?? [];
          expect(used.filter((word) => !words.has(word))).toEqual([]);
          expect(expression.split("(").length).toBe(expression.split(")").length);
        }
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

describe("what a plan has no room for is refused before the first resource", () => {
  const rule = { ...ruleOf(rulesOf(edge(BASE)), "assets_never_kept") };
  const many = (count: number): readonly EdgeRule[] =>
    Array.from({ length: count }, (_, at) => ({ ...rule, ref: `r${at}` }));

  test.each(CLOUDFLARE_PLANS)("on %s, one rule more than it has, of each budget", (plan) => {
    const { rules } = PLAN_LIMITS[plan];
    expect(planFaults({ http_request_cache_settings: many(rules.cache) }, plan)).toEqual([]);
    expect(planFaults({ http_request_cache_settings: many(rules.cache + 1) }, plan)).toEqual([
      `mastodon:cloudflare.plan is "${plan}", which has ${rules.cache} cache rules in a zone, and ${rules.cache + 1} are needed. Take out what asks for them, or take a larger plan`,
    ]);
    // Rewrites and headers share one limit.
    const half = Math.ceil((rules.transform + 1) / 2);
    expect(
      planFaults(
        { http_request_transform: many(half), http_response_headers_transform: many(half) },
        plan,
      ),
    ).toHaveLength(1);
  });

  test("an expression that Cloudflare would not take", () => {
    const addresses = Array.from(
      { length: 100 },
      (_, at) => `2001:0db8:${(at + 4_096).toString(16)}:ffff:ffff:ffff:ffff:ff00/120`,
    );
    const raw = withValue(BASE, "cloudflare.blockedAddresses", addresses);
    // Without an engine: the first resource would fail with another message.
    expect(() => createStack(parseConfig(raw), {} as StackSecrets)).toThrow(
      /The edge needs more than its plan has; nothing was changed:\n {2}the rule "blocked_addresses" at the edge would have \d+ characters, and Cloudflare takes 4096/u,
    );
  });
});

test("every plan lets Mastodon's largest upload through", () => {
  for (const plan of CLOUDFLARE_PLANS)
    expect(PLAN_LIMITS[plan].uploadMegabytes).toBeGreaterThanOrEqual(MASTODON_UPLOAD_MEGABYTES);
});

test("the error page is small enough for a rule, loads nothing, and says nothing that breaks challenges", () => {
  const page = errorPage("a".repeat(253));
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(ERROR_PAGE_BYTES);
  expect(page).not.toMatch(/src=|href=|url\(|name="?referrer/u);
});
