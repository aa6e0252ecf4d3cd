import { afterEach, describe, expect, it } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { openRest, type RestFaces } from "../../clouds/rest/open.ts";
import type { Properties } from "../../providers/provider.ts";
import { reveal } from "../../../plan/values.ts";
import { ACCOUNT, Cloud, refOf, ZONE } from "../clouds/cloud.ts";
import * as standard from "../clouds/standard.ts";

/** A call of the API. The path may contain the id. */
interface Call {
  readonly method: string;
  readonly path: (id: string) => string;
  readonly body: Properties | FormData;
}

/** One type in both APIs: the provider and HTTP. */
interface Line {
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

const lines: readonly Line[] = [
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
const lineOf = (type: string): Line => {
  const line = lines.find((each) => each.type === type);
  if (line === undefined) throw new Error(`There is no line for ${type}.`);
  return line;
};

/** A world with both APIs. */
class Both {
  readonly cloud = new Cloud();
  faces: RestFaces | undefined;

  static async open(): Promise<Both> {
    const both = new Both();
    both.cloud.world.zones.set(ZONE, { name: "social.example", accountId: ACCOUNT });
    both.faces = await openRest(both.cloud.world);
    return both;
  }

  async ask(
    { method, path, body }: Partial<Call> & Pick<Call, "path">,
    id = "",
  ): Promise<Properties> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.faces?.cloudflareUrl}${path(id)}`, {
      method: method ?? "GET",
      headers: {
        authorization: `Bearer ${"t".repeat(40)}`,
        "cf-r2-storage-class": "InfrequentAccess",
        ...(isForm ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { success: boolean; result: Properties };
    expect(answer).toMatchObject({ success: true });
    return answer.result;
  }

  /** Dependencies of a line's object, and the inputs that name them. */
  async prepare({ type, needs = [], inputs }: Line): Promise<{ id: string; inputs: Properties }> {
    let id = "";
    for (const needed of needs)
      ({ id } = await this.cloud.make(needed, "before", lineOf(needed).inputs));
    return { id, inputs: type === standard.TUNNEL_CONFIG ? { ...inputs, tunnelId: id } : inputs };
  }

  /** Id in the state of the newest object of a type. */
  idOf(type: string): string {
    return this.cloud.world.find(type).at(-1)?.id ?? "";
  }

  /** State after a refresh of the provider, for a resource with these inputs. */
  async refreshed(type: string, inputs: Properties) {
    const ref = refOf(type, "it");
    const checked = await this.cloud.check(type, "it", inputs);
    const made = { ref, id: this.idOf(type), inputs: checked, outputs: checked };
    const found = await this.cloud.read(made);
    if (found === undefined) throw new Error(`The provider does not find the ${type}.`);
    return { ...made, outputs: found.outputs, inputs: found.inputs };
  }
}

/**
 * After a creation over the API, the provider imports the object, and the program has no change.
 */
async function expectImported(both: Both, line: Line, inputs: Properties): Promise<void> {
  const { type, imported } = line;
  const id = both.idOf(type);
  const made = { ref: refOf(type, "it"), id: imported?.(id) ?? id, inputs: {}, outputs: {} };
  const provider = await both.cloud.provider(type);
  const reading = provider.read(made.ref, made.id, { inputs: undefined, outputs: {} });
  if (imported === undefined) {
    await expect(reading).rejects.toThrow("Resource Import Not Implemented");
    return;
  }
  const found = await reading;
  if (found === undefined) throw new Error(`The provider imports no ${type} by ${made.id}.`);
  expect(found.id).toBe(id);
  const state = { ...made, id, inputs: found.inputs, outputs: found.outputs };
  expect((await both.cloud.diff(state, inputs)).detailed).toEqual({});
}

/** Removes values that differ between worlds: ids, times and the tunnel's. */
function steady(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(reveal(value), (key, inner: unknown) =>
      /^(?:id|tunnel_?id|value$|ref|version)$/iu.test(key) &&
      typeof inner === "string" &&
      inner.length > 20
        ? undefined
        : typeof inner === "string" && /^2\d{3}-\d\d-\d\dT/u.test(inner)
          ? "a time"
          : inner,
    ),
  ) as unknown;
}

describe("the provider's face and the API's are of one world", () => {
  const open: Both[] = [];
  const both = async (): Promise<Both> => {
    const made = await Both.open();
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const each of open.splice(0)) await each.faces?.close();
  });

  it("every type of the stack has a line", () => {
    expect(lines.map(({ type }) => type).sort()).toEqual(
      cloudflareRows.resources.map(({ type }) => type).sort(),
    );
  });

  it.each(lines.map((line) => [line.type.split(":").at(-1), line] as const))(
    "%s",
    async (_name, line) => {
      const { type, at } = line;
      const [ours, theirs] = [await both(), await both()];
      const inOurs = await ours.prepare(line);
      const inTheirs = await theirs.prepare(line);

      // An object of the provider equals one of the API, and the provider finds it.
      const made = await ours.cloud.make(type, "it", inOurs.inputs);
      await theirs.ask(line.make, inTheirs.id);
      const id = (each: Both): string => each.idOf(type);
      const seen = async (each: Both) => steady(await each.ask({ path: at }, id(each)));
      expect(await seen(theirs)).toEqual(await seen(ours));
      const found = await theirs.refreshed(type, inTheirs.inputs);
      expect((await theirs.cloud.diff(found, inTheirs.inputs)).detailed).toEqual({});
      await expectImported(theirs, line, inTheirs.inputs);
      expect(steady(found.outputs)).toEqual(steady(made.outputs));

      // The same for a change. A change over the API is a change for the program.
      const news = (each: { inputs: Properties }) => ({ ...each.inputs, ...line.changed });
      const changed = await ours.cloud.update(made, news(inOurs));
      await theirs.ask(line.change, id(theirs));
      expect(await seen(theirs)).toEqual(await seen(ours));
      const later = await theirs.refreshed(type, news(inTheirs));
      expect(steady(later.outputs)).toEqual(steady(changed));
      expect((await theirs.cloud.diff(later, news(inTheirs))).detailed).toEqual({});
      expect((await theirs.cloud.diff(later, inTheirs.inputs)).changes).toBe(true);
    },
  );
});
