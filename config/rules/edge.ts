import { mediaHostOf, mediaHostsOf, type MediaConfig } from "../media.ts";
import type { RuleFault } from "../rules.ts";
import type { StackConfig } from "../schema.ts";
import { hostsOf, isWithin, zoneOf } from "../topology.ts";

/** How hosts, zone and certificate go together. Pure. */

type Names = Pick<StackConfig, "domain" | "webDomain" | "cloudflare" | "hosts" | "dns">;

/** Every host in the zone, and covered by its certificate. That media has hosts of its own is `media.ts`'. */
export function hostFaults(config: Names & MediaConfig): readonly RuleFault[] {
  const { webDomain, domain, cloudflare } = config;
  const zone = zoneOf(config);
  if (zone === undefined)
    return [
      {
        key: "cloudflare.zone",
        says: `missing, and it can't be guessed: neither of "${domain}" and "${webDomain}" is below the other. Set it to the zone that "${webDomain}" is in`,
      },
    ];
  const servers = Object.entries(hostsOf(config)).map(
    ([role, host]) => [role === "web" ? "webDomain" : `hosts.${role}`, String(host)] as const,
  );
  const media = mediaHostsOf(config).map(
    (host) => [host === mediaHostOf(config) ? "media.host" : "media.otherHosts", host] as const,
  );
  const names = [...servers, ...media];
  const twice = servers.filter(
    ([, host], at) => servers.findIndex(([, one]) => one === host) !== at,
  );
  return [
    ...twice.map(([key, host]) => ({
      key,
      says: `"${host}" is another one's name, and one host can't answer for two. Name it differently`,
    })),
    ...names
      .filter(([, host]) => !isWithin(host, zone))
      // The others are called after it: it is one mistake, told once.
      .filter(([key]) => key === "webDomain" || isWithin(webDomain, zone))
      .map(([key, host]) => ({
        key,
        says: `"${host}" is not in the zone "${zone}", so no record can be made for it. Take a name that ends in ".${zone}", or set mastodon:cloudflare.zone and zoneId to the zone it is in`,
      })),
    ...names
      .filter(([, host]) => isTooDeep(host, zone) && !cloudflare.advancedCertificate)
      .map(([key, host]) => ({
        key,
        says: `"${host}" is more than one label below the zone "${zone}", and Cloudflare's free certificate covers only *.${zone}: no browser would open it. Set it to "${flattened(host, zone)}"; or buy Advanced Certificate Manager and set mastodon:cloudflare.advancedCertificate to true`,
      })),
  ];
}

/** What is at the identity's host fits what is said of it. */
export function apexFaults(config: Names): readonly RuleFault[] {
  const { domain, webDomain, cloudflare } = config;
  const { apex, www } = cloudflare;
  const zone = zoneOf(config);
  if (zone === undefined) return [];
  const isSplit = domain !== webDomain;
  return [
    ...(isSplit && apex !== "elsewhere" && !isWithin(domain, zone)
      ? [
          {
            key: "cloudflare.apex",
            says: `"${apex}" needs "${domain}" in the zone "${zone}", and it is not. Set "elsewhere", and let its own web server redirect (docs/edge.md)`,
          },
        ]
      : []),
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
    ...(www &&
    (isTooDeep(`www.${domain}`, zone) || !isWithin(domain, zone)) &&
    !cloudflare.advancedCertificate
      ? [
          {
            key: "cloudflare.www",
            says: `"www.${domain}" is more than one label below the zone "${zone}", and its certificate does not cover it. Leave it out`,
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

/** More than one label below the zone: beyond the certificate that Cloudflare gives away (https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/). */
function isTooDeep(host: string, zone: string): boolean {
  return isWithin(host, zone) && host.slice(0, -zone.length).split(".").length > 2;
}

/** `streaming.social.example.org` in the zone `example.org` is `streaming-social.example.org`. */
function flattened(host: string, zone: string): string {
  return `${host.slice(0, -zone.length - 1).replaceAll(".", "-")}.${zone}`;
}
