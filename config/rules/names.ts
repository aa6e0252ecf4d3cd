import { publicNamesOf, type NamesConfig, type PublicName } from "../public-names.ts";
import type { RuleFault } from "../rules.ts";
import { isWithin, zoneOf } from "../topology.ts";

/** The one rule over the one list of public names: each is the only one of its kind, in the zone, covered by the certificate, and no longer than a name may be. Pure. */

/** RFC 1035, 2.3.4, without the dot at its end. */
const LONGEST_NAME = 253;

/** Labels to propose for a role, the usual one first; the short ones fit where the domain is almost as long as a name may be. */
const LABELS: Readonly<Record<PublicName["role"], readonly string[]>> = {
  web: ["social", "s"],
  apex: [],
  www: [],
  streaming: ["streaming", "stream", "live", "s"],
  assets: ["assets", "static", "files", "a"],
  media: ["media", "files", "pictures", "m"],
};

/** Sentences for names that can't be; none when all is well. */
export function nameFaults(config: NamesConfig): readonly RuleFault[] {
  const { domain, webDomain } = config;
  const zone = zoneOf(config);
  if (zone === undefined)
    return [
      {
        key: "cloudflare.zone",
        says: `missing, and it can't be guessed: neither of "${domain}" and "${webDomain}" is below the other. Set it to the zone that "${webDomain}" is in`,
      },
    ];
  const names = publicNamesOf(config);
  const strangers = config.dns.later.filter((each) => !names.some(({ host }) => host === each));
  const webIsOutside = !isWithin(webDomain, zone);
  const faults = names.flatMap((name, at): readonly RuleFault[] => {
    const same = names.slice(0, at).find(({ host }) => host === name.host);
    if (same !== undefined) return [taken(name, same, names, config)];
    // Somebody else's record is somebody else's to judge.
    if (name.record === "theirs") return [];
    // The others are called after web: it is one mistake, told once.
    if (webIsOutside && name.role !== "web") return [];
    const says = misplaced(name, names, config, zone);
    return says === undefined ? [] : [{ key: name.key, says }];
  });
  return [
    ...faults,
    ...strangers.map((host) => ({
      key: "dns.later",
      says: `"${host}" is no host of this server. Take it out, or write it as the host is called`,
    })),
  ];
}

/** More than one label below the zone: beyond the certificate that Cloudflare gives away (https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/). */
export function isTooDeep(host: string, zone: string): boolean {
  return isWithin(host, zone) && host.slice(0, -zone.length).split(".").length > 2;
}

/** A name for this role that passes the rule beside all others; undefined where the domain leaves no room for one. */
export function freeName(
  role: PublicName["role"],
  names: readonly PublicName[],
  config: NamesConfig,
): string | undefined {
  const zone = zoneOf(config) ?? config.webDomain;
  const below = LABELS[role].flatMap((label) => [
    `${label}.${config.webDomain}`,
    `${label}.${zone}`,
  ]);
  return [...new Set(below)].find(
    (host) =>
      host.length <= LONGEST_NAME &&
      isWithin(host, zone) &&
      (config.cloudflare.advancedCertificate || !isTooDeep(host, zone)) &&
      !names.some((other) => other.host === host),
  );
}

function taken(
  name: PublicName,
  same: PublicName,
  names: readonly PublicName[],
  config: NamesConfig,
): RuleFault {
  const { key, host, role } = name;
  if (role === "media" && same.role === "media")
    return {
      key,
      says: `"${host}" is named twice among media.host, media.otherHosts and media.standby.hosts, and one host has one answer. Name it once`,
    };
  const take = cure(role, names, config);
  return role === "media"
    ? {
        key,
        says: `"${host}" is where the server itself answers. Media needs a host of its own: a file that a stranger uploaded must not be of the pages' origin. ${take}`,
      }
    : { key, says: `"${host}" is another one's name, and one host can't answer for two. ${take}` };
}

function misplaced(
  { host, role }: PublicName,
  names: readonly PublicName[],
  config: NamesConfig,
  zone: string,
): string | undefined {
  if (role === "apex" && !isWithin(host, zone))
    return `"${config.cloudflare.apex}" needs "${host}" in the zone "${zone}", and it is not. Set "elsewhere", and let its own web server redirect (docs/edge.md)`;
  if (!isWithin(host, zone))
    return role === "www"
      ? `"${host}" is not in the zone "${zone}", so no record can be made for it. Leave it out`
      : `"${host}" is not in the zone "${zone}", so no record can be made for it. Take a name that ends in ".${zone}", or set mastodon:cloudflare.zone and zoneId to the zone it is in`;
  if (host.length > LONGEST_NAME)
    return `"${host}" has ${host.length} characters, and a name has ${LONGEST_NAME} at most. ${cure(role, names, config)}`;
  if (config.cloudflare.advancedCertificate || !isTooDeep(host, zone)) return undefined;
  if (role === "www")
    return `"${host}" is more than one label below the zone "${zone}", and its certificate does not cover it. Leave it out`;
  const flat = flattened(host, zone);
  const set = fits(flat, names) ? `Set it to "${flat}"` : cure(role, names, config);
  return `"${host}" is more than one label below the zone "${zone}", and Cloudflare's free certificate covers only *.${zone}: no browser would open it. ${set}; or buy Advanced Certificate Manager and set mastodon:cloudflare.advancedCertificate to true`;
}

/** What to do, in words that pass when they are typed. */
function cure(role: PublicName["role"], names: readonly PublicName[], config: NamesConfig): string {
  if (role === "www") return "Leave it out";
  const free = freeName(role, names, config);
  return free === undefined ? "Name it differently" : `Take "${free}"`;
}

function fits(host: string, names: readonly PublicName[]): boolean {
  const [label = ""] = host.split(".");
  return (
    label.length <= 63 && host.length <= LONGEST_NAME && !names.some((other) => other.host === host)
  );
}

/** `streaming.social.example.org` in the zone `example.org` is `streaming-social.example.org`. */
function flattened(host: string, zone: string): string {
  return `${host.slice(0, -zone.length - 1).replaceAll(".", "-")}.${zone}`;
}
