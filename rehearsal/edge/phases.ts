import { holds, textOf, type Fields } from "./expressions/evaluate.ts";
import { parseValue } from "./expressions/parse.ts";
import { fieldsOf, partsOf } from "./fields.ts";
import {
  headerOf,
  ownAnswer,
  withHeaders,
  type EdgeRequest,
  type EdgeResponse,
  type Headers,
} from "./messages.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type {
  BlockParameters,
  CacheSettings,
  ConfigSettings,
  ErrorPage,
  HeaderParameters,
  Made,
  Phase,
  RedirectParameters,
  RewriteParameters,
  Rule,
  SkipParameters,
} from "./rules.ts";
import type { Reply } from "./upstream.ts";
import type { Zone } from "./zone-view.ts";

/** Result of a request before any origin is contacted. */
export type Passage =
  | { readonly kind: "answered"; readonly response: EdgeResponse; readonly by: string }
  | {
      readonly kind: "passed";
      /** The request to the origin. */
      readonly request: EdgeRequest;
      readonly cache: CacheSettings;
      readonly config: ConfigSettings;
      /** Refs of the rules that matched, in order. */
      readonly fitted: readonly string[];
    };

/**
 * The request phases in Cloudflare's order
 * (https://developers.cloudflare.com/ruleset-engine/reference/phases-list/). The redirect to https
 * comes first: it "happens before the request reaches cache" and rules
 * (https://developers.cloudflare.com/cache/concepts/cache-responses/#noneunknown).
 */
export function requestPhases(zone: Zone, incoming: EdgeRequest, limiter: RateLimiter): Passage {
  if (incoming.scheme === "http" && zone.settings["always_use_https"] === "on")
    return answered(
      redirectTo(301, `https://${incoming.host}${incoming.target}`),
      "always_use_https",
    );
  let request = incoming;
  const fitted: string[] = [];
  // "The values of request fields are immutable within each phase": each phase reads the result of
  // the one before.
  const fitting = (phase: Phase): readonly Rule[] => {
    const rules = fittingOf(zone, phase, fieldsOf(request));
    fitted.push(...rules.map(({ ref }) => ref));
    return rules;
  };
  const [redirect] = fitting("http_request_dynamic_redirect");
  if (redirect !== undefined)
    return answered(redirected(redirect.parameters as RedirectParameters, request), redirect.ref);
  for (const { parameters } of fitting("http_request_transform"))
    request = rewritten(parameters as RewriteParameters, request);
  const config = merged<ConfigSettings>(fitting("http_config_settings"));
  const guarded = firewall(zone, request, config, fitting, limiter);
  if (guarded !== undefined) return guarded;
  let { headers } = request;
  for (const { parameters } of fitting("http_request_late_transform"))
    headers = changedHeaders(parameters as HeaderParameters, headers, fieldsOf(request));
  // Assumed: the cache key has the headers after these rules, as it has the URL after the rules.
  request = { ...request, headers };
  const cache = merged<CacheSettings>(fitting("http_request_cache_settings"));
  return { kind: "passed", request, cache, config, fitted };
}

/**
 * Custom rules, the Browser Integrity Check and the rate limit, except those that a skip rule
 * skips.
 */
function firewall(
  zone: Zone,
  request: EdgeRequest,
  config: ConfigSettings,
  fitting: (phase: Phase) => readonly Rule[],
  limiter: RateLimiter,
): Passage | undefined {
  const skipped = new Set<string>();
  for (const { action, parameters, ref } of fitting("http_request_firewall_custom")) {
    if (action === "skip") {
      const { ruleset, phases = [], products = [] } = parameters as SkipParameters;
      for (const what of [...phases, ...products]) skipped.add(what);
      if (ruleset === "current") break;
    } else return answered(refused(action, parameters as BlockParameters), ref);
  }
  const checks = config.bic ?? zone.settings["browser_check"] === "on";
  // "Challenges visitors without a user agent"
  // (https://developers.cloudflare.com/waf/tools/browser-integrity-check/); answers 403 with error
  // 1010.
  if (checks && !skipped.has("bic") && (headerOf(request.headers, "user-agent") ?? "") === "")
    return answered(ownAnswer(403, "error code: 1010"), "browser_check");
  if (skipped.has("http_ratelimit")) return undefined;
  for (const { ref, ratelimit, parameters } of fitting("http_ratelimit"))
    if (ratelimit !== undefined && limiter.exceeds(ref, ratelimit, request.clientAddress))
      return answered(refused("block", parameters as BlockParameters, 429), ref);
  return undefined;
}

/**
 * The response phases. They apply to answers of the origin and the cache, and to Cloudflare's own
 * error pages. Source: "will also apply to default Cloudflare error pages and Custom Errors",
 * https://developers.cloudflare.com/rules/transform/response-header-modification/.
 */
export function responsePhases(zone: Zone, request: EdgeRequest, came: Reply): Reply {
  const [page] = fittingOf(zone, "http_custom_errors", fieldsOf(request, came));
  const response = page === undefined ? came : errorPage(page.parameters as ErrorPage, came);
  const fields = fieldsOf(request, response);
  let { headers } = response;
  for (const { parameters } of fittingOf(zone, "http_response_headers_transform", fields))
    headers = changedHeaders(parameters as HeaderParameters, headers, fields);
  return { ...response, headers };
}

/** The page replaces only the body; the status code stays. */
function errorPage({ content, contentType, statusCode }: ErrorPage, came: Reply): Reply {
  const body = Buffer.from(content);
  if (!Buffer.isBuffer(came.body)) came.body.destroy();
  const headers = withHeaders(came.headers, {
    "content-type": contentType,
    "content-length": String(body.length),
    "content-encoding": undefined,
    etag: undefined,
  });
  return { status: statusCode ?? came.status, headers, body };
}

function fittingOf(zone: Zone, phase: Phase, fields: Fields): readonly Rule[] {
  return (zone.rules[phase] ?? []).filter(({ condition }) => holds(condition, fields));
}

const answered = (response: EdgeResponse, by: string): Passage => ({
  kind: "answered",
  response,
  by,
});

const redirectTo = (status: number, location: string): EdgeResponse =>
  ownAnswer(status, "", { location });

function redirected({ fromValue }: RedirectParameters, request: EdgeRequest): EdgeResponse {
  const target = madeOf(fromValue.targetUrl, fieldsOf(request)) ?? "";
  const { query } = partsOf(request.target);
  const tail = fromValue.preserveQueryString && query !== "" ? `?${query}` : "";
  return redirectTo(fromValue.statusCode, `${target}${tail}`);
}

function rewritten({ uri }: RewriteParameters, request: EdgeRequest): EdgeRequest {
  const fields = fieldsOf(request);
  const before = partsOf(request.target);
  const path = uri.path === undefined ? before.path : (madeOf(uri.path, fields) ?? before.path);
  const query = uri.query === undefined ? before.query : (madeOf(uri.query, fields) ?? "");
  return { ...request, target: query === "" ? path : `${path}?${query}` };
}

/**
 * Challenges are for browsers. Other clients get a 403 with a header for it
 * (https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/).
 */
function refused(action: string, parameters: BlockParameters, status = 403): EdgeResponse {
  if (action !== "block")
    return ownAnswer(403, "Just a moment...", { "cf-mitigated": "challenge" });
  const own = parameters?.response;
  return own === undefined
    ? ownAnswer(status, "error code: 1020")
    : ownAnswer(own.statusCode, own.content, { "content-type": own.contentType });
}

function madeOf({ value, expression }: Made, fields: Fields): string | undefined {
  return (
    value ??
    (expression === undefined ? undefined : textOf(parseValue(expression, sideOf(fields)), fields))
  );
}

const sideOf = (fields: Fields): "request" | "response" =>
  "http.response.code" in fields ? "response" : "request";

/**
 * Headers changed by a transform rule
 * (https://developers.cloudflare.com/rules/transform/{request,response}-header-modification/): an
 * empty value removes the header. The simulated API refuses more of them for requests
 * (`request-headers.ts`).
 */
function changedHeaders(
  { headers: changes }: HeaderParameters,
  before: Headers,
  fields: Fields,
): Headers {
  let headers = before;
  for (const [written, { operation, value, expression }] of Object.entries(changes)) {
    const name = written.toLowerCase();
    // "You cannot add, modify, or remove HTTP response headers whose name starts with cf- or
    // x-cf-", nor `server`; for requests there is one exception.
    if (/^(?:x-)?cf-(?!connecting-ip$)|^server$/u.test(name))
      throw new Error(`Cloudflare lets no transform rule change the header ${written}.`);
    const text = operation === "remove" ? undefined : madeOf({ value, expression }, fields);
    const added =
      operation === "add" && text !== undefined ? [...(headers[name] ?? []), text] : text;
    headers = withHeaders(headers, { [name]: added === "" ? undefined : added });
  }
  return headers;
}

/**
 * Settings of all matching rules; the later rule has precedence
 * (https://developers.cloudflare.com/cache/how-to/cache-rules/order/).
 */
function merged<T extends object>(rules: readonly Rule[]): T {
  return Object.assign({}, ...rules.map(({ parameters }) => parameters)) as T;
}
