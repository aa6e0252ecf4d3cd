import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";

/**
 * Rules between properties of a database that the provider checks at plan time
 * (digitalocean/terraform-provider-digitalocean v2.99.1
 * `digitalocean/database/resource_database_cluster.go`, read 2026-11-28).
 */

/** Changes that the provider ignores: the `DiffSuppressFunc` of `hour`, `version` and `engine`. */
export function isSameDatabase(path: string, olds: Properties, news: Properties): boolean {
  const window = /^maintenanceWindows\[(\d+)\]\.hour$/.exec(path);
  if (window !== null) {
    const [before, after] = [olds, news].map((each) => hourOf(each, Number(window[1])));
    return before === after;
  }
  if (path === "version")
    return isCaching(news) && Number(olds["version"]) > Number(news["version"] ?? 0);
  return path === "engine" && isCaching(olds) && isCaching(news);
}

/**
 * Faults of `transitionVersionToRequired` and `validateExclusiveAttributes`, with their messages.
 */
export function databasePlanFault(
  olds: Properties | undefined,
  news: Properties,
): string | undefined {
  const { engine, version, evictionPolicy } = news;
  const before = olds?.["version"];
  // For these, removing the version is suppressed.
  const kept = isCaching(news) && before !== undefined;
  if ((version === undefined || version === "") && !kept)
    return before === undefined
      ? 'The argument "version" is required, but no definition was found.'
      : `The argument "version" is now required. Set the ${String(engine)} version to the value saved to state: ${String(before)}`;
  return evictionPolicy !== undefined && typeof engine === "string" && !isCaching(news)
    ? "eviction_policy is only supported for Redis or Valkey Database Clusters"
    : undefined;
}

function isCaching({ engine }: Properties): boolean {
  return engine === "redis" || engine === "valkey";
}

/** `13:00` of `13:00` and of `13:00:00`. */
function hourOf(properties: Properties, index: number): string {
  const window = read.list(properties, "maintenanceWindows")[index] ?? {};
  return String(window["hour"]).split(":").slice(0, 2).join(":");
}
