import { bucketNameOf, spacesRegionOf } from "../media.ts";
import type { RuleFault } from "../rules.ts";
import type { StackConfig } from "../schema.ts";
import { SPACES_REGIONS } from "../schema/media.ts";

/** What no single value of `media` can be wrong about: how they go together. Pure. */

type Judged = Pick<StackConfig, "media" | "domain" | "region">;

/** Sentences for what does not go together; none when all is well. */
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
      key: `media.${key}`,
      says: `it is for ${what}, and no media lies there: media.storage is "${media.storage}". Take it out`,
    }));
}

function regionHasSpaces(config: Judged): readonly RuleFault[] {
  return spacesRegionOf(config) === undefined
    ? [
        {
          key: "media.region",
          says: `DigitalOcean has no Spaces in "${config.region}", where the server runs. Set one of ${SPACES_REGIONS.join(", ")}: the nearest`,
        },
      ]
    : [];
}

function standbyIsAnother({ media }: Judged): readonly RuleFault[] {
  return media.standby?.storage === media.storage
    ? [
        {
          key: "media.standby.storage",
          says: `it is "${media.storage}", where the media lies already. Take the other one, or take standby out`,
        },
      ]
    : [];
}

function hostsNeedMedia({ media }: Judged): readonly RuleFault[] {
  if (media.storage !== "none") return [];
  const says = `no media lies anywhere: media.storage is "none". Take it out`;
  return [
    ...(media.otherHosts.length > 0 ? [{ key: "media.otherHosts", says }] : []),
    ...(media.purge ? [{ key: "media.purge", says }] : []),
  ];
}

/** Old addresses have to lead somewhere. */
function diskNeedsAHost({ media }: Judged): readonly RuleFault[] {
  return media.fromLocalDisk && media.storage === "none"
    ? [
        {
          key: "media.fromLocalDisk",
          says: `the addresses of then have nowhere to lead: media.storage is "none". Set media.storage to "r2" or "spaces", and copy the files there (docs/media.md)`,
        },
      ]
    : [];
}

function bucketHasAName(config: Judged): readonly RuleFault[] {
  const name = bucketNameOf(config);
  return name.length > 63
    ? [
        {
          key: "media.bucket",
          says: `the name made of the domain, "${name}", has ${name.length} characters, and a bucket's has 63 at most. Set a shorter one`,
        },
      ]
    : [];
}
