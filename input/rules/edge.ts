import type { RuleFault } from "./rule.ts";
import type { StackConfig } from "../../config/schema.ts";
import { isWithin, zoneOf } from "../../domain/hosts.ts";

/**
 * Validation rules that relate zone, identity and mail to each other. `names.ts` validates the
 * names.
 */

type Names = Pick<StackConfig, "domain" | "webDomain" | "cloudflare">;

/** Checks that `cloudflare.apex` and `cloudflare.www` match `domain` and `webDomain`. */
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
            code: "apex-is-web",
            key: "cloudflare.apex",
            says: `"${apex}" is about a website at "${domain}", but the server itself answers there`,
            cures: [
              {
                remove: ["cloudflare.apex"],
                note: "or, for a new server, set mastodon:webDomain to another host of the zone",
              },
            ],
          },
        ]
      : []),
    ...(www && isSplit && apex !== "redirect"
      ? [
          {
            code: "www-of-another-site",
            key: "cloudflare.www",
            says: `with mastodon:cloudflare.apex set to "${apex}", "www.${domain}" belongs to the website at "${domain}"`,
            cures: [{ remove: ["cloudflare.www"] }],
          },
        ]
      : []),
  ];
}

/** The mail records belong to a domain in the zone, and each key is set once. */
export function mailFaults(config: Names & Pick<StackConfig, "dns">): readonly RuleFault[] {
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
            code: "mail-outside-zone",
            key: "dns.mail.domain",
            says: `"${sender}" is outside the zone "${zone}", so its records can't be created here. Create them where its zone is`,
            cures: [{ remove: ["dns.mail"] }],
          },
        ]),
    ...mail.dkim.flatMap(({ selector, publicKey, target }, at) => [
      ...((publicKey === undefined) === (target === undefined)
        ? [
            {
              code: "dkim-key-or-target",
              key: `dns.mail.dkim.${at}`,
              says: `the key "${selector}" has ${publicKey === undefined ? "neither publicKey nor" : "both publicKey and"} target. Set the one that your mail provider gives`,
              cures:
                publicKey === undefined
                  ? []
                  : [
                      { remove: [`dns.mail.dkim.${at}.target`] },
                      { remove: [`dns.mail.dkim.${at}.publicKey`] },
                    ],
            },
          ]
        : []),
      ...(selectors.indexOf(selector) === at
        ? []
        : [
            {
              code: "dkim-selector-twice",
              key: `dns.mail.dkim.${at}.selector`,
              says: `"${selector}" is already the selector of an earlier key`,
              cures: [{ remove: [`dns.mail.dkim.${at}`] }],
            },
          ]),
    ]),
  ];
}
