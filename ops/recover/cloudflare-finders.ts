import type { Json } from "./clouds.ts";
import type { Candidate, Finder, WrittenAgain } from "./finder.ts";
import { ADOPTED_TOKEN } from "../../domain/media.ts";
import { secretInState, type Properties } from "./state.ts";

/**
 * Cloudflare's rows of `finders.ts`. Import ids: `ImportState` of each service in
 * cloudflare/terraform-provider-cloudflare v5.22.0, read 2026-11-28.
 */

/** Every Cloudflare type of the stack. */
export const cloudflareFinders: Readonly<Record<string, Finder>> = {
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": {
    kind: "find",
    needs: ["accountId", "name"],
    async find({ cloudflare }, inputs) {
      const [account_id, name] = [text(inputs, "accountId"), text(inputs, "name")];
      const { cloudflared } = cloudflare.zeroTrust.tunnels;
      const tunnels = await all(cloudflared.list({ account_id, name, is_deleted: false }));
      return tunnels
        .filter((tunnel) => tunnel.name === name)
        .map(({ id, created_at }) => ({
          id: String(id),
          importId: `${account_id}/${id}`,
          since: created_at,
        }));
    },
  },
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": again(
    "PUT of the tunnel's configuration",
    (input) => `${input("accountId")}/${input("tunnelId")}`,
  ),
  "cloudflare:index/ruleset:Ruleset": {
    kind: "find",
    needs: ["zoneId", "phase"],
    async find({ cloudflare }, inputs) {
      const zone_id = text(inputs, "zoneId");
      const rulesets = await all<Json>(cloudflare.rulesets.list({ zone_id }));
      return rulesets
        .filter(({ phase, kind }) => phase === inputs["phase"] && kind === "zone")
        .map(({ id, last_updated }) => ({
          id,
          importId: `zones/${zone_id}/${id}`,
          since: last_updated,
        }));
    },
  },
  "cloudflare:index/zoneSetting:ZoneSetting": again("PATCH of the zone's setting", (input) =>
    [input("zoneId"), input("settingId")].filter(Boolean).join("/"),
  ),
  "cloudflare:index/dnsRecord:DnsRecord": {
    kind: "find",
    needs: ["zoneId", "name", "type"],
    async find({ cloudflare }, inputs) {
      const zone_id = text(inputs, "zoneId");
      const name = text(inputs, "name");
      const records = await all<Json>(cloudflare.dns.records.list({ zone_id }));
      return records
        .filter((record) => record.name === name && record.type === inputs["type"])
        .filter((record) => holds(record, inputs))
        .map(({ id, created_on }) => ({ id, importId: `${zone_id}/${id}`, since: created_on }));
    },
  },
  "cloudflare:index/tieredCache:TieredCache": {
    kind: "find",
    needs: ["zoneId"],
    async find({ cloudflare }, inputs) {
      const zone_id = text(inputs, "zoneId");
      await cloudflare.cache.smartTieredCache.get({ zone_id });
      return [{ id: zone_id, importId: zone_id }];
    },
  },
  "cloudflare:index/argoTieredCaching:ArgoTieredCaching": again(
    "PATCH of the zone's setting",
    (input) => [input("zoneId"), input("settingId")].filter(Boolean).join("/"),
  ),
  "cloudflare:index/botManagement:BotManagement": again("PUT of the zone's setting", (input) =>
    input("zoneId"),
  ),
  "cloudflare:index/r2Bucket:R2Bucket": {
    kind: "find",
    needs: ["accountId", "name"],
    async find({ cloudflare }, inputs) {
      const [account_id, name] = [text(inputs, "accountId"), text(inputs, "name")];
      const jurisdiction = inputs["jurisdiction"] ?? "default";
      const page = { account_id, name_contains: name, per_page: 1000 };
      const { buckets = [] } = await cloudflare.r2.buckets.list({
        ...page,
        "cf-r2-jurisdiction": jurisdiction as "eu",
      });
      return buckets
        .filter((bucket) => bucket.name === name)
        .map(({ creation_date }) => ({
          id: name,
          importId: `${account_id}/${name}/${String(jurisdiction)}`,
          since: creation_date,
        }));
    },
  },
  "cloudflare:index/r2CustomDomain:R2CustomDomain": {
    kind: "find",
    needs: ["accountId", "bucketName", "domain"],
    noImporter: true,
    async find({ cloudflare }, inputs) {
      const domain = text(inputs, "domain");
      const { custom } = cloudflare.r2.buckets.domains;
      const account_id = text(inputs, "accountId");
      const { domains } = await custom.list(text(inputs, "bucketName"), {
        account_id,
        "cf-r2-jurisdiction": (inputs["jurisdiction"] ?? "default") as "eu",
      });
      return domains
        .filter((host) => host.domain === domain)
        .map((): Candidate => ({ id: domain, importId: domain }));
    },
  },
  "cloudflare:index/r2BucketCors:R2BucketCors": again("PUT of the bucket's rules"),
  "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle": again("PUT of the bucket's rules"),
  "cloudflare:index/r2BucketLock:R2BucketLock": again("PUT of the bucket's rules"),
  "cloudflare:index/accountToken:AccountToken": {
    kind: "find",
    needs: ["accountId", "name"],
    toldOnce: {
      where: "Cloudflare's dashboard, Manage Account, Account API Tokens",
      // R2's secret is a sum of the token's value, which nobody has any more.
      outputsWith: (_id, secret) => ({ value: secretInState(`${ADOPTED_TOKEN}${secret}`) }),
    },
    async find({ cloudflare }, inputs) {
      const account_id = text(inputs, "accountId");
      const tokens = await all(cloudflare.accounts.tokens.list({ account_id }));
      return tokens
        .filter(({ name }) => name === inputs["name"])
        .map(({ id, issued_on }) => ({
          id: String(id),
          importId: `${account_id}/${id}`,
          since: issued_on,
        }));
    },
  },
  "cloudflare:index/workersScript:WorkersScript": again(
    "PUT of the script",
    (input) => `${input("accountId")}/${input("scriptName")}`,
  ),
  "cloudflare:index/workersRoute:WorkersRoute": {
    kind: "find",
    needs: ["zoneId", "pattern"],
    async find({ cloudflare }, inputs) {
      const zone_id = text(inputs, "zoneId");
      const routes = await all(cloudflare.workers.routes.list({ zone_id }));
      return routes
        .filter(({ pattern }) => pattern === inputs["pattern"])
        .map(({ id }) => ({ id, importId: `${zone_id}/${id}` }));
    },
  },
};

function again(call: string, importId?: WrittenAgain["importId"]): WrittenAgain {
  return { kind: "again", call, ...(importId && { importId }) };
}

function text(inputs: Properties, key: string): string {
  return String(inputs[key]);
}

async function all<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** Whether a record says what the inputs say: by its content, or by its data where it has parts. */
function holds(record: Json, { content, data }: Properties): boolean {
  if (typeof content === "string") return record.content === content;
  return Object.entries((data ?? {}) as Properties).every(
    ([key, value]) => record.data?.[key] === value,
  );
}
