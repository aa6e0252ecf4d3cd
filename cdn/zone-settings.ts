import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

/** A setting and the reason for its value. */
interface Setting {
  /**
   * Cloudflare's name (cloudflare/terraform-provider-cloudflare `docs/resources/zone_setting.md`).
   */
  readonly id: string;
  readonly value: string | number;
  readonly why: string;
}

/**
 * Settings that the server needs to work and to be safe. Settings that only make it faster or
 * prettier are left to the dashboard.
 */
export const ZONE_SETTINGS: readonly Setting[] = [
  {
    id: "ssl",
    value: "strict",
    why: "An origin that is not reached through the tunnel must prove who it is; below this Cloudflare believes anyone.",
  },
  {
    id: "min_tls_version",
    value: "1.2",
    why: "What is older is broken (RFC 8996), and no server that federates needs it.",
  },
  { id: "tls_1_3", value: "on", why: "One round trip less for each of thousands of servers." },
  {
    id: "0rtt",
    value: "off",
    why: "A first request that can be played again is no good for an inbox.",
  },
  { id: "http3", value: "on", why: "Timelines survive a change of network on a phone." },
  { id: "websockets", value: "on", why: "Streaming is nothing else." },
  {
    id: "always_use_https",
    value: "on",
    why: "Rails redirects, too, but only after the request has gone in the clear to the edge and through the tunnel.",
  },
  {
    id: "automatic_https_rewrites",
    value: "off",
    why: "It changes bodies, and Mastodon writes none with http:// in what it loads.",
  },
  {
    id: "rocket_loader",
    value: "off",
    why: "It rewrites script tags: the pages' content security policy then refuses all of them.",
  },
  {
    id: "email_obfuscation",
    value: "off",
    why: "It takes @names in pages for addresses and puts a script in their place.",
  },
  {
    id: "hotlink_protection",
    value: "off",
    why: "Other servers show this one's pictures: that is what federation is.",
  },
  {
    id: "browser_check",
    value: "off",
    why: "It turns away whoever's headers are no browser's: other servers and apps.",
  },
  {
    id: "security_level",
    value: "essentially_off",
    why: "Its challenge is for people; who asks from a busy address may be a server that nobody can ask.",
  },
  {
    id: "always_online",
    value: "off",
    why: "It shows pages from an archive, and where it is on `stale-if-error` is ignored: the static files would go with the origin.",
  },
  {
    id: "browser_cache_ttl",
    value: 0,
    why: "Keeps what the origin says; the default lengthens everything shorter than four hours, misses among it.",
  },
];

/** Settings above that a rule can apply to single hosts, for a zone with other sites. */
export const SETTINGS_BY_RULE = {
  ssl: "strict",
  automaticHttpsRewrites: false,
  rocketLoader: false,
  emailObfuscation: false,
  hotlinkProtection: false,
  bic: false,
  securityLevel: "essentially_off",
} as const;

/** Arguments of the zone's settings. */
export interface ZoneSettingsArgs {
  readonly zoneId: string;
}

/**
 * The zone's settings. Deleting a resource leaves the setting unchanged, because Cloudflare has no
 * default to return to.
 */
export class ZoneSettings extends pulumi.ComponentResource {
  constructor(name: string, { zoneId }: ZoneSettingsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:ZoneSettings", name, {}, opts);
    for (const { id, value } of ZONE_SETTINGS)
      new cloudflare.ZoneSetting(
        `${name}-${id.replaceAll("_", "-")}`,
        { zoneId, settingId: id, value },
        { parent: this },
      );
    this.registerOutputs({});
  }
}
