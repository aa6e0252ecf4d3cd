import type { Answer, Judged } from "./answer.ts";
import type { StackConfig } from "../../config/schema.ts";

/**
 * DigitalOcean's answer about a region. No function of the provider reports which products a region
 * has: those are in `facts/digitalocean/regions.ts`.
 */
export interface RegionOffer {
  /** Whether new Droplets can be created there. */
  readonly available: boolean;
  /** Slugs of the Droplet sizes that can be created there. */
  readonly sizes: readonly string[];
}

/**
 * Checks that the nodes can be created there. A running server has its nodes already, so it gets
 * only a warning.
 */
export function judgedRegion(
  { region, cluster }: Pick<StackConfig, "region" | "cluster">,
  offer: Answer<RegionOffer>,
  runs: boolean,
): Judged {
  if ("unknown" in offer)
    return {
      faults: [],
      warnings: [
        `DigitalOcean did not say what "${region}" offers (${offer.unknown}), so it was not looked at. It refuses what it doesn't have.`,
      ],
    };
  const { available, sizes } = offer.known;
  const pools = { basePool: cluster.basePool.size, workloadPool: cluster.workloadPool.size };
  const says = available
    ? Object.entries(pools)
        .filter(([, size]) => !sizes.includes(size))
        .map(
          ([pool, size]) =>
            `mastodon:cluster.${pool}.size is "${size}", which DigitalOcean doesn't offer in "${region}" now. Take another size, or another region`,
        )
    : [
        `mastodon:region is "${region}", where DigitalOcean makes no new Droplets now, and so no nodes. Take another region, or wait`,
      ];
  return runs
    ? { faults: [], warnings: says.map((each) => `${each}: what runs is not touched.`) }
    : { faults: says, warnings: [] };
}
