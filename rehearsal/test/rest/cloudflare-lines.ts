import type { Properties } from "../../providers/provider.ts";
import { ACCOUNT, ZONE } from "../clouds/cloud.ts";
import * as standard from "../clouds/standard.ts";

/** A call of the API. The path may contain the id. */
export interface Call {
  readonly method: string;
  readonly path: (id: string) => string;
  readonly body: Properties | FormData;
}

/** One type in both APIs: the provider and HTTP. */
export interface Line {
  readonly type: string;
  /** Types that must exist before. */
  readonly needs?: readonly string[];
  readonly inputs: Properties;
  readonly make: Call;
  /** The path at which the API shows it. */
  readonly at: (id: string) => string;
  /**
   * Import id of the real provider (measured 2026-11-28; Workers read in its source). Unset if it
   * can't be imported.
   */
  readonly imported?: (id: string) => string;
  /** One changed property, in the program's form and in the API's. */
  readonly changed: Properties;
  readonly change: Call;
}

const account = `/accounts/${ACCOUNT}`;
const zone = `/zones/${ZONE}`;
const bucket = `${account}/r2/buckets/media`;
const to = (method: string, path: string, body: Call["body"]): Call => ({
  method,
  path: () => path,
  body,
});
/** A call for the object itself. */
const onIt = (method: string, below: string, body: Call["body"]): Call => ({
  method,
  path: (id) => `${below}/${id}`,
  body,
});
const rules = (expression: string) => [
  {
    ref: "hashed",
    expression,
    action: "set_cache_settings",
    action_parameters: { cache: true, edge_ttl: { mode: "override_origin", default: 31_536_000 } },
  },
];
const resources = { [`com.cloudflare.edge.r2.bucket.${ACCOUNT}_default_media`]: "*" };
const policies = [
  {
    effect: "allow",
    permission_groups: [{ id: "2efd5506f9c8494dacb1fa10a3e7d5b6" }],
    resources,
  },
];
const corsRules = (age: number) => [
  { allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds: age },
];
const ingress = (service: string) => [
  { hostname: "social.example", service },
  { service: "http_status:404" },
];
const { workerInputs } = standard;
const bindings = (text: string) => [{ name: "ZONE", type: "plain_text", text }];
function upload(text: string): FormData {
  const form = new FormData();
  const metadata = {
    main_module: workerInputs["mainModule"],
    bindings: bindings(text),
  };
  form.append("metadata", new Blob([JSON.stringify(metadata)], { type: "application/json" }));
  form.append(
    String(workerInputs["mainModule"]),
    new Blob([String(workerInputs["content"])], { type: "application/javascript+module" }),
    String(workerInputs["mainModule"]),
  );
  return form;
}
const script = `${account}/workers/scripts/purge`;
const route = { pattern: "media.social.example/.purge/*", script: "purge" };
const [ssl, bots, argo, smart] = [
  `${zone}/settings/ssl`,
  `${zone}/bot_management`,
  `${zone}/argo/tiered_caching`,
  `${zone}/cache/tiered_cache_smart_topology_enable`,
];

/** A line for each type with a row. */
export const lines: readonly Line[] = [
  {
    type: standard.RECORD,
    imported: (id) => `${ZONE}/${id}`,
    inputs: standard.recordInputs,
    make: to("POST", `${zone}/dns_records`, {
      name: "social.example",
      type: "CNAME",
      content: "one.cfargotunnel.com",
      ttl: 1,
      proxied: true,
    }),
    at: (id) => `${zone}/dns_records/${id}`,
    changed: { content: "two.cfargotunnel.com" },
    change: onIt("PATCH", `${zone}/dns_records`, { content: "two.cfargotunnel.com" }),
  },
  {
    type: standard.TUNNEL,
    imported: (id) => `${ACCOUNT}/${id}`,
    inputs: standard.tunnelInputs,
    make: to("POST", `${account}/cfd_tunnel`, { name: "mastodon", config_src: "cloudflare" }),
    at: (id) => `${account}/cfd_tunnel/${id}`,
    changed: { name: "other" },
    change: onIt("PATCH", `${account}/cfd_tunnel`, { name: "other" }),
  },
  {
    type: standard.TUNNEL_CONFIG,
    imported: (id) => `${ACCOUNT}/${id}`,
    needs: [standard.TUNNEL],
    inputs: {
      accountId: ACCOUNT,
      config: { ingresses: ingress("http://web:3000") },
    },
    make: {
      method: "PUT",
      path: (id) => `${account}/cfd_tunnel/${id}/configurations`,
      body: { config: { ingress: ingress("http://web:3000") } },
    },
    at: (id) => `${account}/cfd_tunnel/${id}/configurations`,
    changed: { config: { ingresses: ingress("http://web:8080") } },
    change: {
      method: "PUT",
      path: (id) => `${account}/cfd_tunnel/${id}/configurations`,
      body: { config: { ingress: ingress("http://web:8080") } },
    },
  },
  {
    type: standard.RULESET,
    imported: (id) => `zones/${ZONE}/${id}`,
    inputs: standard.rulesetInputs,
    make: to("POST", `${zone}/rulesets`, {
      kind: "zone",
      name: "cache",
      phase: "http_request_cache_settings",
      rules: rules("true"),
    }),
    at: (id) => `${zone}/rulesets/${id}`,
    changed: { description: "ours" },
    change: onIt("PUT", `${zone}/rulesets`, { description: "ours", rules: rules("true") }),
  },
  {
    type: standard.R2_BUCKET,
    imported: (id) => `${ACCOUNT}/${id}/default`,
    inputs: { ...standard.r2Inputs, location: "weur" },
    make: to("POST", `${account}/r2/buckets`, { name: "media", locationHint: "weur" }),
    at: (id) => `${account}/r2/buckets/${id}`,
    changed: { storageClass: "InfrequentAccess" },
    change: onIt("PATCH", `${account}/r2/buckets`, {}),
  },
  {
    type: standard.R2_CUSTOM_DOMAIN,
    needs: [standard.R2_BUCKET],
    inputs: standard.customDomainInputs,
    make: to("POST", `${bucket}/domains/custom`, {
      domain: "media.social.example",
      zoneId: ZONE,
      enabled: true,
      minTLS: "1.2",
    }),
    at: (id) => `${bucket}/domains/custom/${id}`,
    changed: { minTls: "1.3" },
    change: onIt("PUT", `${bucket}/domains/custom`, { minTLS: "1.3" }),
  },
  {
    type: standard.R2_CORS,
    needs: [standard.R2_BUCKET],
    inputs: { ...standard.inR2, rules: corsRules(60) },
    make: to("PUT", `${bucket}/cors`, { rules: corsRules(60) }),
    at: () => `${bucket}/cors`,
    changed: { rules: corsRules(90) },
    change: to("PUT", `${bucket}/cors`, { rules: corsRules(90) }),
  },
  {
    type: standard.R2_LIFECYCLE,
    needs: [standard.R2_BUCKET],
    inputs: { ...standard.inR2, rules: [] },
    make: to("PUT", `${bucket}/lifecycle`, { rules: [] }),
    at: () => `${bucket}/lifecycle`,
    changed: { rules: [{ id: "a", enabled: true, conditions: { prefix: "" } }] },
    change: to("PUT", `${bucket}/lifecycle`, {
      rules: [{ id: "a", enabled: true, conditions: { prefix: "" } }],
    }),
  },
  {
    type: standard.R2_LOCK,
    needs: [standard.R2_BUCKET],
    inputs: { ...standard.inR2, rules: [] },
    make: to("PUT", `${bucket}/lock`, { rules: [] }),
    at: () => `${bucket}/lock`,
    changed: { rules: [{ id: "a", enabled: true, condition: { type: "Indefinite" } }] },
    change: to("PUT", `${bucket}/lock`, {
      rules: [{ id: "a", enabled: true, condition: { type: "Indefinite" } }],
    }),
  },
  {
    type: standard.ACCOUNT_TOKEN,
    imported: (id) => `${ACCOUNT}/${id}`,
    inputs: standard.tokenInputs,
    make: to("POST", `${account}/tokens`, { name: "media", policies }),
    at: (id) => `${account}/tokens/${id}`,
    changed: { name: "other" },
    change: onIt("PUT", `${account}/tokens`, { name: "other", policies }),
  },
  {
    type: standard.WORKERS_SCRIPT,
    imported: (id) => `${ACCOUNT}/${id}`,
    inputs: workerInputs,
    make: to("PUT", script, upload("a")),
    at: () => `${script}/settings`,
    changed: { bindings: bindings("b") },
    change: to("PUT", script, upload("b")),
  },
  {
    type: standard.WORKERS_ROUTE,
    imported: (id) => `${ZONE}/${id}`,
    needs: [standard.WORKERS_SCRIPT],
    inputs: { zoneId: ZONE, ...route },
    make: to("POST", `${zone}/workers/routes`, route),
    at: (id) => `${zone}/workers/routes/${id}`,
    changed: { pattern: "media.social.example/*" },
    change: onIt("PUT", `${zone}/workers/routes`, { ...route, pattern: "media.social.example/*" }),
  },
  {
    type: standard.ZONE_SETTING,
    imported: () => `${ZONE}/ssl`,
    inputs: { zoneId: ZONE, settingId: "ssl", value: "strict" },
    make: to("PATCH", ssl, { value: "strict" }),
    at: () => ssl,
    changed: { value: "full" },
    change: to("PATCH", ssl, { value: "full" }),
  },
  {
    type: standard.BOTS,
    imported: () => ZONE,
    inputs: { zoneId: ZONE, fightMode: false },
    make: to("PUT", bots, { fight_mode: false }),
    at: () => bots,
    changed: { fightMode: true },
    change: to("PUT", bots, { fight_mode: true }),
  },
  {
    type: standard.TIERS,
    imported: () => ZONE,
    inputs: { zoneId: ZONE, value: "on" },
    make: to("PATCH", argo, { value: "on" }),
    at: () => argo,
    changed: { value: "off" },
    change: to("PATCH", argo, { value: "off" }),
  },
  {
    type: standard.SMART_TIERS,
    imported: () => ZONE,
    inputs: { zoneId: ZONE, value: "on" },
    make: to("POST", smart, { value: "on" }),
    at: () => smart,
    changed: { value: "off" },
    change: to("PATCH", smart, { value: "off" }),
  },
];

/** The line of a type. */
export const lineOf = (type: string): Line => {
  const line = lines.find((each) => each.type === type);
  if (line === undefined) throw new Error(`There is no line for ${type}.`);
  return line;
};
