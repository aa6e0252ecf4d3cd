/**
 * A mail address with or without a name, in the grammar of those who read it again (RFC 5322, 3.2.3
 * to 3.4): Mastodon hands it to the `mail` gem, which reads `Example, Inc. <a@b.example>` as two
 * addresses, and sends from neither. Pure.
 */

/** An address and the name before it, plain; "" where there is none. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/**
 * Characters that a name may have outside of quotes; letters beyond ASCII are the gem's to encode.
 */
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u{80}-\\u{10ffff}-]+";
const ATOMS = new RegExp(`^${ATOM}(?: ${ATOM})*$`, "u");
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}$/u;
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/u;

/**
 * Mailbox that a text means, as a person writes it. Undefined if the text is not exactly one
 * address.
 */
export function mailboxOf(text: string): Mailbox | undefined {
  const [, before = "", bracketed] = /^(.*?)\s*<([^<>]*)>\s*$/u.exec(text) ?? [];
  const address = bracketed ?? text.trim();
  if (!ADDRESS.test(address)) return undefined;
  const quoted = QUOTED.exec(before.trim())?.[1];
  return { name: quoted?.replaceAll(/\\(.)/gu, "$1") ?? before.trim(), address };
}

/**
 * The same for a program: a name that is more than words stands in quotes. What can't be read stays
 * as it is; the schema refuses it.
 */
export function writtenMailbox(text: string): string {
  const mailbox = mailboxOf(text);
  if (mailbox === undefined || mailbox.name === "") return mailbox?.address ?? text;
  const { name, address } = mailbox;
  // Written in quotes by hand it stays so: no pod starts anew for a pair of quotes.
  if (ATOMS.test(name) && !text.trimStart().startsWith('"')) return `${name} <${address}>`;
  return `"${name.replaceAll(/["\\]/gu, "\\$&")}" <${address}>`;
}
