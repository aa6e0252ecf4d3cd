import type Cloudflare from "cloudflare";
import { ACCOUNT, ZONE } from "../clouds/cloud.ts";
import * as types from "../clouds/standard.ts";
import type { ClientRow, Thing } from "./client-row.ts";
import { inAccount, inZone } from "./cloudflare-opened.ts";
import type { Json } from "./walk.ts";

const BUCKET = "media";

/** One of every type of Cloudflare in production's plan, in the order of their dependencies. */
export const CLOUDFLARE_ROWS: readonly ClientRow<Cloudflare>[] = [
  {
    type: types.R2_BUCKET,
    async make({ r2: { buckets } }) {
      await buckets.create({ ...inAccount, name: BUCKET, locationHint: "weur" });
      return {
        id: BUCKET,
        read: () => buckets.get(BUCKET, inAccount),
        list: async () => (await buckets.list(inAccount)).buckets ?? [],
        isIn: ({ name }) => name === BUCKET,
        change: {
          make: () => buckets.edit(BUCKET, { ...inAccount, storage_class: "InfrequentAccess" }),
          seen: (bucket) => bucket.storage_class,
          property: "storageClass",
          value: "InfrequentAccess",
        },
        remove: async () => void (await buckets.delete(BUCKET, inAccount)),
      };
    },
  },
  {
    type: types.R2_CORS,
    async make({ r2: { buckets } }) {
      const put = (maxAgeSeconds: number) =>
        buckets.cors.update(BUCKET, {
          ...inAccount,
          rules: [{ allowed: { methods: ["GET"], origins: ["*"] }, maxAgeSeconds }],
        });
      await put(60);
      return {
        ...alone(BUCKET, () => buckets.cors.get(BUCKET, inAccount)),
        change: {
          make: () => put(90),
          seen: ({ rules }) => rules[0].maxAgeSeconds,
          property: "rules",
          value: 90,
        },
        remove: async () => void (await buckets.cors.delete(BUCKET, inAccount)),
      };
    },
  },
  bucketRule(types.R2_LIFECYCLE, ({ lifecycle }) => ({
    put: (enabled) =>
      lifecycle.update(BUCKET, {
        ...inAccount,
        rules: [{ id: "abort", enabled, conditions: { prefix: "" } }],
      }),
    read: () => lifecycle.get(BUCKET, inAccount),
  })),
  bucketRule(types.R2_LOCK, ({ locks }) => ({
    put: (enabled) =>
      locks.update(BUCKET, {
        ...inAccount,
        rules: [{ id: "keep", enabled, condition: { type: "Indefinite" } }],
      }),
    read: () => locks.get(BUCKET, inAccount),
  })),
  {
    type: types.R2_CUSTOM_DOMAIN,
    async make({ r2: { buckets } }) {
      const { custom } = buckets.domains;
      const domain = "media.social.example";
      const host = { domain, enabled: true, zoneId: ZONE, minTLS: "1.2" as const };
      await custom.create(BUCKET, { ...inAccount, ...host });
      const of = { ...inAccount, bucket_name: BUCKET };
      return {
        id: domain,
        read: () => custom.get(domain, of),
        list: async () => (await custom.list(BUCKET, inAccount)).domains,
        isIn: (item) => item.domain === domain,
        change: {
          make: () => custom.update(domain, { ...of, minTLS: "1.3" }),
          seen: ({ minTLS }) => minTLS,
          property: "minTls",
          value: "1.3",
        },
        remove: async () => void (await custom.delete(domain, of)),
      };
    },
  },
  {
    type: types.ACCOUNT_TOKEN,
    async make({ accounts: { tokens } }) {
      const resources = { [`com.cloudflare.edge.r2.bucket.${ACCOUNT}_default_${BUCKET}`]: "*" };
      const [group] = await all(
        tokens.permissionGroups.list({
          ...inAccount,
          name: "Workers R2 Storage Bucket Item Write",
        }),
      );
      const permission_groups = [{ id: group!.id! }];
      const policies = [{ effect: "allow" as const, permission_groups, resources }];
      const { id: made, value } = await tokens.create({ ...inAccount, name: "media", policies });
      if (!value) throw new Error("A new token has no value.");
      const id = made!;
      return {
        id,
        read: () => tokens.get(id, inAccount),
        list: () => all(tokens.list(inAccount)),
        isIn: (item) => item.id === id,
        change: {
          make: () => tokens.update(id, { ...inAccount, name: "files", policies }),
          seen: ({ name }) => name,
          property: "name",
          value: "files",
        },
        remove: async () => void (await tokens.delete(id, inAccount)),
      };
    },
  },
  {
    type: types.TUNNEL,
    async make({ zeroTrust: { tunnels } }) {
      const { cloudflared } = tunnels;
      const wanted = { ...inAccount, name: "mastodon", config_src: "cloudflare" as const };
      const id = (await cloudflared.create(wanted)).id!;
      return {
        id,
        read: () => cloudflared.get(id, inAccount),
        list: () => all(cloudflared.list({ ...inAccount, is_deleted: false })),
        isIn: (item) => item.id === id,
        change: {
          make: () => cloudflared.edit(id, { ...inAccount, name: "mastodon-two" }),
          seen: ({ name }) => name,
          property: "name",
          value: "mastodon-two",
        },
        remove: async () => void (await cloudflared.delete(id, inAccount)),
      };
    },
  },
  {
    type: types.TUNNEL_CONFIG,
    async make({ zeroTrust: { tunnels } }, made) {
      const { configurations } = tunnels.cloudflared;
      const { id } = made.get(types.TUNNEL)!;
      const put = (service: string) =>
        configurations.update(id, {
          ...inAccount,
          config: {
            ingress: [
              { hostname: "social.example", service },
              // The client's type requires a host, which the last rule must not have.
              { service: "http_status:404" } as { hostname: string; service: string },
            ],
          },
        });
      await put("http://web:3000");
      return {
        ...alone(id, () => configurations.get(id, inAccount)),
        change: {
          make: () => put("http://web:8080"),
          seen: ({ config }) => config.ingress[0].service,
          property: "config",
          value: "http://web:8080",
        },
        remove: keeps, // It goes with its tunnel.
      };
    },
  },
  {
    type: types.RECORD,
    async make({ dns: { records } }, made) {
      const wanted = { ...inZone, type: "CNAME", name: "social.example", ttl: 1 } as const;
      const content = `${made.get(types.TUNNEL)!.id}.cfargotunnel.com`;
      const { id } = await records.create({ ...wanted, content, proxied: true });
      return {
        id,
        read: () => records.get(id, inZone),
        list: () => all(records.list(inZone)),
        isIn: (item) => item.id === id,
        change: {
          make: () => records.edit(id, { ...wanted, content, comment: "of a server" }),
          seen: ({ comment }) => comment,
          property: "comment",
          value: "of a server",
        },
        remove: async () => void (await records.delete(id, inZone)),
      };
    },
  },
  {
    type: types.RULESET,
    async make({ rulesets }) {
      const rules = (expression: string) => [
        { expression, action: "set_cache_settings" as const, action_parameters: { cache: true } },
      ];
      const wanted = { kind: "zone" as const, phase: "http_request_cache_settings" as const };
      const { id } = (await rulesets.create({
        ...inZone,
        ...wanted,
        name: "cache",
        rules: rules("true"),
      })) as Json;
      return {
        id,
        read: () => rulesets.get(id, inZone) as Promise<Json>,
        list: () => all<Json>(rulesets.list(inZone)),
        isIn: (item) => item.id === id,
        change: {
          make: () => rulesets.update(id, { ...inZone, rules: rules("false") }),
          seen: (ruleset) => ruleset.rules[0].expression,
          property: "rules",
          value: "false",
        },
        remove: async () => void (await rulesets.delete(id, inZone)),
      };
    },
  },
  {
    type: types.ZONE_SETTING,
    async make({ zones: { settings } }) {
      await settings.edit("ssl", { ...inZone, value: "full" });
      return {
        ...alone("ssl", () => settings.get("ssl", inZone)),
        change: {
          make: () => settings.edit("ssl", { ...inZone, value: "strict" }),
          seen: ({ value }) => value,
          property: "value",
          value: "strict",
        },
        remove: keeps,
      };
    },
  },
  {
    type: types.BOTS,
    async make({ botManagement }) {
      await botManagement.update({ ...inZone, fight_mode: false });
      return {
        ...alone(ZONE, () => botManagement.get(inZone)),
        change: {
          make: () => botManagement.update({ ...inZone, fight_mode: true }),
          seen: ({ fight_mode }) => fight_mode,
          property: "fightMode",
          value: true,
        },
        remove: keeps,
      };
    },
  },
  {
    type: types.TIERS,
    async make({ argo: { tieredCaching } }) {
      await tieredCaching.edit({ ...inZone, value: "off" });
      return {
        ...alone(ZONE, () => tieredCaching.get(inZone)),
        change: {
          make: () => tieredCaching.edit({ ...inZone, value: "on" }),
          seen: ({ value }) => value,
          property: "value",
          value: "on",
        },
        remove: keeps,
      };
    },
  },
  {
    type: types.SMART_TIERS,
    async make({ cache: { smartTieredCache } }) {
      await smartTieredCache.create({ ...inZone, value: "on" });
      return {
        ...alone(ZONE, () => smartTieredCache.get(inZone)),
        change: {
          make: () => smartTieredCache.edit({ ...inZone, value: "off" }),
          seen: ({ value }) => value,
          property: "value",
          value: "off",
        },
        remove: async () => void (await smartTieredCache.delete(inZone)),
      };
    },
  },
];

/** A resource that exists once: its list is itself. */
function alone(id: string, read: () => Promise<Json>): Omit<Thing, "change" | "remove"> {
  return { id, read, list: async () => [await read()], isIn: () => true };
}

/** No delete: Cloudflare keeps the last value, and the provider sends no delete either. */
async function keeps(): Promise<void> {}

async function all<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

/** A bucket's rule of one kind, which is switched off and goes with its bucket. */
function bucketRule(
  type: string,
  of: (buckets: Cloudflare["r2"]["buckets"]) => {
    readonly put: (enabled: boolean) => Promise<unknown>;
    readonly read: () => Promise<Json>;
  },
): ClientRow<Cloudflare> {
  return {
    type,
    async make({ r2: { buckets } }) {
      const { put, read } = of(buckets);
      await put(true);
      return {
        ...alone(BUCKET, read),
        change: {
          make: () => put(false),
          seen: ({ rules }) => rules[0].enabled,
          property: "rules",
          value: false,
        },
        remove: keeps,
      };
    },
  };
}
