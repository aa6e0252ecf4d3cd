import * as cloudflare from "@pulumi/cloudflare";
import type { StandingRecord } from "../domain/look/records.ts";
import type { Zone } from "../domain/look/zone.ts";

/**
 * Questions to Cloudflare before the first resource. They only read, so the permissions "Zone Read"
 * and "DNS Read" are enough.
 */

/**
 * Reads the zone with an id.
 * @throws Error if the token may not read it, or Cloudflare does not answer.
 */
export async function askZone(zoneId: string): Promise<Zone> {
  const { name, account, plan, status } = await cloudflare.getZone({ zoneId });
  // Cloudflare deprecates writing `plan`, not reading it. The alternative, the subscription,
  // requires a permission for billing.
  return { name, accountId: account?.id ?? "", plan: plan?.legacyId ?? "", status };
}

/**
 * Reads the DNS records of some names. One request for each name, because a zone may have thousands
 * of others and a list of all is cut at a thousand.
 * @throws Error as above.
 */
export async function askRecords(
  zoneId: string,
  names: readonly string[],
): Promise<readonly StandingRecord[]> {
  const answers = await Promise.all(
    [...new Set(names)].map((exact) => cloudflare.getDnsRecords({ zoneId, name: { exact } })),
  );
  return answers.flatMap(({ results }) =>
    results.map(({ name, type, content, comment }) => ({
      name,
      type,
      content: content ?? "",
      comment: comment ?? "",
    })),
  );
}
