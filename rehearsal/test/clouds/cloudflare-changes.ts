import type { Properties } from "../../providers/provider.ts";
import { ACCOUNT, ZONE } from "./cloud.ts";
import {
  ACCOUNT_TOKEN,
  BOTS,
  customDomainInputs,
  inR2,
  R2_BUCKET,
  R2_CORS,
  R2_CUSTOM_DOMAIN,
  R2_LIFECYCLE,
  r2Inputs,
  RECORD,
  recordInputs,
  RULESET,
  rulesetInputs,
  tokenInputs,
  TUNNEL,
  TUNNEL_CONFIG,
  tunnelInputs,
} from "./standard.ts";
import { inPreview, inUpdate, line, none, update, type Line } from "./verdict.ts";

/**
 * Single changes, with the result of the real plugin over terraform-provider-cloudflare v5.22.0.
 * Local stubs answered its calls (measured 2026-11-28). Lines that were only read in its source are
 * marked.
 */

const rule = (rulesetInputs["rules"] as Properties[])[0] as Properties;
const withRule = (changes: Properties, phase = rulesetInputs["phase"]): Properties => ({
  ...rulesetInputs,
  phase,
  rules: [{ ...rule, ...changes }],
});
const ratelimit = {
  characteristics: ["cf.colo.id", "ip.src"],
  period: 10,
  requestsPerPeriod: 15,
  mitigationTimeout: 10,
  requestsToOrigin: true,
};
const limited = (changes: Properties): Properties =>
  withRule(
    { action: "block", actionParameters: undefined, ratelimit: { ...ratelimit, ...changes } },
    "http_ratelimit",
  );
const redirect = (changes: Properties): Properties =>
  withRule(
    {
      action: "redirect",
      actionParameters: {
        fromValue: {
          statusCode: 301,
          targetUrl: { value: "https://social.example/" },
          preserveQueryString: true,
          ...changes,
        },
      },
    },
    "http_request_dynamic_redirect",
  );
const origin = { connectTimeout: 10, noTlsVerify: true };
const ingresses = [
  { hostname: "social.example", service: "http://web:3000", originRequest: origin },
  { service: "http_status:404" },
];
const routed = (changes: Properties): Properties => ({
  accountId: ACCOUNT,
  tunnelId: "the tunnel",
  config: { ingresses, originRequest: origin, ...changes },
});
export const caa: Properties = {
  zoneId: ZONE,
  name: "social.example",
  type: "CAA",
  ttl: 300,
  data: { flags: 0, tag: "issue", value: "pki.goog" },
};
const FOREIGN_PLACE =
  'jurisdiction: "us" is not one of: default, eu, fedramp, in small letters or capitals';

/** All changes that were measured or read. */
export const lines: readonly Line[] = [
  line(R2_BUCKET, "a location, where it has one", r2Inputs, { location: "weur" }, none),
  line(
    R2_BUCKET,
    "another location",
    { ...r2Inputs, location: "weur" },
    { location: "apac" },
    { is: "none", then: { location: "weur" } },
  ),
  line(
    R2_BUCKET,
    "another location beside another class",
    { ...r2Inputs, location: "weur", storageClass: "InfrequentAccess" },
    { location: "apac", storageClass: undefined },
    update({ location: "weur", storageClass: "Standard" }),
  ),
  line(R2_BUCKET, "jurisdiction us", r2Inputs, { jurisdiction: "us" }, inPreview(FOREIGN_PLACE)),
  line(
    R2_CORS,
    "jurisdiction us",
    { ...inR2, rules: [] },
    { jurisdiction: "us" },
    inPreview(FOREIGN_PLACE),
  ),
  line(
    R2_LIFECYCLE,
    "jurisdiction us",
    { ...inR2, rules: [] },
    { jurisdiction: "us" },
    inPreview(FOREIGN_PLACE),
  ),
  line(
    R2_CUSTOM_DOMAIN,
    "jurisdiction us",
    customDomainInputs,
    { jurisdiction: "us" },
    inPreview(FOREIGN_PLACE),
  ),
  line(
    R2_CORS,
    "maxAgeSeconds above 86400",
    { ...inR2, rules: [{ allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds: 60 }] },
    { rules: [{ allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds: 90_000 }] },
    inUpdate(/maxAgeSeconds/),
  ),
  line(
    TUNNEL_CONFIG,
    "a field of originRequest removed",
    routed({}),
    { config: { ingresses, originRequest: { connectTimeout: 10 } } },
    update({ config: { ingresses, originRequest: { connectTimeout: 10 } } }),
  ),
  line(
    TUNNEL_CONFIG,
    "the originRequest of an ingress removed",
    routed({}),
    {
      config: {
        ingresses: [{ ...ingresses[0], originRequest: undefined }, ingresses[1]],
        originRequest: origin,
      },
    },
    update(),
  ),
  line(TUNNEL_CONFIG, "originRequest removed", routed({}), { config: { ingresses } }, update()),
  line(TUNNEL_CONFIG, "config removed", routed({}), { config: undefined }, update({ config: {} })),
  line(RULESET, "rules removed", rulesetInputs, { rules: undefined }, update({ rules: [] })),
  line(
    RULESET,
    "description removed",
    { ...rulesetInputs, description: "x" },
    { description: undefined },
    update({ description: "" }),
  ),
  line(
    RULESET,
    "a rule's description removed",
    withRule({ description: "x" }),
    withRule({}),
    update(),
  ),
  line(RULESET, "a rule's enabled removed", withRule({ enabled: false }), withRule({}), update()),
  line(
    RULESET,
    "a rule's actionParameters removed",
    rulesetInputs,
    withRule({ actionParameters: undefined }),
    update(),
  ),
  line(
    RULESET,
    "preserveQueryString removed",
    redirect({}),
    redirect({ preserveQueryString: undefined }),
    update(),
  ),
  line(
    RULESET,
    "requestsToOrigin removed",
    limited({}),
    limited({ requestsToOrigin: undefined }),
    update(),
  ),
  line(
    RULESET,
    "mitigationTimeout removed",
    limited({}),
    limited({ mitigationTimeout: undefined }),
    none,
  ),
  line(
    RULESET,
    "mitigationTimeout removed beside another change",
    limited({}),
    limited({ mitigationTimeout: undefined, requestsPerPeriod: 20 }),
    update(),
  ),
  line(
    RULESET,
    "an action that doesn't exist",
    rulesetInputs,
    withRule({ action: "dance" }),
    inPreview(
      'rules.0.action: "dance" is not one of: block, challenge, compress_response, ddos_dynamic, execute, force_connection_close, js_challenge, log, log_custom_field, managed_challenge, redirect, rewrite, route, score, serve_error, set_cache_control, set_cache_settings, set_cache_tags, set_config, skip',
    ),
  ),
  line(RECORD, "proxied removed", recordInputs, { proxied: undefined }, update({ proxied: false })),
  line(
    RECORD,
    "content beside data",
    caa,
    { content: '0 issue "pki.goog"' },
    inPreview('content: Attribute "content" cannot be specified when "data" is specified.'),
  ),
  line(
    RECORD,
    "ttl 2",
    { ...recordInputs, proxied: false },
    { ttl: 2 },
    inUpdate(/9021.*TTL must be/),
  ),
  line(
    RECORD,
    "a proxied TXT",
    { ...recordInputs, type: "TXT", proxied: false },
    { proxied: true },
    inUpdate(/9004.*cannot be proxied/),
  ),
  line(RECORD, "a proxied CAA", { ...caa, ttl: 1 }, { proxied: true }, inUpdate(/9004/)),
  line(RECORD, "content removed from a CNAME", recordInputs, { content: undefined }, none),
  line(
    ACCOUNT_TOKEN,
    "expiresOn that is no RFC 3339",
    tokenInputs,
    { expiresOn: "2027-01-01" },
    inPreview("expiresOn: Invalid RFC3339 String Value: 2027-01-01"),
  ),
  line(
    ACCOUNT_TOKEN,
    "notBefore that is no RFC 3339",
    tokenInputs,
    { notBefore: "tomorrow" },
    inPreview("notBefore: Invalid RFC3339 String Value: tomorrow"),
  ),
  line(ACCOUNT_TOKEN, "expiresOn", tokenInputs, { expiresOn: "2027-01-01T00:00:00Z" }, update()),
  line(
    TUNNEL,
    "configSrc removed",
    tunnelInputs,
    { configSrc: undefined },
    update({ configSrc: "local" }),
  ),
  line(
    TUNNEL,
    "a tunnelSecret of less than 32 bytes",
    tunnelInputs,
    { tunnelSecret: "c2hvcnQ=" },
    inUpdate(/tunnel_secret/),
  ),
  // Only read in the source: defaults of the schemas.
  line(
    BOTS,
    "isRobotsTxtManaged removed",
    { zoneId: ZONE, isRobotsTxtManaged: true },
    { isRobotsTxtManaged: undefined },
    update({ isRobotsTxtManaged: false }),
  ),
  line(
    R2_BUCKET,
    "storageClass removed",
    { ...r2Inputs, storageClass: "InfrequentAccess" },
    { storageClass: undefined },
    update({ storageClass: "Standard" }),
  ),
];
