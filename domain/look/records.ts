import type { Answer, Judged } from "./answer.ts";

/**
 * Existing records with the names of this program's records. Cloudflare refuses the program's ones
 * then, at the very end of an update. It accepts a second SPF or DMARC record, and receivers then
 * ignore both.
 */

/** A record as Cloudflare lists it. */
export interface StandingRecord {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly comment: string;
}

/** A record that this configuration creates. */
export interface WantedRecord {
  readonly name: string;
  /** `R2`: Cloudflare creates it for a bucket. */
  readonly type: "AAAA" | "CAA" | "CNAME" | "TXT" | "R2";
  /** Content as Cloudflare would list it; unset if it contains the tunnel's name. */
  readonly content?: string;
  /** The key that determines the name, without the namespace. */
  readonly key: string;
}

/** Prefix of the comment of each of this program's records. */
export const OWN_COMMENT = "Mastodon: ";

/**
 * Target of the record that Cloudflare creates for a bucket's host. The record does not say whose
 * bucket it is. If it is another bucket, the update is refused early and at no cost. The reason:
 * the hosts of the bucket are created before anything that is paid for.
 */
const R2_TARGET = "public.r2.dev";

/**
 * Record types that can't exist at the same name as one of this program's hosts
 * (cloudflare/cloudflare-docs `dns/manage-dns-records/troubleshooting/records-with-same-name.mdx`).
 */
const ADDRESSES: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME", "NS"]);

/** Sentences for each record of this program that an existing one blocks. */
export function recordFaults(
  wanted: readonly WantedRecord[],
  answer: Answer<readonly StandingRecord[]>,
): Judged {
  if ("unknown" in answer)
    return {
      faults: [],
      // No existing record is lost: Cloudflare never overwrites a record by a new one.
      warnings: [
        `Cloudflare did not say which records the zone has (${answer.unknown}), so nobody looked whether one stands where ours will. It refuses ours then, at the end of the update.`,
      ],
    };
  const foreign = answer.known.filter(
    ({ comment, content }) => !comment.startsWith(OWN_COMMENT) && content !== R2_TARGET,
  );
  return {
    faults: wanted.flatMap((record) =>
      foreign
        .filter(({ name }) => name === record.name)
        .flatMap((standing) => inTheWay(record, standing)),
    ),
    warnings: [],
  };
}

function inTheWay(wanted: WantedRecord, standing: StandingRecord): readonly string[] {
  const what = `"${standing.name}" has a record already, ${standing.type} ${shown(standing.content)}`;
  switch (wanted.type) {
    case "CAA":
      return standing.type === "CAA" && standing.content === wanted.content
        ? [
            `${what}, which this program makes as well, and Cloudflare takes none twice. Delete it in Cloudflare's dashboard (DNS, Records)`,
          ]
        : [];
    case "TXT":
      return textInTheWay(wanted, standing, what);
    case "CNAME":
      // A record for mail; hosts have no content yet.
      if (wanted.content !== undefined)
        return ADDRESSES.has(standing.type) || standing.type === "TXT"
          ? [`${what}, and mastodon:${wanted.key} makes another. Delete it, or take that key out`]
          : [];
  }
  return ADDRESSES.has(standing.type)
    ? [
        `${what}, and one name leads to one place (mastodon:${wanted.key}). Delete it in Cloudflare's dashboard (DNS, Records) if nobody needs it; if another server answers there until the night of a move, add "${standing.name}" to mastodon:dns.later`,
      ]
    : [];
}

/**
 * Only one of each of these texts may exist at a name (RFC 7208, 4.5; RFC 7489, 6.6.3; RFC 6376,
 * 3.6.2.2).
 */
function textInTheWay(
  wanted: WantedRecord,
  standing: StandingRecord,
  what: string,
): readonly string[] {
  const kind = kindOf(wanted.content ?? "");
  // A DKIM name has only keys, which need not contain their kind.
  const same = kind === "v=dkim1" || kindOf(standing.content) === kind;
  if (standing.type === "CNAME" || (standing.type === "TXT" && same))
    return [
      `${what}, and with a second one receivers heed neither (mastodon:${wanted.key}). Delete it, after taking over what is still right in it; or take mastodon:dns.mail out and keep that one`,
    ];
  return [];
}

function kindOf(content: string): string {
  return /^"?\s*(v=[a-z0-9]+)/iu.exec(content)?.[1]?.toLowerCase() ?? "";
}

/** Shortened if it is long: a DKIM key. */
function shown(content: string): string {
  return content.length > 60 ? `${content.slice(0, 57)}…` : content;
}
