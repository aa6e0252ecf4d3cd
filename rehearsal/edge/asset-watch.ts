import { setTimeout as sleep } from "node:timers/promises";
import type { Releases } from "../checks/assets-origin.ts";
import type { OpenEdge } from "./open.ts";
import { send } from "./table/ask.ts";
import { hashedFiles } from "./table/static-rows.ts";

/** Observations during an upgrade from one release to another. */
export interface AssetsWatched {
  /** Number of rounds in which all files were requested. */
  readonly rounds: number;
  /** Number of those with the new release's files, too: from the first page that names them. */
  readonly roundsOfBoth: number;
  readonly complaints: readonly string[];
}

const PAUSE_MS = 50;

/**
 * Requests every hashed file, over and over, as browsers do with a page of either release open. The
 * cache keeps nothing, so each answer comes from a live pod. It starts at once; the returned
 * function stops it.
 */
export function watchAssets(
  edge: OpenEdge,
  host: string,
  { current, previous }: Releases,
): () => Promise<AssetsWatched> {
  const startedAt = performance.now();
  const complaints: string[] = [];
  const counts = { rounds: 0, roundsOfBoth: 0 };
  let stopped = false;
  const round = async (): Promise<void> => {
    await edge.refresh();
    edge.edge.cache.purge("everything");
    const both = edge.origins.imagesOf("puma").some((image) => image.includes(`:${current}`));
    for (const path of [...hashedFiles(previous), ...(both ? hashedFiles(current) : [])]) {
      const { status } = await send(edge.port, { host, path }, edge.signer, "203.0.113.80");
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      if (status !== 200) complaints.push(`${path}: ${status}, ${seconds} s into the upgrade`);
    }
    counts.rounds += 1;
    if (both) counts.roundsOfBoth += 1;
  };
  const watching = (async () => {
    while (!stopped) {
      await round();
      await sleep(PAUSE_MS);
    }
    // A last round at the end.
    await round();
  })();
  return async () => {
    stopped = true;
    await watching;
    edge.edge.cache.purge("everything");
    return { ...counts, complaints };
  };
}
