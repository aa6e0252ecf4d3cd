import { z } from "zod";
import { whole } from "./values.ts";

/** Parts of the cluster: giving up the cluster gives them up, too. */
export const CLUSTER_PARTS = ["cluster-doks", "cluster-workloads"] as const;

/**
 * Resources, by logical name, that no update creates a second time without permission:
 * `domain/kept.ts`.
 */
export const MADE_ONCE = [
  "network-vpc",
  "network-nodes",
  "network-stack",
  ...CLUSTER_PARTS,
  "postgres-application",
  "valkey-cluster",
  "cache-cluster",
  "replica-replica",
  "media-space-bucket",
  "media-r2-bucket",
  "backups-bucket",
  "tunnel-tunnel",
] as const;

/** One of their names. */
export type MadeOnce = (typeof MADE_ONCE)[number];

/** Whether a logical name is one of them. */
export function isMadeOnce(name: string): name is MadeOnce {
  return (MADE_ONCE as readonly string[]).includes(name);
}

const times = whole(
  1,
  1_000,
  1,
  "How often it was made anew. A higher number lets the next update make it once, and no further one.",
).optional();

/** The key `anew`. */
export const anewSchema = z
  .strictObject(
    Object.fromEntries(MADE_ONCE.map((name) => [name, times])) as Record<MadeOnce, typeof times>,
  )
  .prefault({})
  .meta({
    description:
      'What may be made a second time, because the first is gone for good. An update that would make it anew is refused and names the line to type ([operate.md](operate.md), "Something is gone that an update left").',
  });
