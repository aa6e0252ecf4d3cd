import { publicNamesOf, type NamesConfig, type PublicName } from "../../domain/public-names.ts";
import type { RuleFault } from "./rule.ts";
import type { Cure } from "../../domain/fault.ts";
import { isWithin, zoneOf } from "../../domain/hosts.ts";

/**
 * The one rule over the list of public names. Each is unique, in the zone, covered by the
 * certificate, and not longer than a name may be.
 */

/** RFC 1035, 2.3.4, without the dot at its end. */
const LONGEST_NAME = 253;

/**
 * Labels to suggest for a role, the usual one first. The short ones work if the domain is almost as
 * long as a name may be.
 */
const LABELS: Readonly<Record<PublicName["role"], readonly string[]>> = {
  web: ["social", "s"],
  apex: [],
  www: [],
  streaming: ["streaming", "stream", "live", "s"],
  assets: ["assets", "static", "files", "a"],
  media: ["media", "files", "pictures", "m"],
};

/** Sentences for invalid names; none if all is well. */
export function nameFaults(config: NamesConfig): readonly RuleFault[] {
  const { domain, webDomain } = config;
  const zone = zoneOf(config);
  if (zone === undefined)
    return [
      {
        code: "zone-unknown",
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
    // The record of another site is not checked here.
    if (name.record === "theirs") return [];
    // The others are named after web: it is one mistake, reported once.
    if (webIsOutside && name.role !== "web") return [];
    const fault = misplaced(name, names, config, zone);
    return fault === undefined ? [] : [{ key: name.key, ...fault }];
  });
  return [
    ...faults,
    ...strangers.map((host) => ({
      code: "later-is-no-host",
      key: "dns.later",
      says: `"${host}" is not a host of this server`,
      cures: [listWithout("dns.later", config.dns.later, host)],
    })),
  ];
}

/**
 * Whether a host is more than one label below the zone, which Cloudflare's free certificate does
 * not cover (https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/).
 */
export function isTooDeep(host: string, zone: string): boolean {
  return isWithin(host, zone) && host.slice(0, -zone.length).split(".").length > 2;
}

/**
 * A valid name for this role, different from all others; undefined if the domain is too long for
 * one.
 */
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
      code: "media-host-twice",
      key,
      says: `"${host}" is named twice among media.host, media.otherHosts and media.standby.hosts, and one host has one answer`,
      cures: listCures(name, config),
    };
  const cures = curesOf(name, names, config);
  const says =
    role === "media"
      ? `"${host}" is where the server itself answers. Media needs a host of its own: a file that a stranger uploaded must not be of the pages' origin`
      : `"${host}" is already used for another service, and one host can't answer for two`;
  return { code: "name-taken", key, says: advised(says, cures), cures };
}

function misplaced(
  name: PublicName,
  names: readonly PublicName[],
  config: NamesConfig,
  zone: string,
): Pick<RuleFault, "code" | "says" | "cures"> | undefined {
  const { host, role, key } = name;
  if (role === "apex" && !isWithin(host, zone))
    return {
      code: "apex-outside-zone",
      says: `"${config.cloudflare.apex}" needs "${host}" in the zone "${zone}", and it is not`,
      cures: [
        {
          set: { "cloudflare.apex": "elsewhere" },
          note: "and let its own web server redirect: docs/edge.md",
        },
      ],
    };
  if (!isWithin(host, zone)) {
    const says = `"${host}" is outside the zone "${zone}", so no DNS record can be created`;
    if (role === "www")
      return { code: "name-outside-zone", says, cures: [{ remove: ["cloudflare.www"] }] };
    return {
      code: "name-outside-zone",
      says: `${says}. Use a name that ends in ".${zone}", or set mastodon:cloudflare.zone and zoneId to the zone it is in`,
    };
  }
  const cures = curesOf(name, names, config);
  if (host.length > LONGEST_NAME) {
    const says = `"${host}" has ${host.length} characters, and a name has ${LONGEST_NAME} at most`;
    return { code: "name-too-long", says: advised(says, cures), cures };
  }
  if (config.cloudflare.advancedCertificate || !isTooDeep(host, zone)) return undefined;
  if (role === "www")
    return {
      code: "name-too-deep",
      says: `"${host}" is more than one label below the zone "${zone}", and its certificate does not cover it`,
      cures,
    };
  const flat = flattened(host, zone);
  const set = isNamedAlone(key) && fits(flat, names) ? [{ set: { [key]: flat } }] : cures;
  return {
    code: "name-too-deep",
    says: `"${host}" is more than one label below the zone "${zone}", and Cloudflare's free certificate covers only *.${zone}: no browser would open it`,
    cures: [
      ...set,
      {
        set: { "cloudflare.advancedCertificate": true },
        note: "buy Advanced Certificate Manager before",
      },
    ],
  };
}

/** The best change for a name, in a valid form; none if the domain is too long for another. */
function curesOf(
  name: PublicName,
  names: readonly PublicName[],
  config: NamesConfig,
): readonly Cure[] {
  const { key, role } = name;
  if (role === "www") return [{ remove: ["cloudflare.www"] }];
  if (!isNamedAlone(key)) return listCures(name, config);
  const free = freeName(role, names, config);
  return free === undefined ? [] : [{ set: { [key]: free } }];
}

/** For a host in a list: the list without it. */
function listCures({ key, host }: PublicName, { media }: NamesConfig): readonly Cure[] {
  if (key === "media.standby.hosts") return [listWithout(key, media.standby?.hosts ?? [], host)];
  return [listWithout("media.otherHosts", media.otherHosts, host)];
}

function listWithout(key: string, list: readonly string[], item: string): Cure {
  const rest = list.filter((each) => each !== item);
  return rest.length === 0 ? { remove: [key] } : { set: { [key]: rest } };
}

/** Whether the key has one name, not a list. */
function isNamedAlone(key: string): boolean {
  return key !== "media.otherHosts" && key !== "media.standby.hosts";
}

/** Adds advice if no change could be suggested. */
function advised(says: string, cures: readonly Cure[]): string {
  return cures.length === 0 ? `${says}. Choose a different host name` : says;
}

function fits(host: string, names: readonly PublicName[]): boolean {
  const [label = ""] = host.split(".");
  return (
    label.length <= 63 && host.length <= LONGEST_NAME && !names.some((other) => other.host === host)
  );
}

/**
 * `streaming.social.example.org` in the zone `example.org` becomes `streaming-social.example.org`.
 */
function flattened(host: string, zone: string): string {
  return `${host.slice(0, -zone.length - 1).replaceAll(".", "-")}.${zone}`;
}
