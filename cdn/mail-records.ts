import type { StackConfig } from "../config/schema.ts";

/** A record of text, or a name for another record. */
export interface MailRecord {
  /** Names it in Pulumi: `spf`, `dmarc`, `dkim-<selector>`. */
  readonly role: string;
  readonly name: string;
  readonly type: "TXT" | "CNAME";
  readonly content: string;
}

/**
 * By what receivers tell the server's mail from others': who may send (SPF), what it is signed with
 * (DKIM), what to do with the rest (DMARC). Pure.
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
      // `~all`: a forwarded mail comes from elsewhere and is still signed; DMARC decides.
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
 * Text as a zone file has it: quoted, in pieces of at most 255 bytes (RFC 1035, 3.3.14), which
 * readers put together again.
 */
function text(value: string): string {
  return (value.match(/.{1,255}/gu) ?? []).map((piece) => `"${piece}"`).join(" ");
}
