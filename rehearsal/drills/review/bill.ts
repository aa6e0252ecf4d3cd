import {
  HIGH_AVAILABILITY_PRICE,
  NODE_PRICES,
  POSTGRES_PRICES,
  SPACES_PRICE,
  UPTIME_CHECK_PRICE,
  VALKEY_PRICES,
} from "../../../facts/digitalocean/prices.ts";
import type { Properties } from "../../providers/provider.ts";
import { DATABASE, REPLICA } from "../../clouds/digitalocean/database-address.ts";
import { CLUSTER, NODE_POOL } from "../../clouds/digitalocean/doks.ts";
import { nodesAt, type PoolLevel } from "../../clouds/digitalocean/scaling.ts";
import { SPACES_BUCKET } from "../../clouds/digitalocean/spaces.ts";
import { UPTIME_CHECK } from "../../clouds/digitalocean/uptime.ts";
import { read } from "../../clouds/properties.ts";
import type { World } from "../../clouds/world.ts";

/** The monthly bill of what exists in the simulated clouds, US dollars. */
export interface Bill {
  readonly dollars: number;
  /** With each pool at its maximum. */
  readonly atCeiling: number;
}

/**
 * Adds up the prices of all that is billed in this world. It reads the clouds, not a configuration:
 * what a report says the stack costs is held against it. Larger disks are not added.
 */
export function billOf(world: World): Bill {
  const sum = (level: PoolLevel): number => {
    const pools = [
      ...world.find(CLUSTER).map(({ properties }) => read.object(properties, "nodePool")),
      ...world.find(NODE_POOL).map(({ properties }) => properties),
    ];
    const dollars = [
      ...pools.map((pool) => nodesAt(pool, level) * priceOf(NODE_PRICES, pool)),
      ...world.find(CLUSTER, ({ ha }) => ha === true).map(() => HIGH_AVAILABILITY_PRICE),
      ...world
        .find(DATABASE)
        .map(({ properties }) =>
          read.text(properties, "engine") === "pg"
            ? read.number(properties, "nodeCount") * priceOf(POSTGRES_PRICES, properties)
            : read.number(properties, "nodeCount") * priceOf(VALKEY_PRICES, properties),
        ),
      ...world.find(REPLICA).map(({ properties }) => priceOf(POSTGRES_PRICES, properties)),
      ...world.find(UPTIME_CHECK).map(() => UPTIME_CHECK_PRICE),
      ...(world.find(SPACES_BUCKET).length > 0 ? [SPACES_PRICE] : []),
    ];
    return Math.round(dollars.reduce((all, each) => all + each, 0) * 100) / 100;
  };
  return { dollars: sum("rest"), atCeiling: sum("ceiling") };
}

/** @throws Error for a size without a price: it must not count as free. */
function priceOf(prices: Readonly<Record<string, number>>, properties: Properties): number {
  const size = read.text(properties, "size");
  const price = prices[size];
  if (price === undefined) throw new Error(`The drill has no price for the size ${size}.`);
  return price;
}
