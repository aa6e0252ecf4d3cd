/**
 * A mail address with or without a name, in the grammar of its readers (RFC 5322, 3.2.3 to 3.4).
 * Mastodon passes it to the `mail` gem, which reads `Example, Inc. <a@b.example>` as two addresses,
 * and sends from neither.
 */

/** An address and its name, plain; "" if there is none. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Characters that a name may have without quotes; the gem encodes letters beyond ASCII. */
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u{80}-\\u{10ffff}-]+";
const ATOMS = new RegExp(`^${ATOM}(?: ${ATOM})*$`, "u");
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}$/u;
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/u;

/**
 * The mailbox in a text that an operator wrote. Undefined if the text is not exactly one address.
 */
export function mailboxOf(text: string): Mailbox | undefined {
  const [, before = "", bracketed] = /^(.*?)\s*<([^<>]*)>\s*$/u.exec(text) ?? [];
  const address = bracketed ?? text.trim();
  if (!ADDRESS.test(address)) return undefined;
  const quoted = QUOTED.exec(before.trim())?.[1];
  return { name: quoted?.replaceAll(/\\(.)/gu, "$1") ?? before.trim(), address };
}

/**
 * The same for a program: a name with special characters is quoted. A text that can't be parsed
 * stays as it is; the schema refuses it.
 */
export function writtenMailbox(text: string): string {
  const mailbox = mailboxOf(text);
  if (mailbox === undefined || mailbox.name === "") return mailbox?.address ?? text;
  const { name, address } = mailbox;
  // A name that is already in quotes keeps them, so that no pod restarts for a pair of quotes.
  if (ATOMS.test(name) && !text.trimStart().startsWith('"')) return `${name} <${address}>`;
  return `"${name.replaceAll(/["\\]/gu, "\\$&")}" <${address}>`;
}
