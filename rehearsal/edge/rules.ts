import { z } from "zod";
import { parseCondition, parseValue } from "./expressions/parse.ts";
import type { Condition, Side } from "./expressions/language.ts";

/**
 * Rules of each phase that the edge simulates, parsed strictly. An unknown key stops the rehearsal:
 * if it were ignored, a check could pass without the key's effect.
 */

const ttl = z.strictObject({
  mode: z.enum(["respect_origin", "override_origin", "bypass_by_default"]),
  default: z.int().optional(),
  statusCodeTtls: z
    .array(
      z.strictObject({
        statusCode: z.int().optional(),
        statusCodeRange: z
          .strictObject({ from: z.int().optional(), to: z.int().optional() })
          .optional(),
        value: z.int(),
      }),
    )
    .optional(),
});

const browserTtl = z.strictObject({
  mode: z.enum(["respect_origin", "override_origin"]),
  default: z.int().optional(),
});

const cacheSettings = z.strictObject({
  cache: z.boolean().optional(),
  edgeTtl: ttl.optional(),
  browserTtl: browserTtl.optional(),
  cacheKey: z
    .strictObject({
      ignoreQueryStringsOrder: z.boolean().optional(),
      customKey: z
        .strictObject({
          queryString: z.strictObject({ exclude: z.strictObject({ all: z.literal(true) }) }),
        })
        .optional(),
    })
    .optional(),
  serveStale: z.strictObject({ disableStaleWhileUpdating: z.boolean() }).optional(),
  respectStrongEtags: z.boolean().optional(),
  originErrorPagePassthru: z.boolean().optional(),
});

/** A literal value, or an expression of the request. */
const made = z
  .strictObject({ value: z.string().optional(), expression: z.string().optional() })
  .refine(({ value, expression }) => (value === undefined) !== (expression === undefined), {
    error: "has one of value and expression",
  });

const redirect = z.strictObject({
  fromValue: z.strictObject({
    statusCode: z.literal([301, 302, 303, 307, 308]).default(302),
    targetUrl: made,
    preserveQueryString: z.boolean().default(false),
  }),
});

const headers = z.strictObject({
  headers: z.record(
    z.string(),
    z.strictObject({
      operation: z.enum(["set", "add", "remove"]),
      value: z.string().optional(),
      expression: z.string().optional(),
    }),
  ),
});

const rewrite = z.strictObject({
  uri: z.strictObject({ path: made.optional(), query: made.optional() }),
});

/** The edge simulates `emailObfuscation` and `bic`; the others change nothing that is rehearsed. */
const config = z.strictObject({
  automaticHttpsRewrites: z.boolean().optional(),
  bic: z.boolean().optional(),
  emailObfuscation: z.boolean().optional(),
  hotlinkProtection: z.boolean().optional(),
  rocketLoader: z.boolean().optional(),
  securityLevel: z.string().optional(),
  serverSideExcludes: z.boolean().optional(),
  ssl: z.string().optional(),
});

/** Without a status of its own it keeps the original one. */
const errorPage = z.strictObject({
  content: z.string(),
  contentType: z.string(),
  statusCode: z.int().optional(),
});

const challenge = z.strictObject({}).optional();
const block = z
  .strictObject({
    response: z
      .strictObject({ content: z.string(), contentType: z.string(), statusCode: z.int() })
      .optional(),
  })
  .optional();
const skip = z.strictObject({
  ruleset: z.literal("current").optional(),
  phases: z
    .array(z.enum(["http_ratelimit", "http_request_sbfm", "http_request_firewall_managed"]))
    .optional(),
  products: z
    .array(z.enum(["bic", "hot", "securityLevel", "uaBlock", "zoneLockdown", "rateLimit", "waf"]))
    .optional(),
});

const ratelimit = z.strictObject({
  characteristics: z.array(z.enum(["ip.src", "cf.colo.id"])),
  period: z.int(),
  requestsPerPeriod: z.int(),
  mitigationTimeout: z.int(),
  // Every request counts, including those that the cache answers. The provider sets this by
  // default.
  requestsToOrigin: z.literal(false).optional(),
});

/**
 * The phases in the order in which they run, with the actions of their rules
 * (https://developers.cloudflare.com/ruleset-engine/reference/phases-list/).
 */
export const PHASES = {
  http_request_dynamic_redirect: { side: "request", actions: { redirect } },
  http_request_transform: { side: "request", actions: { rewrite } },
  http_config_settings: { side: "request", actions: { set_config: config } },
  http_request_firewall_custom: {
    side: "request",
    actions: { block, managed_challenge: challenge, js_challenge: challenge, skip },
  },
  http_ratelimit: { side: "request", actions: { block } },
  http_request_late_transform: { side: "request", actions: { rewrite: headers } },
  http_request_cache_settings: { side: "request", actions: { set_cache_settings: cacheSettings } },
  http_custom_errors: { side: "response", actions: { serve_error: errorPage } },
  http_response_headers_transform: { side: "response", actions: { rewrite: headers } },
} as const satisfies Readonly<
  Record<string, { readonly side: Side; readonly actions: Readonly<Record<string, z.ZodType>> }>
>;

/** A phase that the edge simulates. */
export type Phase = keyof typeof PHASES;

/** Settings of cache rules; the last matching rule has precedence. */
export type CacheSettings = z.infer<typeof cacheSettings>;
/** Settings of configuration rules. */
export type ConfigSettings = z.infer<typeof config>;
export type RedirectParameters = z.infer<typeof redirect>;
export type RewriteParameters = z.infer<typeof rewrite>;
export type HeaderParameters = z.infer<typeof headers>;
export type SkipParameters = z.infer<typeof skip>;
export type BlockParameters = z.infer<typeof block>;
export type ErrorPage = z.infer<typeof errorPage>;
export type RateLimit = z.infer<typeof ratelimit>;
/** A value, or an expression of it. */
export type Made = z.infer<typeof made>;

/** One rule, parsed and checked. */
export interface Rule {
  readonly ref: string;
  readonly phase: Phase;
  readonly action: string;
  readonly condition: Condition;
  /** Parsed by the schema of its action. */
  readonly parameters: unknown;
  readonly ratelimit: RateLimit | undefined;
}

/** A rule as the world stores it. */
const written = z.strictObject({
  ref: z.string(),
  id: z.string().optional(),
  description: z.string().optional(),
  enabled: z.boolean().default(true),
  action: z.string(),
  expression: z.string(),
  actionParameters: z.unknown().optional(),
  ratelimit: ratelimit.optional(),
  logging: z.unknown().optional(),
});

/**
 * The enabled rules of a phase.
 * @throws Error naming phase, rule and reason, for anything that the edge does not simulate.
 */
export function rulesOf(phase: string, rules: readonly unknown[]): readonly Rule[] {
  const known = Object.hasOwn(PHASES, phase) ? PHASES[phase as Phase] : undefined;
  if (known === undefined)
    throw new Error(
      `The rehearsed edge does not know the phase ${phase}. It knows: ${Object.keys(PHASES).join(", ")} (rehearsal/edge/rules.ts).`,
    );
  return rules.flatMap((raw, i): readonly Rule[] => {
    const place = `rule ${i + 1} of ${phase}`;
    const rule = parsed(written, withoutBlanks(raw), place);
    const schema: z.ZodType | undefined = Object.hasOwn(known.actions, rule.action)
      ? (known.actions as Readonly<Record<string, z.ZodType>>)[rule.action]
      : undefined;
    if (schema === undefined)
      throw new Error(
        `The rehearsed edge does not know the action ${rule.action} (${place}, "${rule.ref}"). There it knows: ${Object.keys(known.actions).join(", ")} (rehearsal/edge/rules.ts).`,
      );
    if ((rule.ratelimit !== undefined) !== (phase === "http_ratelimit"))
      throw new Error(
        `${place} ("${rule.ref}"): a rate belongs to http_ratelimit, and there to every rule.`,
      );
    const parameters = parsed(schema, rule.actionParameters, `${place} ("${rule.ref}")`);
    for (const text of expressionsIn(parameters)) parseValue(text, known.side);
    const condition = parseCondition(rule.expression, known.side);
    if (!rule.enabled) return [];
    const { ref, action } = rule;
    return [
      { ref, phase: phase as Phase, action, condition, parameters, ratelimit: rule.ratelimit },
    ];
  });
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const reasons = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(
    `The rehearsed edge can't read ${place}: ${reasons.join("; ")} (rehearsal/edge/rules.ts).`,
  );
}

/** On the wire an unset value is null. */
function withoutBlanks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBlanks);
  if (value === null || typeof value !== "object") return value ?? undefined;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, withoutBlanks(inner)]),
  );
}

/** Every `expression` in a value, because a fault in one must be known before the first request. */
function expressionsIn(value: unknown): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "expression" && typeof inner === "string" ? [inner] : expressionsIn(inner),
  );
}
