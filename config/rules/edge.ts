import type { RuleFault } from "../rules.ts";
import type { StackConfig } from "../schema.ts";
import { isWithin, zoneOf } from "../topology.ts";

/** How zone, identity and mail go together; names are judged in `names.ts`. Pure. */

type Names = Pick<StackConfig, "domain" | "webDomain" | "cloudflare" | "hosts" | "dns">;

/** What is at the identity's host fits what is said of it. */
export function apexFaults(config: Names): readonly RuleFault[] {
  const { domain, webDomain, cloudflare } = config;
  const { apex, www } = cloudflare;
  const zone = zoneOf(config);
  if (zone === undefined) return [];
  const isSplit = domain !== webDomain;
  return [
    ...(!isSplit && apex !== "redirect"
      ? [
          {
            key: "cloudflare.apex",
            says: `"${apex}" is about a site at "${domain}", but that is where the server itself answers. Leave it out, or set mastodon:webDomain to another host`,
          },
        ]
      : []),
    ...(www && isSplit && apex !== "redirect"
      ? [
          {
            key: "cloudflare.www",
            says: `"www.${domain}" belongs to the site at "${domain}", which mastodon:cloudflare.apex says is somebody's. Leave it out`,
          },
        ]
      : []),
  ];
}

/** The mail records are of a domain that is in the zone, and each key is said once. */
export function mailFaults(config: Names): readonly RuleFault[] {
  const { mail } = config.dns;
  const zone = zoneOf(config);
  if (mail === undefined || zone === undefined) return [];
  const sender = mail.domain ?? config.domain;
  const selectors = mail.dkim.map(({ selector }) => selector);
  return [
    ...(isWithin(sender, zone)
      ? []
      : [
          {
            key: "dns.mail.domain",
            says: `"${sender}" is not in the zone "${zone}", so its records can't be made here. Make them where it is, and leave mastodon:dns.mail out`,
          },
        ]),
    ...mail.dkim.flatMap(({ selector, publicKey, target }, at) => [
      ...((publicKey === undefined) === (target === undefined)
        ? [
            {
              key: `dns.mail.dkim.${at}`,
              says: `the key "${selector}" has ${publicKey === undefined ? "neither publicKey nor" : "both publicKey and"} target. Say one of them, as your provider does`,
            },
          ]
        : []),
      ...(selectors.indexOf(selector) === at
        ? []
        : [
            {
              key: `dns.mail.dkim.${at}.selector`,
              says: `"${selector}" is the name of an earlier key, too. Name each once`,
            },
          ]),
    ]),
  ];
}
