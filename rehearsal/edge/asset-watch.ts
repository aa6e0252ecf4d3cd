import { setTimeout as sleep } from "node:timers/promises";
import type { Releases } from "../checks/assets-origin.ts";
import type { OpenEdge } from "./open.ts";
import { send } from "./table/ask.ts";
import { hashedFiles } from "./table/static-rows.ts";

/** Observations while one release replaced another. */
export interface AssetsWatched {
  /** Number of times that all files were asked for. */
  readonly rounds: number;
  /** Of these, with the new release's, too: from the first page that names them. */
  readonly roundsOfBoth: number;
  readonly complaints: readonly string[];
}

const PAUSE_MS = 50;

/**
 * Asks for every hashed file, over and over, as browsers do that have a page of either release
 * open. Nothing is left in the cache: each answer is of a pod that is there at that moment. Begins
 * at once; the answer stops it.
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
    // Once more, when all is done.
    await round();
  })();
  return async () => {
    stopped = true;
    await watching;
    edge.edge.cache.purge("everything");
    return { ...counts, complaints };
  };
}
