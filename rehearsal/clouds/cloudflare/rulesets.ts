import { randomBytes } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL, type PropertyRow, type ResourceRow } from "../rows.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";

export const RULESET = "cloudflare:index/ruleset:Ruleset";

/** Phases that the rehearsal knows: the action of their rules, and how many the Free plan has (cloudflare/cloudflare-docs `src/content/plans/index.json`). */
const PHASES: Readonly<
  Record<string, { readonly actions: readonly string[]; readonly free: number }>
> = {
  http_request_cache_settings: { actions: ["set_cache_settings"], free: 10 },
  http_response_headers_transform: { actions: ["rewrite"], free: 10 },
};

/** The shortest time that the Free plan lets the edge keep a response: 2 h (same file). */
const FREE_EDGE_TTL_SECONDS = 7_200;

const ttl = (modes: readonly string[], least: number): PropertyRow => ({
  kind: "object",
  fields: {
    mode: { kind: "string", required: true, allowed: modes },
    default: {
      kind: "integer",
      refuse: (value) =>
        Number(value) >= least
          ? undefined
          : `${String(value)} s is below the ${least} s of the Free plan`,
    },
  },
});

const flag: PropertyRow = { kind: "boolean" };

/**
 * The rules of a phase (cloudflare/terraform-provider-cloudflare v5.22.0 `internal/services/ruleset/schema.go`). The list is put as a whole. Not
 * autonamed, and a zone has one for each phase, so a replacement collides with its predecessor unless the program says
 * `deleteBeforeReplace`.
 */
export const ruleset: ResourceRow = {
  type: RULESET,
  file: "rehearsal/clouds/cloudflare/rulesets.ts",
  properties: {
    zoneId: IDENTIFIER,
    kind: { kind: "string", required: true, replaces: true, allowed: ["zone"] },
    name: { kind: "string", required: true, replaces: true },
    phase: { kind: "string", required: true, replaces: true, allowed: Object.keys(PHASES) },
    description: { kind: "string", computed: true },
    rules: {
      kind: "list",
      computed: true,
      item: {
        kind: "object",
        fields: {
          action: { kind: "string", required: true },
          expression: { kind: "string", required: true },
          ref: { kind: "string", computed: true },
          description: { kind: "string", computed: true },
          enabled: { kind: "boolean", computed: true },
          id: { kind: "string", output: true },
          actionParameters: {
            kind: "object",
            fields: {
              cache: flag,
              edgeTtl: ttl(
                ["respect_origin", "override_origin", "bypass_by_default"],
                FREE_EDGE_TTL_SECONDS,
              ),
              browserTtl: ttl(
                ["respect_origin", "override_origin", "bypass_by_default", "bypass"],
                1,
              ),
              respectStrongEtags: flag,
              originErrorPagePassthru: flag,
              serveStale: { kind: "object", fields: { disableStaleWhileUpdating: flag } },
              // A map by header name in v6 of the provider; a list before.
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
  contradictions: (inputs) => {
    const phase = PHASES[String(inputs["phase"])];
    const rules = Array.isArray(inputs["rules"]) ? read.list(inputs, "rules") : [];
    if (phase === undefined) return [];
    const wrong = rules.findIndex(
      ({ action }) => typeof action === "string" && !phase.actions.includes(action),
    );
    return [
      ...(wrong >= 0
        ? [
            {
              property: "rules",
              reason: `rules[${wrong}].action: ${String(rules[wrong]?.["action"])} is not for ${String(inputs["phase"])}; use ${phase.actions.join(", ")}`,
            },
          ]
        : []),
      ...(rules.length > phase.free
        ? [
            {
              property: "rules",
              reason: `rules: ${rules.length} in ${String(inputs["phase"])}; the Free plan has ${phase.free}`,
            },
          ]
        : []),
    ];
  },
  async create(inputs, { world }) {
    const zone = read.text(inputs, "zoneId");
    const phase = read.text(inputs, "phase");
    if (entryPoints(world, zone, phase) > 0)
      // pulumi/pulumi-cloudflare#782
      throw refusal(
        "POST",
        `/zones/${zone}/rulesets`,
        400,
        20217,
        `A similar configuration with rules already exists: zone ${zone} has a ruleset for ${phase}`,
      );
    return {
      id: randomBytes(16).toString("hex"),
      given: {
        description: inputs["description"] ?? "",
        rules: numbered(inputs, []),
        lastUpdated: now(),
        version: "1",
      },
    };
  },
  async update(object, inputs) {
    return {
      rules: numbered(inputs, read.list(object.properties, "rules")),
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

/** The rules with ids. A rule with a `ref` keeps its id; one without gets a new one with every change. */
function numbered(inputs: Properties, before: readonly Properties[]): readonly Properties[] {
  return read.list(inputs, "rules").map((rule) => {
    const ref = read.optionalText(rule, "ref");
    const known = before.find((other) => ref !== undefined && other["ref"] === ref);
    const id = known?.["id"] ?? randomBytes(16).toString("hex");
    return { enabled: true, description: "", ...rule, ref: ref ?? id, id };
  });
}
