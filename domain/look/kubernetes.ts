import { minorOf } from "../../facts/minor-of.ts";
import type { Answer, Judged } from "./answer.ts";

/**
 * Slug for a new cluster. `cluster.version` is a minor, of which the newest patch is used, or a
 * slug, which is used as long as it is offered. DigitalOcean withdraws slugs after weeks. An
 * existing cluster ignores it (`infra/cluster.ts` ignores its changes).
 */
export function kubernetesToAskFor(
  wanted: string,
  offered: Answer<readonly string[]>,
  runs: boolean,
): Judged & { readonly version: string } {
  const say = (version: string, warning?: string, fault?: string) => ({
    version,
    warnings: warning === undefined ? [] : [warning],
    faults: fault === undefined ? [] : [fault],
  });
  if ("unknown" in offered)
    return say(
      wanted,
      `DigitalOcean did not say which Kubernetes versions it offers (${offered.unknown}), so a new cluster is asked for with mastodon:cluster.version as it stands, "${wanted}". It refuses what it doesn't have.`,
    );
  const newestFirst = [...offered.known].sort((one, other) => rankOf(other) - rankOf(one));
  if (newestFirst.includes(wanted)) return say(wanted);
  const minor = minorOf(wanted);
  const newest = newestFirst.find((slug) => minorOf(slug) === minor);
  if (newest !== undefined)
    return say(
      newest,
      wanted === minor
        ? undefined
        : `mastodon:cluster.version is "${wanted}", which DigitalOcean no longer offers: a new cluster gets "${newest}". Set "${minor}" to have the newest of it each time; a cluster that is there keeps what it has.`,
    );
  const list = newestFirst.join(", ");
  const above = newestFirst.findLast((slug) => rankOf(slug) > rankOf(minor));
  const next = newestFirst.find((slug) => above !== undefined && minorOf(slug) === minorOf(above));
  return runs && next !== undefined
    ? say(
        next,
        `mastodon:cluster.version is "${wanted}", and DigitalOcean offers no Kubernetes ${minor} any more (${list}). A cluster that is there keeps what it has; one that has to be made anew gets "${next}", with which nobody rehearsed this server. Rehearse it, add it to REHEARSED in config/versions.ts, and set mastodon:cluster.version to "${minorOf(next)}".`,
      )
    : say(
        wanted,
        undefined,
        `mastodon:cluster.version is "${wanted}", and DigitalOcean offers no Kubernetes ${minor}, but ${list || "none at all"}. Rehearse one of them (npm run rehearse), add its minor to REHEARSED in config/versions.ts, and set mastodon:cluster.version to it`,
      );
}

/** `1.36.0-do.3`, or `1.36` alone, as a number that grows with the version. */
function rankOf(version: string): number {
  const [major = 0, minor = 0, patch = 0, build = 0] = (version.match(/\d+/gu) ?? []).map(Number);
  return ((major * 1_000 + minor) * 1_000 + patch) * 1_000 + build;
}
