import { isMediaCopied } from "../../domain/media-copy.ts";
import { bucketNameOf, spacesRegionOf } from "../../domain/media.ts";
import type { RuleFault } from "./rule.ts";
import type { StackConfig } from "../../config/schema.ts";
import { SPACES_REGIONS } from "../../config/keys/media.ts";

/** Validation rules that involve more than one key of `media`. */

type Judged = Pick<StackConfig, "media" | "domain" | "region">;

/** Sentences for values that contradict each other; none if all is well. */
export function mediaFaults(config: Judged): readonly RuleFault[] {
  const { media } = config;
  const used = [media.storage, media.standby?.storage];
  return [
    ...(used.includes("r2") ? [] : onlyFor("R2", ["location", "jurisdiction"], config)),
    ...(used.includes("spaces") ? regionHasSpaces(config) : onlyFor("Spaces", ["region"], config)),
    ...standbyIsAnother(config),
    ...hostsNeedMedia(config),
    ...diskNeedsAHost(config),
    ...bucketHasAName(config),
  ];
}

function onlyFor(
  what: "R2" | "Spaces",
  keys: readonly ("location" | "jurisdiction" | "region")[],
  { media }: Judged,
): readonly RuleFault[] {
  return keys
    .filter((key) => media[key] !== undefined)
    .map((key) => ({
      code: "media-key-of-another-storage",
      key: `media.${key}`,
      says: `this is a setting of ${what}, but media.storage is "${media.storage}"`,
      cures: [{ remove: [`media.${key}`] }],
    }));
}

function regionHasSpaces(config: Judged): readonly RuleFault[] {
  return spacesRegionOf(config) === undefined
    ? [
        {
          code: "region-without-spaces",
          key: "media.region",
          says: `no Spaces can be made in "${config.region}", where the server runs. Set it to the nearest of ${SPACES_REGIONS.join(", ")}`,
        },
      ]
    : [];
}

function standbyIsAnother({ media }: Judged): readonly RuleFault[] {
  return media.standby?.storage === media.storage
    ? [
        {
          code: "standby-is-the-storage",
          key: "media.standby.storage",
          says: `"${media.storage}" is where the media is stored already`,
          cures: [
            { set: { "media.standby.storage": media.storage === "r2" ? "spaces" : "r2" } },
            { remove: ["media.standby"] },
          ],
        },
      ]
    : [];
}

function hostsNeedMedia({ media }: Judged): readonly RuleFault[] {
  if (media.storage !== "none") return [];
  const unused = (key: string): RuleFault => ({
    code: "media-key-without-media",
    key,
    says: `media.storage is "none", so it has no effect`,
    cures: [{ remove: [key] }],
  });
  return [
    ...(media.otherHosts.length > 0 ? [unused("media.otherHosts")] : []),
    ...(media.purge ? [unused("media.purge")] : []),
    ...(isMediaCopied(media) ? [unused("media.standby.copy")] : []),
  ];
}

/** Old URLs need a host to which they redirect. */
function diskNeedsAHost({ media }: Judged): readonly RuleFault[] {
  return media.fromLocalDisk && media.storage === "none"
    ? [
        {
          code: "local-disk-without-media",
          key: "media.fromLocalDisk",
          says: `media.storage is "none", so old media addresses have nowhere to lead`,
          cures: [
            { set: { "media.storage": "r2" }, note: "and copy the files there: docs/media.md" },
            { remove: ["media.fromLocalDisk"] },
          ],
        },
      ]
    : [];
}

function bucketHasAName(config: Judged): readonly RuleFault[] {
  const name = bucketNameOf(config);
  return name.length > 63
    ? [
        {
          code: "bucket-name-too-long",
          key: "media.bucket",
          says: `the name made of the domain, "${name}", has ${name.length} characters, and a bucket's name has 63 at most`,
          cures: [{ set: { "media.bucket": name.slice(0, 63).replace(/-+$/u, "") } }],
        },
      ]
    : [];
}
