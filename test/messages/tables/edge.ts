import type { Told } from "../row.ts";

/**
 * Names, media and the zone, with faults that involve several keys. `base` is the server to which
 * the changes are applied.
 */
export interface EdgeRow {
  readonly danger: string;
  readonly base: "one host" | "identity and server apart";
  readonly changes: readonly (readonly [path: string, value: unknown])[];
  readonly told: Told;
}

const row = (
  danger: string,
  base: EdgeRow["base"],
  changes: EdgeRow["changes"],
  ...told: Told
): EdgeRow => ({ danger, base, changes, told });

const WWW = ["cloudflare.www", true] as const;

export const EDGE: readonly EdgeRow[] = [
  row(
    "streaming on www.",
    "one host",
    [WWW, ["hosts.streaming", "www.example.social"]],
    ["name-taken", "hosts.streaming"],
  ),
  row(
    "media on www.",
    "one host",
    [WWW, ["media.host", "www.example.social"]],
    ["name-taken", "media.host"],
  ),
  row(
    "media's other host on www.",
    "one host",
    [WWW, ["media.otherHosts", ["www.example.social", "old.example.social"]]],
    ["name-taken", "media.otherHosts"],
  ),
  row(
    "one host of media twice",
    "one host",
    [["media.otherHosts", ["media.example.social"]]],
    ["media-host-twice", "media.otherHosts"],
  ),
  row(
    "streaming where media is",
    "one host",
    [["hosts.streaming", "media.example.social"]],
    ["name-taken", "media.host"],
  ),
  row(
    "a host for later that is none of the server's",
    "one host",
    [["dns.later", ["example.social", "old.example.social"]]],
    ["later-is-no-host", "dns.later"],
  ),
  row(
    "static files at the identity's host",
    "identity and server apart",
    [["hosts.assets", "example.social"]],
    ["name-taken", "hosts.assets"],
  ),
  row(
    "www. of a website that is somebody else's",
    "identity and server apart",
    [WWW, ["cloudflare.apex", "site"]],
    ["www-of-another-site", "cloudflare.www"],
  ),
  row(
    "a key of R2 for media on Spaces",
    "one host",
    [
      ["media.storage", "spaces"],
      ["media.location", "weur"],
    ],
    ["media-key-of-another-storage", "media.location"],
  ),
  row(
    "a region of Spaces for media on R2",
    "one host",
    [["media.region", "ams3"]],
    ["media-key-of-another-storage", "media.region"],
  ),
  row(
    "a standby where the media is",
    "one host",
    [["media.standby", { storage: "r2", hosts: ["old.example.social"] }]],
    ["standby-is-the-storage", "media.standby.storage"],
  ),
  row(
    "settings of media that is stored nowhere",
    "one host",
    [
      ["media.storage", "none"],
      ["media.otherHosts", ["old.example.social"]],
    ],
    ["media-key-without-media", "media.otherHosts"],
  ),
  row(
    "old addresses of media that is stored nowhere",
    "one host",
    [
      ["media.storage", "none"],
      ["media.fromLocalDisk", true],
    ],
    ["local-disk-without-media", "media.fromLocalDisk"],
  ),
];
