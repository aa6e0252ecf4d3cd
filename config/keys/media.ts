import { z } from "zod";
import { hostName, whole } from "./values.ts";

/** Storages of media. `none`: no storage, and uploads are refused. */
export const MEDIA_STORES = ["r2", "spaces"] as const;

/** A storage for media. */
export type MediaStore = (typeof MEDIA_STORES)[number];

/** Cloudflare's hints (developers.cloudflare.com/r2/reference/data-location, "Available hints"). */
const R2_LOCATIONS = ["apac", "eeur", "enam", "oc", "weur", "wnam"] as const;

/**
 * Jurisdictions of Cloudflare's whose endpoint is documented
 * (developers.cloudflare.com/r2/api/tokens).
 */
const R2_JURISDICTIONS = ["eu", "fedramp"] as const;

/**
 * Regions in which DigitalOcean's provider creates Spaces; it refuses every other in the preview
 * (digitalocean/terraform-provider-digitalocean v2.99.1 `digitalocean/spaces/spaces_entities.go`,
 * `SpacesRegions`, read 2026-11-28). DigitalOcean itself may have more: `mkc1` and `ric1` were
 * seen.
 */
export const SPACES_REGIONS = [
  "ams3",
  "atl1",
  "blr1",
  "fra1",
  "lon1",
  "nyc3",
  "sfo2",
  "sfo3",
  "sgp1",
  "syd1",
  "tor1",
] as const;

/** Reason why a region is not offered, if it was once or will be; for others the list is enough. */
function noSpaces(region: unknown): string | undefined {
  return region === "mkc1" || region === "ric1"
    ? `expected a region in which Spaces can be made. DigitalOcean may have them in "${region}", but its provider refuses: take one near it, such as "nyc3"`
    : undefined;
}

const hosts = (what: string, example: string) =>
  z
    .array(hostName("A host."))
    .default([])
    .meta({ description: what, examples: [[example]] });

/** The key `media`: members' uploads, and copies of media from other servers. */
export const mediaSchema = z
  .strictObject({
    storage: z
      .enum([...MEDIA_STORES, "none"])
      .default("r2")
      .meta({
        description:
          "Where it lies: Cloudflare R2, without a fee for traffic and outside of DigitalOcean; DigitalOcean Spaces, served through the cluster; or nowhere, and uploads are refused. The way from one to the other: docs/media.md.",
      }),
    host: hostName(
      "`S3_ALIAS_HOST`: where it is read. Left out, `media.` and the web domain. Other servers remember its addresses for years: docs/media.md before it changes.",
    ).optional(),
    otherHosts: hosts(
      "Further hosts of the zone that answer the same media, and from which pages may load it: the next one a week before `host` becomes it, the former one for as long as other servers ask there.",
      "files.example.social",
    ),
    retiredHosts: hosts(
      "Hosts that answered media once and no longer do: their addresses on other servers are given up. A host that answered is refused to vanish without a word.",
      "files.example.social",
    ),
    fromLocalDisk: z.boolean().default(false).meta({
      description:
        "The server came here with its media on its own disk: other servers have its pictures under `/system/` of the web domain. The edge leads those addresses to the media host. **It can't be taken back.**",
    }),
    extraHosts: hosts(
      "`EXTRA_MEDIA_HOSTS`, beside `otherHosts` and the standby's: hosts that this program does not make and from which pages may load media. Browsers keep the old list for up to a week.",
      "cdn.example.org",
    ),
    bucket: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]$/u)
      .optional()
      .meta({
        description:
          "The bucket's name. Left out, `media-` and the domain, hyphens for its dots. **It can't change: another name is another, empty bucket.**",
        allowed: "3 to 63 lower-case letters, digits and hyphens, none at its ends",
        examples: ["media-example-social"],
      }),
    purge: z.boolean().default(false).meta({
      description:
        "`CACHE_BUSTER_*`: what Mastodon deletes of posts goes from the edge at once, by a Worker of Cloudflare's with a token of its own. Off, it goes within a day. Cloudflare's token for `pulumi up` must may Workers Scripts Write and Workers Routes Write: docs/media.md.",
    }),
    abortUploadsAfterDays: whole(
      1,
      30,
      7,
      "Parts of uploads that were never finished are thrown away after so many days; until then they are paid.",
    ).default(7),
    location: z.enum(R2_LOCATIONS).optional().meta({
      description:
        "R2: about where. A hint, heard when a bucket of this name is made for the first time. Left out, near whoever makes it.",
    }),
    jurisdiction: z.enum(R2_JURISDICTIONS).optional().meta({
      description:
        "R2: where it is promised to stay. **It can't change: a bucket belongs to its jurisdiction.**",
    }),
    region: z
      .enum(SPACES_REGIONS, { error: ({ input }) => noSpaces(input) })
      .optional()
      .meta({
        description:
          "Spaces: where. Left out, the stack's region. **A change makes another, empty bucket.**",
      }),
    standby: z
      .strictObject({
        storage: z.enum(MEDIA_STORES).meta({ description: "Where the second bucket lies." }),
        hosts: hosts(
          "Hosts of the zone that go on being answered from it: those of before the move.",
          "media.example.social",
        ),
        copy: z.enum(["never", "nightly"]).default("never").meta({
          description:
            "Whether a CronJob copies members' media there each night, deletes nothing there, and fails where an object is missing: docs/media.md.",
        }),
      })
      .optional()
      .meta({
        description:
          "A second bucket that Mastodon neither reads nor writes: the one to move to before a move, the one moved from after it.",
      }),
  })
  .prefault({})
  .meta({ description: "What members upload, and copies of what they see of other servers." });
