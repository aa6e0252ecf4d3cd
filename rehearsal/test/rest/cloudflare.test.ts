import type Cloudflare from "cloudflare";
import { AuthenticationError, NotFoundError, toFile } from "cloudflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RestFaces } from "../../clouds/rest/open.ts";
import { connect } from "../../clouds/cloudflare/connectors.ts";
import { LockedObject } from "../../clouds/cloudflare/r2-store.ts";
import { cloudflareOperations } from "../../clouds/rest/cloudflare/face.ts";
import { ACCOUNT, ZONE } from "../clouds/cloud.ts";
import { FOR_OPERATORS, READ_IN_SOURCE, RECORDED } from "./cloudflare-calls.ts";
import { inAccount, inZone, opened } from "./cloudflare-opened.ts";

const inBucket = inAccount;

/** A ruleset; the client's own type of it is `unknown` in 7.3.0. */
interface Ruleset {
  readonly id: string;
  readonly version: string;
  readonly rules: readonly { readonly id: string }[];
}

/** All items of a list, over its pages. */
async function all<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

describe("Cloudflare's API, asked by Cloudflare's own client", () => {
  let rest: Awaited<ReturnType<typeof opened>>;
  let client: Cloudflare;
  let faces: RestFaces;
  beforeAll(async () => {
    rest = await opened();
    ({ client, faces } = rest);
  });
  afterAll(async () => {
    await faces.close();
  });

  it("tells a zone by its name and by its id", async () => {
    const [zone, ...others] = await all(client.zones.list({ name: "social.example" }));
    expect(zone).toMatchObject({ id: ZONE, status: "active", account: { id: ACCOUNT } });
    expect(others).toEqual([]);
    expect(await client.zones.get(inZone)).toEqual(zone);
    expect(await all(client.zones.list({ name: "other.example" }))).toEqual([]);
  });

  it("keeps DNS records", async () => {
    const record = { ...inZone, type: "CNAME", name: "www.social.example", ttl: 1 } as const;
    const made = await client.dns.records.create({
      ...record,
      content: "social.example",
      proxied: true,
      comment: "of the stack",
    });
    expect(made).toMatchObject({ proxied: true, proxiable: true, ttl: 1, tags: [] });
    expect(await client.dns.records.get(made.id, inZone)).toEqual(made);
    const moved = await client.dns.records.edit(made.id, { ...record, content: "b.example" });
    expect(moved).toMatchObject({ content: "b.example", comment: "of the stack" });
    const put = await client.dns.records.update(made.id, { ...record, content: "c.example" });
    expect(put).toMatchObject({ content: "c.example", proxied: false, comment: null });
    const caa = { ...inZone, type: "CAA", name: "social.example", ttl: 300 } as const;
    const parts = { flags: 0, tag: "issue", value: "pki.goog" };
    const issuer = await client.dns.records.create({ ...caa, data: parts });
    expect(issuer.content).toBe('0 issue "pki.goog"');
    const other = await client.dns.records.edit(issuer.id, {
      ...caa,
      data: { ...parts, value: "letsencrypt.org" },
    });
    expect(other.content).toBe('0 issue "letsencrypt.org"');
    const names = async (query: Omit<Cloudflare.DNS.RecordListParams, "zone_id">) =>
      (await all(client.dns.records.list({ ...inZone, ...query }))).map(({ name }) => name);
    expect(await names({ type: "CAA" })).toEqual(["social.example"]);
    expect(await names({ name: { exact: "www.social.example" } })).toEqual(["www.social.example"]);
    expect(await names({ name: { startswith: "www" }, match: "any", type: "CAA" })).toHaveLength(2);
    expect(await names({ per_page: 1 })).toHaveLength(2);
    await client.dns.records.delete(made.id, inZone);
    expect(await names({})).toEqual(["social.example"]);
  });

  it("keeps tunnels, and tells their secret in the token alone", async () => {
    const { cloudflared } = client.zeroTrust.tunnels;
    const tunnel = await cloudflared.create({
      ...inAccount,
      name: "mastodon",
      config_src: "cloudflare",
    });
    const id = tunnel.id!;
    expect(tunnel).toMatchObject({ status: "inactive", remote_config: true, account_tag: ACCOUNT });
    const renamed = await cloudflared.edit(id, { ...inAccount, name: "mastodon-two" });
    expect(renamed.name).toBe("mastodon-two");
    const token = await cloudflared.token.get(id, inAccount);
    const { a, t, s } = JSON.parse(Buffer.from(token, "base64").toString()) as {
      a: string;
      t: string;
      s: string;
    };
    expect([a, t, Buffer.from(s, "base64")]).toEqual([ACCOUNT, id, expect.any(Buffer)]);
    expect(await cloudflared.configurations.get(id, inAccount)).toMatchObject({ config: null });
    const config: Cloudflare.ZeroTrust.Tunnels.Cloudflared.ConfigurationUpdateParams.Config = {
      ingress: [
        {
          hostname: "social.example",
          service: "http://web:3000",
          originRequest: { noTLSVerify: true, connectTimeout: 5 },
        },
        { hostname: "", service: "http_status:404" },
      ],
    };
    await cloudflared.configurations.update(id, { ...inAccount, config });
    expect(await cloudflared.configurations.get(id, inAccount)).toMatchObject({
      config,
      tunnel_id: id,
      version: 0,
    });
    expect((await cloudflared.configurations.update(id, { ...inAccount, config })).version).toBe(1);
    expect(await all(cloudflared.connections.get(id, inAccount))).toEqual([]);
    const listed = async (query: { name?: string; is_deleted?: boolean }) =>
      (await all(cloudflared.list({ ...inAccount, ...query }))).map(({ name }) => name);
    expect(await listed({ name: "mastodon-two" })).toEqual(["mastodon-two"]);
    const everything = JSON.stringify(await all(cloudflared.list(inAccount)));
    expect(everything).not.toContain(s);
    await cloudflared.delete(id, inAccount);
    expect(await listed({ is_deleted: false })).toEqual([]);
    expect(await listed({ is_deleted: true })).toEqual(["mastodon-two"]);
    expect((await cloudflared.get(id, inAccount)).deleted_at).toMatch(/^2\d{3}-/);
    await expect(cloudflared.token.get(id, inAccount)).rejects.toThrow(NotFoundError);
  });

  it("lets connectors in by the tunnel's secret; they stay through another one, until closed", async () => {
    const { cloudflared } = client.zeroTrust.tunnels;
    const { world } = rest.cloud;
    const { id = "" } = await cloudflared.create({ ...inAccount, name: "connected" });
    const connected = async () =>
      (await all(cloudflared.connections.get(id, inAccount))).map(({ conns }) => conns?.[0]);
    const token = await cloudflared.token.get(id, inAccount);
    const [first, second] = ["203.0.113.1", "203.0.113.2"];
    for (const address of [first, second]) expect(connect(world, token, address)).toBe(true);
    const tunnel_secret = Buffer.alloc(32).toString("base64");
    await cloudflared.edit(id, { ...inAccount, tunnel_secret });
    const [one] = await connected();
    expect(one).toMatchObject({ origin_ip: first });
    await cloudflared.connections.delete(id, { ...inAccount, client_id: one!.client_id! });
    expect(await connected()).toMatchObject([{ origin_ip: second }]);
    await cloudflared.connections.delete(id, inAccount);
    expect(await connected()).toEqual([]);
    expect(connect(world, token, first)).toBe(false);
    await cloudflared.delete(id, inAccount);
  });

  it("keeps rulesets, by their id and by their phase", async () => {
    const rule = {
      ref: "long",
      expression: "true",
      action: "set_cache_settings" as const,
      action_parameters: {
        cache: true,
        edge_ttl: {
          mode: "override_origin" as const,
          default: 7_200,
          status_code_ttl: [{ status_code_range: { from: 500, to: 599 }, value: -1 }],
        },
        cache_key: { custom_key: { query_string: { exclude: { all: true as const } } } },
      },
    };
    const phase = "http_request_cache_settings" as const;
    await expect(client.rulesets.phases.get(phase, inZone)).rejects.toThrow(
      /10003.*could not find entrypoint ruleset/s,
    );
    const kind = "zone" as const;
    const wanted = { ...inZone, kind, name: "cache", phase, rules: [rule] };
    const made = (await client.rulesets.create(wanted)) as Ruleset;
    expect(made.rules).toMatchObject([{ ...rule, enabled: true, description: "" }]);
    expect(await client.rulesets.get(made.id, inZone)).toEqual(made);
    expect(await client.rulesets.phases.get(phase, inZone)).toEqual(made);
    const rules = [{ ...rule, expression: "false" }];
    const changed = (await client.rulesets.update(made.id, { ...inZone, rules })) as Ruleset;
    expect(changed.version).toBe("2");
    expect(changed.rules[0]?.id).toBe(made.rules[0]?.id);
    const emptied = { ...inZone, rules: [] };
    const again = (await client.rulesets.phases.update(phase, emptied)) as Ruleset;
    expect([again.id, again.version, again.rules]).toEqual([made.id, "3", []]);
    const other = "http_request_dynamic_redirect";
    await client.rulesets.phases.update(other, { ...inZone, name: "redirects", rules: [] });
    const pages = await all(client.rulesets.list({ ...inZone, per_page: 1 }));
    expect(pages.map((each) => each.phase)).toEqual([phase, other]);
    for (const { id } of pages) await client.rulesets.delete(id, inZone);
    expect(await all(client.rulesets.list(inZone))).toEqual([]);
  });

  it("keeps buckets, each in its jurisdiction, with what hangs on them", async () => {
    const { buckets } = client.r2;
    const made = await buckets.create({ ...inAccount, name: "media", locationHint: "weur" });
    expect(made).toMatchObject({ location: "weur", storage_class: "Standard" });
    await buckets.create({ ...inAccount, name: "kept", "cf-r2-jurisdiction": "eu" });
    const names = async (query: object) =>
      (await buckets.list({ ...inAccount, ...query })).buckets?.map(({ name }) => name);
    expect(await names({})).toEqual(["media"]);
    expect(await names({ "cf-r2-jurisdiction": "eu" })).toEqual(["kept"]);
    await expect(buckets.get("kept", inAccount)).rejects.toThrow(NotFoundError);
    const edited = await buckets.edit("media", {
      ...inAccount,
      storage_class: "InfrequentAccess",
    });
    expect(edited.storage_class).toBe("InfrequentAccess");
    expect(await buckets.get("media", inAccount)).toEqual(edited);

    await expect(buckets.cors.get("media", inBucket)).rejects.toThrow(/10059/);
    const cors = {
      rules: [{ allowed: { methods: ["GET" as const], origins: ["*"] }, maxAgeSeconds: 60 }],
    };
    await buckets.cors.update("media", { ...inBucket, ...cors });
    expect(await buckets.cors.get("media", inBucket)).toEqual(cors);
    await buckets.cors.delete("media", inBucket);

    expect((await buckets.lifecycle.get("media", inBucket)).rules).toHaveLength(1);
    const rules = [{ id: "abort", enabled: true, conditions: { prefix: "" } }];
    await buckets.lifecycle.update("media", { ...inBucket, rules });
    expect((await buckets.lifecycle.get("media", inBucket)).rules).toEqual(rules);

    const { custom } = buckets.domains;
    const domain = "media.social.example";
    const host = { ...inBucket, domain, enabled: true, zoneId: ZONE, minTLS: "1.2" as const };
    await custom.create("media", host);
    const of = { ...inBucket, bucket_name: "media" };
    await custom.update(domain, { ...of, minTLS: "1.3" });
    expect(await custom.get(domain, of)).toMatchObject({
      domain,
      enabled: true,
      minTLS: "1.3",
      status: { ssl: "active" },
    });
    expect((await custom.list("media", inBucket)).domains).toHaveLength(1);
    // Cloudflare's own record of it.
    const [record] = await all(client.dns.records.list({ ...inZone, name: { exact: domain } }));
    expect(record).toMatchObject({ content: "public.r2.dev", meta: { read_only: true } });
    await custom.delete(domain, of);
    await buckets.delete("media", inAccount);
    expect(await names({})).toEqual([]);
  });

  it("shows a bucket's objects, and the rules that lock them", async () => {
    const { buckets } = client.r2;
    await buckets.create({ ...inAccount, name: "states" });
    const condition = { type: "Age" as const, maxAgeSeconds: 60 };
    const rules = [{ id: "history", enabled: true, prefix: "locked/", condition }];
    await buckets.locks.update("states", { ...inAccount, rules });
    expect((await buckets.locks.get("states", inAccount)).rules).toEqual(rules);
    const { r2 } = rest.cloud.world;
    for (const key of ["locked/1", "free/1"]) r2.put("states", key, Buffer.from(key));
    expect(() => r2.put("states", "locked/1", Buffer.from("other"))).toThrow(LockedObject);
    const listed = await all(buckets.objects.list("states", { ...inAccount, prefix: "locked/" }));
    expect(listed.map(({ key }) => key)).toEqual(["locked/1"]);
    const object = { ...inAccount, bucket_name: "states" };
    expect(await (await buckets.objects.get("locked/1", object)).text()).toBe("locked/1");
    await expect(buckets.objects.get("none", object)).rejects.toThrow(NotFoundError);
  });

  it("keeps the account's tokens, and tells a value once", async () => {
    const { tokens } = client.accounts;
    const resources = { [`com.cloudflare.edge.r2.bucket.${ACCOUNT}_default_media`]: "*" };
    const [group] = await all(
      tokens.permissionGroups.list({ ...inAccount, name: "Workers R2 Storage Bucket Item Write" }),
    );
    const policies = [
      { effect: "allow" as const, permission_groups: [{ id: group!.id! }], resources },
    ];
    const made = await tokens.create({ ...inAccount, name: "media", policies });
    const id = made.id!;
    expect(made.value).toMatch(/^[\w-]{40}$/);
    const read = await tokens.get(id, inAccount);
    expect(read).not.toHaveProperty("value");
    expect(read).toMatchObject({ status: "active", policies: [{ effect: "allow", resources }] });
    const renamed = await tokens.update(id, { ...inAccount, name: "two", policies });
    expect([renamed.name, renamed]).toEqual([
      "two",
      expect.not.objectContaining({ value: made.value }),
    ]);
    expect((await all(tokens.list(inAccount))).map(({ name }) => name)).toEqual(["two"]);
    expect(await tokens.verify(inAccount)).toMatchObject({ status: "active" });
    expect(await client.user.tokens.verify()).toMatchObject({ status: "active" });

    const own = rest.clientOf(made.value!);
    expect(await own.accounts.tokens.verify(inAccount)).toEqual({ id, status: "active" });
    await expect(own.user.tokens.verify()).rejects.toThrow(AuthenticationError);
    await expect(own.zones.get(inZone)).rejects.toThrow(/10000.*Authentication error/s);
    await tokens.delete(id, inAccount);
    expect(await all(tokens.list(inAccount))).toEqual([]);
  });

  it("keeps what each zone has from its first day", async () => {
    expect(await client.zones.settings.get("ssl", inZone)).toMatchObject({ value: "full" });
    await client.zones.settings.edit("ssl", { ...inZone, value: "strict" });
    expect(await client.zones.settings.get("ssl", inZone)).toMatchObject({
      id: "ssl",
      value: "strict",
      editable: true,
    });
    expect(await client.botManagement.get(inZone)).toMatchObject({ fight_mode: false });
    await client.botManagement.update({ ...inZone, fight_mode: true });
    await client.botManagement.update({ ...inZone, enable_js: true });
    expect(await client.botManagement.get(inZone)).toMatchObject({
      fight_mode: true,
      enable_js: true,
      is_robots_txt_managed: false,
    });
    expect((await client.argo.tieredCaching.get(inZone)).value).toBe("off");
    await client.argo.tieredCaching.edit({ ...inZone, value: "on" });
    expect((await client.argo.tieredCaching.get(inZone)).value).toBe("on");
    const { smartTieredCache } = client.cache;
    await expect(smartTieredCache.get(inZone)).rejects.toThrow(NotFoundError);
    await smartTieredCache.create({ ...inZone, value: "on" });
    await smartTieredCache.edit({ ...inZone, value: "off" });
    expect((await smartTieredCache.get(inZone)).value).toBe("off");
    await smartTieredCache.delete(inZone);
    await expect(smartTieredCache.get(inZone)).rejects.toThrow(NotFoundError);
  });

  it("keeps Workers and their routes, and never tells a secret text", async () => {
    const { scripts, routes } = client.workers;
    const content = "export default { fetch: () => new Response() };\n";
    const module = await toFile(Buffer.from(content), "purge.mjs", {
      type: "application/javascript+module",
    });
    // The client of 7.3.0 labels the form as a script, which no server can parse; this keeps the
    // form's own type.
    const formItself = { headers: { "Content-Type": null } };
    const upload = {
      ...inAccount,
      metadata: {
        main_module: "purge.mjs",
        compatibility_date: "2026-11-01",
        bindings: [
          { name: "ZONE", type: "plain_text" as const, text: "z" },
          { name: "SECRET", type: "secret_text" as const, text: "whisper" },
        ],
      },
      files: [module],
    };
    const uploaded = await scripts.update("purge", upload, formItself);
    expect(uploaded).toMatchObject({
      id: "purge",
      has_modules: true,
      compatibility_date: "2026-11-01",
    });
    expect((await all(scripts.list(inAccount))).map(({ id }) => id)).toEqual(["purge"]);
    expect(await scripts.get("purge", inAccount)).toBe(content);
    expect(await (await scripts.content.get("purge", inAccount)).text()).toBe(content);
    const of = `/accounts/${ACCOUNT}/workers`;
    expect(await client.get(`${of}/services/purge`)).toMatchObject({
      result: { default_environment: { script: { id: "purge" } } },
    });
    const settings = JSON.stringify(await client.get(`${of}/scripts/purge/settings`));
    expect(settings).toContain('"text":"z"');
    expect(settings).not.toContain("whisper");

    const pattern = "media.social.example/.purge/*";
    const route = await routes.create({ ...inZone, pattern, script: "purge" });
    await routes.update(route.id, {
      ...inZone,
      pattern: `${pattern.slice(0, -1)}all*`,
      script: "purge",
    });
    expect((await routes.get(route.id, inZone)).pattern).toMatch(/all\*$/);
    expect(await all(routes.list(inZone))).toHaveLength(1);
    await routes.delete(route.id, inZone);
    await scripts.delete("purge", inAccount);
    await expect(scripts.get("purge", inAccount)).rejects.toThrow(/10007/);
    await expect(routes.create({ ...inZone, pattern, script: "purge" })).rejects.toThrow(/10019/);
  });

  it("has asked for every operation that there is, and for nothing that is not", () => {
    const asked = new Set(faces.cloudflare.asked.map(({ method, path }) => `${method} ${path}`));
    const there = cloudflareOperations.map(({ method, path }) => `${method} ${path}`);
    expect([...asked].sort()).toEqual([...there].sort());
    expect(faces.cloudflare.notModelled).toEqual([]);
  });
});

describe("an operation of Cloudflare's API that goes missing", () => {
  it("is one of those that the provider or a command asks for, each once", () => {
    const there = cloudflareOperations.map(({ method, path }) => `${method} ${path}`).sort();
    expect(there).toEqual([...RECORDED, ...READ_IN_SOURCE, ...FOR_OPERATORS].sort());
    expect([RECORDED.length, there.length]).toEqual([35, 74]);
  });
});
