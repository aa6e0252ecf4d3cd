import {
  HIGH_AVAILABILITY_PRICE,
  NODE_PRICES,
  POSTGRES_GIB_PRICE,
  POSTGRES_INCLUDED_GIB,
  POSTGRES_PRICES,
  SPACES_PRICE,
  UPTIME_CHECK_PRICE,
  VALKEY_PRICES,
} from "../facts/digitalocean/prices.ts";
import type { StackConfig } from "../config/schema.ts";
import { HOST_ROLES } from "./hosts.ts";

/** Monthly cost of the stack at DigitalOcean. */

/** One line of the bill, US dollars a month. */
export interface CostLine {
  readonly what: string;
  /** The sum in words: "3 × s-4vcpu-8gb at $48.00". */
  readonly sum: string;
  readonly dollars: number;
  /** With the pool at its maximum; the same as `dollars` without autoscaling. */
  readonly dollarsAtCeiling: number;
}

/** The bill. */
export interface Cost {
  readonly lines: readonly CostLine[];
  readonly dollars: number;
  readonly dollarsAtCeiling: number;
}

type Sized = Pick<StackConfig, "cluster" | "postgres" | "valkey" | "media" | "alerts">;

/** One uptime check for each public host, if `alerts` is configured. */
const CHECKS = HOST_ROLES.length;

/**
 * Monthly price of the stack's resources: nodes, control plane, databases, Spaces, uptime checks.
 * It excludes tax, traffic beyond the free 1 to 2 TiB a node, and media beyond Spaces' own 250 GiB.
 * It also excludes Cloudflare, whose Free plan is enough and whose R2 is paid by use.
 * @throws Error for a size without a price, because an unknown price must not count as zero.
 */
export function costOf({ cluster, postgres, valkey, media, alerts }: Sized): Cost {
  const { basePool, workloadPool } = cluster;
  const lines = [
    ...(cluster.highAvailability
      ? [line("Kubernetes, second control plane", 1, "high availability", HIGH_AVAILABILITY_PRICE)]
      : []),
    line("Nodes, base pool", basePool.nodes, basePool.size, priceOf(NODE_PRICES, basePool.size)),
    line(
      "Nodes, workload pool",
      workloadPool.nodes,
      workloadPool.size,
      priceOf(NODE_PRICES, workloadPool.size),
      workloadPool.maxNodes,
    ),
    line("Postgres", postgres.nodes, postgres.size, priceOf(POSTGRES_PRICES, postgres.size)),
    ...diskLine(postgres),
    ...(postgres.readReplica === undefined
      ? []
      : [
          line(
            "Postgres, read replica",
            1,
            postgres.readReplica.size,
            priceOf(POSTGRES_PRICES, postgres.readReplica.size),
          ),
        ]),
    line("Valkey", valkey.nodes, valkey.size, priceOf(VALKEY_PRICES, valkey.size)),
    ...(valkey.cache === undefined
      ? []
      : [line("Valkey, cache", 1, valkey.cache.size, priceOf(VALKEY_PRICES, valkey.cache.size))]),
    ...([media.storage, media.standby?.storage].includes("spaces")
      ? [line("Spaces, up to 250 GiB", 1, "subscription", SPACES_PRICE)]
      : []),
    ...(alerts.emails.length === 0 && alerts.slackChannel === undefined
      ? []
      : [line("Uptime checks", CHECKS, "check", UPTIME_CHECK_PRICE)]),
  ];
  return {
    lines,
    dollars: total(lines.map(({ dollars }) => dollars)),
    dollarsAtCeiling: total(lines.map(({ dollarsAtCeiling }) => dollarsAtCeiling)),
  };
}

/** `$1,234.50` */
export function inDollars(dollars: number): string {
  return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

function priceOf<Size extends string>(prices: Readonly<Record<Size, number>>, size: Size): number {
  if (!Object.hasOwn(prices, size))
    throw new Error(
      `There is no price for "${size}" in facts/digitalocean/prices.ts, so nobody can say what the stack costs. Look it up and add its line.`,
    );
  return prices[size];
}

function line(what: string, count: number, of: string, each: number, most = count): CostLine {
  return {
    what,
    sum: `${count} × ${of} at ${inDollars(each)}`,
    dollars: total([count * each]),
    dollarsAtCeiling: total([most * each]),
  };
}

/**
 * Disk in addition to the plan's own. If the plan's own is unknown, all of it counts, because too
 * much is better than too little.
 */
function diskLine({ size, nodes, storageGib }: StackConfig["postgres"]): readonly CostLine[] {
  const extra = Math.max(0, (storageGib ?? 0) - (POSTGRES_INCLUDED_GIB[size] ?? 0));
  return extra === 0
    ? []
    : [line("Postgres, larger disk", nodes * extra, "GiB", POSTGRES_GIB_PRICE)];
}

/** In whole cents: binary fractions of dollars add up to $78.15000000000001. */
function total(dollars: readonly number[]): number {
  return Math.round(dollars.reduce((sum, each) => sum + each, 0) * 100) / 100;
}
