import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LANGUAGE } from "../../../cdn/expression.ts";
import { IMAGES } from "../../../config/images.ts";
import { edgeRulesOf } from "../../../cdn/rules/all.ts";
import { RULE_PHASES } from "../../../facts/cloudflare/plans.ts";
import { parseConfig } from "../../../input/parse.ts";
import { COMPARISONS, FIELDS, FUNCTIONS, LOGICAL } from "../../edge/expressions/language.ts";
import { PHASES, rulesOf } from "../../edge/rules.ts";
import { accepted } from "../../../test/config/arbitrary.ts";

describe("the edge reads what cdn/ writes, all of it and nothing else", () => {
  test("the same fields, functions and operators", () => {
    expect(Object.keys(FIELDS).sort()).toEqual([...LANGUAGE.fields].sort());
    expect(["any", ...Object.keys(FUNCTIONS)].sort()).toEqual([...LANGUAGE.functions].sort());
    const operators = ["in", "not", ...LOGICAL, ...Object.keys(COMPARISONS)];
    expect(operators.sort()).toEqual([...LANGUAGE.operators].sort());
  });

  test("the same phases, in the same order", () => {
    expect(Object.keys(PHASES)).toEqual([...RULE_PHASES]);
  });

  test("every rule of any configuration that is accepted", () => {
    fc.assert(
      fc.property(accepted, (raw) => {
        for (const [phase, rules] of Object.entries(edgeRulesOf(parseConfig(raw), IMAGES.mastodon)))
          expect(rulesOf(phase, rules)).toHaveLength(rules.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what the edge does not simulate stops the rehearsal", () => {
  const rule = { ref: "it", expression: 'http.host eq "a"', action: "block" };
  const cached = { ...rule, action: "set_cache_settings" };
  test.each([
    ["http_request_origin", rule, "does not know the phase http_request_origin. It knows:"],
    [
      "http_request_firewall_custom",
      { ...rule, action: "log" },
      'does not know the action log (rule 1 of http_request_firewall_custom, "it")',
    ],
    [
      "http_request_cache_settings",
      { ...cached, actionParameters: { cache: true, cacheReserve: { eligible: true } } },
      "Unrecognized key",
    ],
    [
      "http_request_cache_settings",
      { ...cached, actionParameters: { edgeTtl: { mode: "sometimes" } } },
      "edgeTtl.mode",
    ],
    ["http_request_firewall_custom", { ...rule, expression: "ssl" }, "ssl is no field"],
    [
      "http_request_firewall_custom",
      { ...rule, expression: "http.response.code eq 200" },
      "is known only with the response",
    ],
    ["http_ratelimit", rule, "a rate belongs to http_ratelimit"],
    [
      "http_request_dynamic_redirect",
      {
        ...rule,
        action: "redirect",
        actionParameters: { fromValue: { targetUrl: { expression: "lower(http.host)" } } },
      },
      "lower is no field or function",
    ],
  ])("%s %#", (phase, written, words) => {
    expect(() => rulesOf(phase, [written])).toThrow(words);
  });

  test("also of a rule that is switched off, which then does nothing", () => {
    const off = { ...rule, enabled: false };
    expect(rulesOf("http_request_firewall_custom", [off])).toEqual([]);
    expect(() => rulesOf("http_request_firewall_custom", [{ ...off, action: "log" }])).toThrow();
  });
});
