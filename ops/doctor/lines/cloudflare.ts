import type { Cloudflare } from "cloudflare";
import type { StackConfig } from "../../../config/schema.ts";
import { reasonOf, type Answer } from "../../recover/presence.ts";
import { fix, ok, skip, unknown, type Line } from "../line.ts";
import { storesOf } from "../stores.ts";

/** Cloudflare's token: its status, its permissions, R2. */

const USER_TOKENS = "https://dash.cloudflare.com/profile/api-tokens";

/** Days before its end at which a token must be replaced: a month has one evening for it. */
const DAYS_BEFORE_END = 14;
const DAY_MS = 86_400_000;

/** A token as it verifies itself. */
interface Verified {
  readonly status?: string;
  /** ISO; unset: it never ends. */
  readonly expires_on?: string | null;
}

interface TokenAnswer {
  readonly token: Answer<Verified>;
  readonly now: Date;
}

export const cloudflareToken: Line<TokenAnswer> = {
  number: 14,
  name: "cloudflare-token",
  checks: "Cloudflare's token is active, and does not end soon",
  async ask(scene) {
    const client = await scene.cloudflare();
    const user = await scene.asked<Verified>(() => client.user.tokens.verify());
    const now = scene.now();
    // A token of the account is none of a user.
    if (user.kind !== "refused") return { token: user, now };
    const { accountId: account_id } = (await scene.config()).cloudflare;
    const own = await scene.asked<Verified>(() => client.accounts.tokens.verify({ account_id }));
    return { token: own, now };
  },
  judge({ token, now }) {
    if (token.kind === "silence") return unknown(reasonOf(token));
    if (token.kind === "refused")
      return token.status >= 500 || token.status === 429
        ? unknown(reasonOf(token))
        : fix("Cloudflare does not know the token in CLOUDFLARE_API_TOKEN.", USER_TOKENS);
    const { status, expires_on: end } = token.value;
    if (status !== "active")
      return fix(`Cloudflare's token is ${status ?? "not active"}.`, USER_TOKENS);
    if (!end) return ok("it is active, and never ends: give it an end");
    const days = Math.floor((Date.parse(end) - now.getTime()) / DAY_MS);
    const date = end.slice(0, 10);
    return days < DAYS_BEFORE_END
      ? fix(`Cloudflare's token ends on ${date}, in ${days} days. Roll it.`, USER_TOKENS)
      : ok(`it is active until ${date}`);
  },
};

/** The configuration and client of a permission's request. */
interface Place {
  readonly client: Cloudflare;
  readonly zone_id: string;
  readonly account_id: string;
}

/** One permission by the name of docs/operate.md, with a request that needs it. */
interface Permission {
  readonly name: string;
  /** Whether this configuration uses it. Default: always. */
  readonly isUsed?: (config: StackConfig) => boolean;
  readonly request: (place: Place) => Promise<unknown>;
}

/** Reads the rules of a phase. A zone without any answers 404, to a token that may read them. */
const phase =
  (name: "http_request_dynamic_redirect" | Phase) =>
  async ({ client, zone_id }: Place): Promise<unknown> => {
    try {
      return await client.rulesets.phases.get(name as "http_ratelimit", { zone_id });
    } catch (error) {
      if ((error as { readonly status?: number }).status === 404) return undefined;
      throw error;
    }
  };

type Phase =
  | "http_request_transform"
  | "http_config_settings"
  | "http_request_firewall_custom"
  | "http_request_cache_settings"
  | "http_custom_errors";

const purges = ({ media }: StackConfig): boolean => media.purge === true;
const usesR2 = (config: StackConfig): boolean => storesOf(config).r2;

/**
 * Requests by permission (npm `cloudflare` 7.3.0). Which name opens which phase of a ruleset is
 * documented, and not tried: developers.cloudflare.com/ruleset-engine/basic-operations/
 * add-rule-phase-rulesets.
 */
export const PERMISSION_REQUESTS: readonly Permission[] = [
  {
    name: "DNS",
    request: ({ client, zone_id }) => client.dns.records.list({ zone_id, per_page: 1 }),
  },
  { name: "Zone", request: ({ client, zone_id }) => client.zones.get({ zone_id }) },
  {
    name: "Zone Settings",
    request: ({ client, zone_id }) => client.zones.settings.get("always_use_https", { zone_id }),
  },
  {
    name: "Bot Management",
    request: ({ client, zone_id }) => client.botManagement.get({ zone_id }),
  },
  {
    name: "Cloudflare Tunnel (account)",
    request: ({ client, account_id }) =>
      client.zeroTrust.tunnels.cloudflared.list({ account_id, per_page: 1 }),
  },
  {
    name: "Workers R2 Storage (account)",
    isUsed: usesR2,
    request: ({ client, account_id }) => client.r2.buckets.list({ account_id, per_page: 1 }),
  },
  {
    name: "Account API Tokens (account)",
    isUsed: usesR2,
    request: ({ client, account_id }) => client.accounts.tokens.list({ account_id, per_page: 5 }),
  },
  {
    name: "Workers Scripts (account)",
    isUsed: purges,
    request: ({ client, account_id }) => client.workers.scripts.list({ account_id }),
  },
  {
    name: "Workers Routes",
    isUsed: purges,
    request: ({ client, zone_id }) => client.workers.routes.list({ zone_id }),
  },
  { name: "Dynamic URL Redirects", request: phase("http_request_dynamic_redirect") },
  { name: "Zone Transform Rules", request: phase("http_request_transform") },
  { name: "Config Settings", request: phase("http_config_settings") },
  { name: "Zone WAF", request: phase("http_request_firewall_custom") },
  { name: "Cache Settings", request: phase("http_request_cache_settings") },
  {
    name: "Custom Errors",
    // On Free there are none (cdn/rules/errors.ts).
    isUsed: ({ cloudflare }) => cloudflare.plan !== "free",
    request: phase("http_custom_errors"),
  },
];

type PermissionAnswers = readonly { readonly name: string; readonly answer: Answer<unknown> }[];

export const permissions: Line<PermissionAnswers> = {
  number: 17,
  name: "permissions",
  checks: "the permissions of Cloudflare's token, by a request each",
  async ask(scene) {
    const config = await scene.config();
    const { zoneId: zone_id, accountId: account_id } = config.cloudflare;
    const place = { client: await scene.cloudflare(), zone_id, account_id };
    return await Promise.all(
      PERMISSION_REQUESTS.filter(({ isUsed }) => isUsed?.(config) ?? true).map(
        async ({ name, request }) => ({ name, answer: await scene.asked(() => request(place)) }),
      ),
    );
  },
  judge(answers) {
    const refused = answers.filter(
      ({ answer }) => answer.kind === "refused" && [401, 403].includes(answer.status),
    );
    if (refused.length > 0)
      return fix(
        `The token may not read ${refused.map(({ name }) => name).join(", ")}. A deploy needs Write for each but Zone.`,
        USER_TOKENS,
      );
    for (const { name, answer } of answers)
      if (answer.kind !== "value") return unknown(`${name}: ${reasonOf(answer)}`);
    return ok(`${answers.length} permissions; a right to write can't be asked`);
  },
};

/** Refusal of an account without R2 (developers.cloudflare.com/r2/api/error-codes). */
const NOT_SUBSCRIBED = 10_042;

type R2Answer =
  undefined | { readonly page: string; readonly buckets: Answer<"subscribed" | "not subscribed"> };

export const r2: Line<R2Answer> = {
  number: 18,
  name: "r2",
  checks: "R2 was subscribed to, where it is used",
  async ask(scene) {
    const config = await scene.config();
    if (!usesR2(config)) return undefined;
    const { accountId: account_id } = config.cloudflare;
    const client = await scene.cloudflare();
    const buckets = await scene.asked(async () => {
      try {
        await client.r2.buckets.list({ account_id, per_page: 1 });
        return "subscribed" as const;
      } catch (error) {
        const { errors = [] } = error as { readonly errors?: readonly { readonly code: number }[] };
        if (errors.some(({ code }) => code === NOT_SUBSCRIBED)) return "not subscribed" as const;
        throw error;
      }
    });
    return { page: `https://dash.cloudflare.com/${account_id}/r2/overview`, buckets };
  },
  judge(seen) {
    if (seen === undefined) return skip("neither media nor dumps are on R2");
    if (seen.buckets.kind !== "value") return unknown(reasonOf(seen.buckets));
    return seen.buckets.value === "subscribed"
      ? ok("it is subscribed to")
      : fix(
          "R2 is not subscribed to: an update fails in its middle, at the first bucket.",
          seen.page,
        );
  },
};
