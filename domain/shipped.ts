import type { StackConfig } from "../config/schema.ts";
import { isWithin } from "./hosts.ts";
import { valueAt } from "./fault.ts";

/**
 * Placeholders in the committed stack file, before an operator fills it in. The file is valid, so
 * that plans and tests can use it. No operator chose its values, and no cloud gets a request with
 * them.
 */

/**
 * Ids that no account has: one digit repeated, or the digits in order, as in the documentation's
 * examples.
 */
const NO_ID = /^(.)\1{31}$|^0123456789abcdef0123456789abcdef$/u;

/**
 * Domains of examples: the shipped one, and those that can't be registered (RFC 2606, RFC 6761).
 * `example.social` is not reserved: its owner may have a server in it.
 */
const EXAMPLE_DOMAINS = [
  "example.social",
  "example.com",
  "example.net",
  "example.org",
  "example",
  "invalid",
  "localhost",
  "test",
] as const;

/**
 * Keys that are checked, with the remedy of each. Other keys may name an example's host
 * permanently, because no request goes there.
 */
const CURES: Readonly<Record<string, string>> = {
  "cloudflare.accountId": "Put your account's id there, from the overview page of the zone",
  "cloudflare.zoneId": "Put your zone's id there, from its overview page",
  domain: "Put your own there: the part after the @ of every account, for ever",
  webDomain: "Put your own there: the host where the server answers, for ever",
  "hosts.streaming": "Take a name in your zone, or remove the key",
  "hosts.assets": "Take a name in your zone, or remove the key",
  "media.host": "Take a name in your zone, or remove the key",
  "alerts.emails": "Put the address of a verified member of your DigitalOcean team there",
  "mail.from": "Put the address there that your mail comes from",
  "mail.replyTo": "Put an address there that somebody reads, or remove the key",
  "mail.returnPath": "Put an address there that takes what comes back, or remove the key",
  "dns.caa.contact": "Put an address there that somebody reads, or remove the key",
  "dns.mail.dmarc.reports": "Put an address there that somebody reads, or remove the key",
};

/**
 * Whether a value is the template's, or a name of an example, and so counts as unset. An import
 * overwrites it without a flag.
 * @param path the key with dots, without the namespace: `cloudflare.zoneId`.
 */
export function isPlaceholder(path: string, value: unknown): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((each) => isPlaceholder(path, each));
  if (CURES[path] === undefined || typeof value !== "string") return false;
  return path.startsWith("cloudflare.") ? NO_ID.test(value) : exampleIn(value) !== undefined;
}

/**
 * Whether a stack file is still the template. Without an account and a zone of its own it was never
 * deployed, so its profile and region count as unset, too.
 * @param written the plain keys in the file, without the namespace.
 */
export function isTemplate(written: Readonly<Record<string, unknown>>): boolean {
  const { accountId, zoneId } = (written["cloudflare"] ?? {}) as Record<string, unknown>;
  return (
    isPlaceholder("cloudflare.accountId", accountId) && isPlaceholder("cloudflare.zoneId", zoneId)
  );
}

/** A value that was not filled in. */
export interface Placeholder {
  /** With the namespace. */
  readonly key: string;
  /** A sentence: the value, and the remedy. */
  readonly fault: string;
}

/**
 * Each value that was not filled in; none if all are set.
 * @param zone the zone's real name, from Cloudflare. The owner of an example's domain, as in the
 * rehearsal, also owns its names.
 */
export function placeholdersOf(config: StackConfig, zone?: string): readonly Placeholder[] {
  if (zone !== undefined && exampleIn(zone) !== undefined) return [];
  return Object.entries(CURES).flatMap(([path, cure]) =>
    [valueAt(config, path)]
      .flat()
      .filter((value) => isPlaceholder(path, value))
      .map((value) => {
        const key = `mastodon:${path}`;
        return { key, fault: `${key} is ${JSON.stringify(value)}, as in an example. ${cure}` };
      }),
  );
}

/** A sentence for each value that was not filled in. */
export function placeholderFaults(config: StackConfig, zone?: string): readonly string[] {
  return placeholdersOf(config, zone).map(({ fault }) => fault);
}

/** Whether the ids alone show that nothing was filled in: then no cloud needs a request. */
export function hasNoZone({ cloudflare }: Pick<StackConfig, "cloudflare">): boolean {
  return (
    isPlaceholder("cloudflare.accountId", cloudflare.accountId) ||
    isPlaceholder("cloudflare.zoneId", cloudflare.zoneId)
  );
}

/**
 * The refusal of a configuration that was not filled in; undefined if there is nothing to refuse.
 */
export function placeholderRefusal(faults: readonly string[]): string | undefined {
  if (faults.length === 0) return undefined;
  const what = faults.length === 1 ? "a value" : `${faults.length} values`;
  return `The stack's configuration has ${what} that nobody filled in; nothing was changed:\n${faults.map((each) => `  ${each}`).join("\n")}`;
}

/** The example's host in a value: a host, a URL, or a mail address with a name. */
function exampleIn(text: string): string | undefined {
  const host = /([a-z0-9.-]+)>?\s*$/iu.exec(text)?.[1]?.toLowerCase();
  return host !== undefined && EXAMPLE_DOMAINS.some((domain) => isWithin(host, domain))
    ? host
    : undefined;
}
