import { X509Certificate } from "node:crypto";

/**
 * Returns the CA certificate of a database after checking that it is valid. Every pod trusts it,
 * and an expired one shows only as "certificate verify failed" in each of them. DigitalOcean
 * returns a new one from the same call.
 * @param pem the text that DigitalOcean returns as the database's CA certificate.
 * @param whose the database's name in the message.
 * @throws Error with a message if it is no certificate, not a CA's, not valid yet, or expired.
 */
export function checkedCa(pem: string, whose: string, now: Date = new Date()): string {
  const certificate = parsed(pem, whose);
  const { subject, validFromDate, validToDate, ca } = certificate;
  const name = subject.replaceAll("\n", ", ");
  if (!ca)
    throw new Error(
      `DigitalOcean's CA certificate of ${whose} (${name}) may sign no other: it is a server's own. Nothing could be checked with it; ask DigitalOcean's support.`,
    );
  if (now < validFromDate)
    throw new Error(
      `DigitalOcean's CA certificate of ${whose} (${name}) is valid from ${iso(validFromDate)} and here it is ${iso(now)}. Set this machine's clock.`,
    );
  if (now > validToDate)
    throw new Error(
      `DigitalOcean's CA certificate of ${whose} (${name}) ended on ${iso(validToDate)}; no pod can check the database with it. Run "pulumi up" again when the control panel shows a new one (Databases, ${whose}, Connection details, Download CA certificate).`,
    );
  return pem;
}

function parsed(pem: string, whose: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error(
      `What DigitalOcean answers as the CA certificate of ${whose} is no certificate in PEM (it has ${pem.length} characters). Nothing was given to the pods; run "pulumi up" again, and ask DigitalOcean's support if it stays.`,
    );
  }
}

const iso = (date: Date): string => date.toISOString().slice(0, 10);
