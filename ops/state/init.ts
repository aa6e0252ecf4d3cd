import { r2AddressOf, SECONDS_A_DAY, urlOf, type R2Address } from "./bucket.ts";
import { LOCKED, type Place } from "./keep.ts";
import type Cloudflare from "cloudflare";

/** Days in which history can be neither overwritten nor deleted. */
const LOCK_DAYS = 90;

/** Options of the command line. */
export interface InitOptions extends Place {
  readonly address: R2Address;
}

/** Outside interfaces of the bucket's creation. */
export interface InitWorld {
  readonly say: (text: string) => void;
  readonly cloudflare: () => Promise<Cloudflare>;
}

/**
 * `npm run state -- init`. Creates the bucket of the states on R2, outside of every stack, and
 * locks its history. A second run changes nothing.
 * @throws as Cloudflare's client does.
 */
export async function init({ address }: InitOptions, world: InitWorld): Promise<boolean> {
  const { account, bucket, jurisdiction } = address;
  const cloudflare = await world.cloudflare();
  const at = { account_id: account, "cf-r2-jurisdiction": jurisdiction };
  const { buckets } = cloudflare.r2;
  const there = await buckets.get(bucket, at).then(
    () => true,
    (error: unknown) => {
      if ((error as { readonly status?: number }).status === 404) return false;
      throw error;
    },
  );
  if (!there) await buckets.create({ ...at, name: bucket });
  const { rules = [] } = await buckets.locks.get(bucket, at);
  const missing = LOCKED.filter(
    (prefix) => !rules.some((rule) => rule.enabled && rule.prefix === prefix),
  );
  if (missing.length > 0)
    await buckets.locks.update(bucket, {
      ...at,
      rules: [
        ...rules,
        ...missing.map((prefix) => ({
          id: `keep-${prefix.split("/")[1]}`,
          enabled: true,
          prefix,
          condition: { type: "Age" as const, maxAgeSeconds: LOCK_DAYS * SECONDS_A_DAY },
        })),
      ],
    });
  world.say(
    [
      `${bucket} ${there ? "was there" : "is made"}. ${LOCKED.join(" and ")} can't be deleted for ${LOCK_DAYS} days${missing.length === 0 ? ", as before" : ""}.`,
      "Next:",
      `  Make a key for it: Cloudflare's dashboard, R2, Manage API tokens, Object Read & Write, ${bucket} only.`,
      "  export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…",
      `  export PULUMI_BACKEND_URL='${urlOf(address)}'`,
    ].join("\n"),
  );
  return true;
}

/** The bucket's address, from the command line or from `PULUMI_BACKEND_URL`. */
export function addressOf(
  given: { readonly account?: string; readonly bucket?: string; readonly jurisdiction?: string },
  url: string | undefined,
  account: string | undefined,
): R2Address {
  const known = r2AddressOf(url ?? "");
  const address = {
    account: given.account ?? known?.account ?? account ?? "",
    bucket: given.bucket ?? known?.bucket ?? "mastodon-state",
    jurisdiction: given.jurisdiction ?? known?.jurisdiction ?? "default",
  };
  if (!/^[0-9a-f]{32}$/u.test(address.account))
    throw new Error(
      `--account ${address.account}: Cloudflare's account ids have 32 hex digits. Nothing was changed. It stands in the dashboard's address.`,
    );
  if (!["default", "eu", "fedramp"].includes(address.jurisdiction))
    throw new Error(
      `--jurisdiction ${address.jurisdiction} is none of R2's. Nothing was changed. Say default, eu or fedramp.`,
    );
  return address as R2Address;
}
