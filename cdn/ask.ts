import * as cloudflare from "@pulumi/cloudflare";
import type { StandingRecord } from "../domain/look/records.ts";
import type { Zone } from "../domain/look/zone.ts";

/**
 * Questions to Cloudflare before the first resource. They only read: "Zone Read" and "DNS Read" are
 * enough.
 */

/**
 * The zone of an id. @throws Error where the token may not read it, or Cloudflare does not answer.
 */
export async function askZone(zoneId: string): Promise<Zone> {
  const { name, account, plan, status } = await cloudflare.getZone({ zoneId });
  // `plan` is deprecated for writing it; the other way to it, the subscription, needs a right to
  // billing.
  return { name, accountId: account?.id ?? "", plan: plan?.legacyId ?? "", status };
}

/**
 * The records of some names. One question for each name: a zone may have thousands of others, and a
 * list of all is cut at a thousand.
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
