import type { Cloudflare } from "cloudflare";
import type { Zone } from "../../domain/look/zone.ts";
import { read, type Json } from "../recover/clouds.ts";

/** Questions to the clouds whose answer several lines judge. */

/**
 * The account as DigitalOcean shows it (digitalocean/openapi
 * `specification/resources/account/models/account.yml`). Each field may be missing.
 */
export interface Account {
  readonly uuid?: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly status?: string;
  readonly statusMessage?: string;
  readonly dropletLimit?: number;
}

/** The account of a client's token. It needs the scope `account:read`. */
export async function accountOf(client: Json): Promise<Account> {
  return ((await read(client.account)) as { account: Account }).account;
}

/** The zone, with the name servers that its registrar must name. */
export interface FoundZone extends Zone {
  readonly nameServers: readonly string[];
}

/** A zone of Cloudflare. */
export async function zoneWith(
  client: Pick<Cloudflare, "zones">,
  zone_id: string,
): Promise<FoundZone> {
  const { name, account, status, name_servers, plan } = await client.zones.get({ zone_id });
  const { legacy_id } = (plan ?? {}) as { readonly legacy_id?: string };
  return {
    name,
    accountId: account.id ?? "",
    status: status ?? "",
    plan: legacy_id ?? "",
    nameServers: name_servers ?? [],
  };
}
