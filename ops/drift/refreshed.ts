import { isDeepStrictEqual } from "node:util";
import { eventsOf, type EventLog } from "../report/engine-log.ts";

/** Reads from an event log what the refresh found. */

/**
 * Properties that a refresh found changed, by URN; an empty list if it named none. A
 * resource that only follows from a changed one is not among them. A Deployment, for example, gets
 * the new name of a ConfigMap (measured, CLI 3.259.0).
 */
export function refreshedIn(log: EventLog): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { resOutputsEvent } of eventsOf(log)) {
    const metadata = resOutputsEvent?.metadata;
    if (metadata?.op !== "refresh") continue;
    const paths = Object.keys(metadata.detailedDiff ?? {});
    if (paths.length > 0 || !isDeepStrictEqual(metadata.old?.inputs, metadata.new?.inputs))
      found.set(metadata.urn, paths);
  }
  return found;
}
