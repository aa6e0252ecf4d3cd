import { randomBytes } from "node:crypto";
import { RULE_PHASES } from "../../../facts/cloudflare/plans.ts";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";
import { refuseRules, RULESET } from "./rule-refusals.ts";

const text: PropertyRow = { kind: "string" };
const number: PropertyRow = { kind: "integer" };
const texts: PropertyRow = { kind: "list", item: text };
const ttl = (
  modes: readonly string[],
  more: Readonly<Record<string, PropertyRow>> = {},
): PropertyRow => ({
  kind: "object",
  fields: { mode: { kind: "string", required: true, allowed: modes }, default: number, ...more },
});
/** TTL for one status code, or for a range of them. 0 is no-cache, -1 no-store. */
const statusCodeTtls: PropertyRow = {
  kind: "list",
  item: {
    kind: "object",
    fields: {
      statusCode: number,
      statusCodeRange: { kind: "object", fields: { from: number, to: number } },
      value: { ...number, required: true },
    },
  },
};
/** A literal value, or an expression. */
const valueOrExpression: PropertyRow = {
  kind: "object",
  fields: { value: text, expression: text },
};

const flag: PropertyRow = { kind: "boolean" };

/** Every action that the provider accepts. The API decides which of them a phase allows. */
const ACTIONS = [
  "block",
  "challenge",
  "compress_response",
  "ddos_dynamic",
  "execute",
  "force_connection_close",
  "js_challenge",
  "log",
  "log_custom_field",
  "managed_challenge",
  "redirect",
  "rewrite",
  "route",
  "score",
  "serve_error",
  "set_cache_control",
  "set_cache_settings",
  "set_cache_tags",
  "set_config",
  "skip",
];

/**
 * Rules of a phase (cloudflare/terraform-provider-cloudflare v5.22.0
 * `internal/services/ruleset/schema.go`). The list is replaced as a whole. A ruleset is not
 * autonamed, and a zone has one for each phase. So a replacement conflicts with the old one unless
 * the program sets `deleteBeforeReplace`.
 */
export const ruleset: ResourceRow = {
  type: RULESET,
  file: "rehearsal/clouds/cloudflare/rulesets.ts",
  asOf: CLOUDFLARE_SOURCE,
  importId: "zones/{zoneId}/{id}",
  properties: {
    zoneId: IDENTIFIER,
    kind: { kind: "string", required: true, replaces: true, allowed: ["zone"] },
    name: { kind: "string", required: true, replaces: true },
    phase: { kind: "string", required: true, replaces: true, allowed: RULE_PHASES },
    description: { kind: "string", computed: true, removed: "" },
    rules: {
      kind: "list",
      computed: true,
      removed: [],
      item: {
        kind: "object",
        fields: {
          action: { kind: "string", required: true, allowed: ACTIONS },
          expression: { kind: "string", required: true },
          ref: { kind: "string", computed: true },
          description: { kind: "string", computed: true, removed: "" },
          enabled: { kind: "boolean", computed: true, removed: true },
          logging: { kind: "object", computed: true, fields: { enabled: flag } },
          ratelimit: {
            kind: "object",
            fields: {
              characteristics: { ...texts, required: true },
              period: { ...number, required: true },
              requestsPerPeriod: number,
              mitigationTimeout: { ...number, computed: true },
              requestsToOrigin: { ...flag, computed: true, removed: false },
            },
          },
          id: { kind: "string", output: true },
          actionParameters: {
            kind: "object",
            computed: true,
            removed: {},
            fields: {
              cache: flag,
              edgeTtl: ttl(["respect_origin", "override_origin", "bypass_by_default"], {
                statusCodeTtls,
              }),
              browserTtl: ttl(["respect_origin", "override_origin", "bypass_by_default", "bypass"]),
              respectStrongEtags: flag,
              originErrorPagePassthru: flag,
              // The whole query, or none of it; parts of it are for Enterprise
              // (cloudflare/cloudflare-docs `src/content/plans/index.json`, `cache_key`).
              cacheKey: {
                kind: "object",
                fields: {
                  customKey: {
                    kind: "object",
                    fields: {
                      queryString: {
                        kind: "object",
                        fields: { exclude: { kind: "object", fields: { all: flag } } },
                      },
                    },
                  },
                },
              },
              serveStale: { kind: "object", fields: { disableStaleWhileUpdating: flag } },
              uri: {
                kind: "object",
                fields: { path: valueOrExpression, query: valueOrExpression },
              },
              fromValue: {
                kind: "object",
                fields: {
                  statusCode: { kind: "integer", allowed: [301, 302, 303, 307, 308] },
                  targetUrl: { ...valueOrExpression, required: true },
                  preserveQueryString: { ...flag, computed: true, removed: false },
                },
              },
              // Checks that a skip rule skips (cloudflare/cloudflare-docs
              // `src/content/docs/waf/custom-rules/skip/options.mdx`).
              ruleset: { kind: "string", allowed: ["current"] },
              phases: {
                kind: "list",
                item: {
                  kind: "string",
                  allowed: ["http_ratelimit", "http_request_sbfm", "http_request_firewall_managed"],
                },
              },
              products: {
                kind: "list",
                item: {
                  kind: "string",
                  allowed: [
                    "zoneLockdown",
                    "uaBlock",
                    "bic",
                    "hot",
                    "securityLevel",
                    "rateLimit",
                    "waf",
                  ],
                },
              },
              // An error page (cloudflare/cloudflare-docs
              // `src/content/docs/rules/custom-errors/reference/parameters.mdx`).
              content: {
                kind: "string",
                refuse: (value) =>
                  Buffer.byteLength(String(value)) <= 10_240 ? undefined : "must be 10 KB at most",
              },
              contentType: {
                kind: "string",
                allowed: ["text/html", "text/plain", "application/json", "text/xml"],
              },
              statusCode: number,
              ssl: { kind: "string", allowed: ["off", "flexible", "full", "strict"] },
              securityLevel: {
                kind: "string",
                allowed: ["off", "essentially_off", "low", "medium", "high", "under_attack"],
              },
              automaticHttpsRewrites: flag,
              rocketLoader: flag,
              emailObfuscation: flag,
              serverSideExcludes: flag,
              hotlinkProtection: flag,
              bic: flag,
              // A map by header name since v6 of the provider; before, a list.
              headers: {
                kind: "map",
                item: {
                  kind: "object",
                  fields: {
                    operation: {
                      kind: "string",
                      required: true,
                      allowed: ["set", "add", "remove"],
                    },
                    value: { kind: "string" },
                    expression: { kind: "string" },
                  },
                },
              },
            },
          },
        },
      },
    },
    lastUpdated: { kind: "string", output: true },
    version: { kind: "string", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [],
  // The provider sends every rule unchecked. The API decides which action a phase allows, and what
  // a plan allows (see `refuseRules`).
  async create(inputs, { world }) {
    const zone = read.text(inputs, "zoneId");
    const phase = read.text(inputs, "phase");
    if (entryPoints(world, zone, phase) > 0)
      // cloudflare/terraform-provider-cloudflare#6273
      throw refusal(
        "POST",
        `/zones/${zone}/rulesets`,
        400,
        20217,
        `'zone' is not a valid value for kind because exceeded maximum number of zone rulesets for phase ${phase}`,
      );
    const rules = numbered(inputs, []);
    refuseRules(world, { ...inputs, rules }, undefined);
    return {
      id: randomBytes(16).toString("hex"),
      given: {
        rules,
        lastUpdated: now(),
        version: "1",
      },
    };
  },
  async update(object, inputs, { world }) {
    const rules = numbered(inputs, read.list(object.properties, "rules"));
    refuseRules(world, { ...inputs, rules }, object.id);
    return {
      rules,
      lastUpdated: now(),
      version: String(Number(read.text(object.properties, "version")) + 1),
    };
  },
  async delete() {},
};

function entryPoints(world: World, zone: string, phase: string): number {
  return world.find(RULESET, (other) => other["zoneId"] === zone && other["phase"] === phase)
    .length;
}

/**
 * Adds ids to the rules. A rule with a `ref` keeps its id; one without gets a new one with every
 * change.
 */
function numbered(inputs: Properties, before: readonly Properties[]): readonly Properties[] {
  return read.list(inputs, "rules").map((rule, at) => {
    const ref = read.optionalText(rule, "ref");
    const known = before.find((other) => ref !== undefined && other["ref"] === ref);
    const id = known?.["id"] ?? randomBytes(16).toString("hex");
    return { ...rule, ...keptLimit(rule, known ?? before[at]), ref: ref ?? id, id };
  });
}

/** The mitigation timeout of a rate limit stays if the program no longer sets it. */
function keptLimit(rule: Properties, known: Properties | undefined): Properties {
  const { ratelimit } = rule;
  if (ratelimit === undefined) return {};
  const before = (known?.["ratelimit"] ?? {}) as Properties;
  const wanted = ratelimit as Properties;
  const mitigationTimeout = wanted["mitigationTimeout"] ?? before["mitigationTimeout"];
  return { ratelimit: { ...wanted, mitigationTimeout } };
}
