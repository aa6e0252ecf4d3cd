import type { StackConfig } from "../config/schema.ts";

/** A TXT record or a CNAME record. */
export interface MailRecord {
  /** Name in Pulumi: `spf`, `dmarc`, `dkim-<selector>`. */
  readonly role: string;
  readonly name: string;
  readonly type: "TXT" | "CNAME";
  readonly content: string;
}

/**
 * Records by which receivers verify the server's mail. SPF says who may send, DKIM how mail is
 * signed, DMARC how to handle mail that fails both.
 */
export function mailRecordsOf(
  mail: NonNullable<StackConfig["dns"]["mail"]>,
  domain: string,
): readonly MailRecord[] {
  const sender = mail.domain ?? domain;
  const { spfIncludes, dkim, dmarc } = mail;
  return [
    {
      role: "spf",
      name: sender,
      type: "TXT",
      // `~all`: forwarded mail comes from another host and still has its signature, so DMARC
      // decides.
      content: text(`v=spf1 ${spfIncludes.map((host) => `include:${host}`).join(" ")} ~all`),
    },
    ...dkim.map(({ selector, publicKey, target }): MailRecord => {
      const name = `${selector}._domainkey.${sender}`;
      return target === undefined
        ? {
            role: `dkim-${selector}`,
            name,
            type: "TXT",
            content: text(`v=DKIM1; k=rsa; p=${publicKey ?? ""}`),
          }
        : { role: `dkim-${selector}`, name, type: "CNAME", content: target };
    }),
    {
      role: "dmarc",
      name: `_dmarc.${sender}`,
      type: "TXT",
      content: text(
        `v=DMARC1; p=${dmarc.policy}${dmarc.reports === undefined ? "" : `; rua=mailto:${dmarc.reports}`}`,
      ),
    },
  ];
}

/**
 * Text as in a zone file: quoted, in strings of at most 255 bytes (RFC 1035, 3.3.14) that readers
 * concatenate.
 */
function text(value: string): string {
  return (value.match(/.{1,255}/gu) ?? []).map((piece) => `"${piece}"`).join(" ");
}
