import { isMediaKey } from "../clouds/cloudflare/account-token.ts";
import { FIREWALL } from "../clouds/digitalocean/database-firewall.ts";
import { CLUSTER, NODE_POOL } from "../clouds/digitalocean/doks.ts";
import { read } from "../clouds/properties.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { REPLICAS, type ServingWorld } from "./fence-worlds.ts";

/** The access of a cluster with its credentials, before and after a fence. */

/** Access that the clouds give a cluster. */
export interface Power {
  readonly connectors: number;
  readonly media: boolean;
  /** Number of databases that trust its nodes. */
  readonly databases: number;
  /** Ports of Postgres that accept its password. */
  readonly logins: readonly string[];
}

/** Tries everything that a cluster can do with its credentials. */
export async function powerOf(
  rehearsal: Rehearsal,
  clusterId: string,
  serving: ServingWorld,
): Promise<Power> {
  const { world } = rehearsal;
  const { AWS_ACCESS_KEY_ID: key = "", AWS_SECRET_ACCESS_KEY: secret = "" } = serving.environment;
  const tags = tagsOf(rehearsal, clusterId);
  const admitting = world
    .find(FIREWALL)
    .filter(({ properties }) =>
      read
        .list(properties, "rules")
        .some(({ type, value }) => type === "tag" && tags.has(String(value))),
    );
  return {
    connectors: serving.connect(),
    media: isMediaKey(world, key, secret),
    databases: admitting.length,
    logins: await serving.logins(),
  };
}

/** Complaints about a cluster without full access. */
export function powerful(power: Power): readonly string[] {
  const { connectors: count, media, databases, logins } = power;
  return count === REPLICAS && media && databases > 0 && logins.length === 2
    ? []
    : [wordsOf(power)];
}

/** Complaints about a cluster that has any access. */
export function powerless(power: Power): readonly string[] {
  const { connectors: count, media, databases, logins } = power;
  return count + databases + logins.length === 0 && !media ? [] : [wordsOf(power)];
}

/** Tags of a cluster's nodes, with which the databases identify them. */
function tagsOf({ world }: Rehearsal, clusterId: string): ReadonlySet<string> {
  const cluster = world.get(CLUSTER, clusterId);
  const pools = [
    ...(cluster === undefined ? [] : [read.object(cluster.properties, "nodePool")]),
    ...world
      .find(NODE_POOL, (pool) => pool["clusterId"] === clusterId)
      .map(({ properties }) => properties),
  ];
  return new Set(pools.flatMap((pool) => (pool["tags"] ?? []) as readonly string[]));
}

/** The access, in words. */
export function wordsOf({ connectors: count, media, databases, logins }: Power): string {
  return `${count} of ${REPLICAS} connectors let in, media key ${media ? "accepted" : "refused"}, admitted by ${databases} databases, password taken by ${logins.join(" and ") || "none"}`;
}
