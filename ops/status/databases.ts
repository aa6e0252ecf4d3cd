import { z } from "zod";
import type { StackConfig } from "../../config/schema.ts";
import { backendConnections } from "../../domain/capacity/connections.ts";
import { VALKEY_DATA_MIB } from "../../facts/digitalocean/database-plans.ts";
import { POSTGRES_INCLUDED_GIB } from "../../facts/digitalocean/prices.ts";
import { answerIn } from "../pods/inside.ts";
import { gauge, shareGauge, unknownUse, useOf, type Gauge } from "./gauge.ts";

/** Use of the databases: the answer of `databases-program.ts`, and the lines about it. */

const Refused = z.object({
  error: z.string(),
  /** Whether web's own way to it is broken. Otherwise only the figures are not to be had. */
  down: z.boolean(),
});

const Postgres = z.object({
  /** Its private host. */
  host: z.string(),
  /** Size of all databases that the application may open. */
  bytes: z.number(),
  /** Sessions of clients, on both ports. */
  connections: z.number(),
  /** Those of them that the pool holds. */
  pooled: z.number(),
});

const Valkey = z.object({
  /** Bytes. */
  used: z.number(),
  /** `maxmemory`, bytes; 0: it has none. */
  limit: z.number(),
  /** Whether a full one evicts keys instead of refusing writes. */
  evicts: z.boolean(),
});

const Answer = z.object({
  postgres: z.union([Postgres, Refused]),
  valkey: z.union([Valkey, Refused]),
  /** The cache's own, if there is one. */
  cache: z.union([Valkey, Refused]).optional(),
});

/** Answer of the databases: figures, or the error of each that gave none. */
export type Use = z.infer<typeof Answer>;

/** Reads the program's output. @throws Error if it is something else. */
export const useIn = (output: string): Use => answerIn(output, Answer);

type Sized = Pick<StackConfig, "postgres" | "valkey">;

/**
 * The lines about the databases.
 * @param diskBytes disk of a cluster by its private host; undefined: DigitalOcean was not asked.
 */
export function gaugesOf(
  { postgres, valkey, cache }: Use,
  config: Sized,
  diskBytes: (host: string) => number | undefined,
): readonly Gauge[] {
  const { size, poolConnections } = config.postgres;
  return [
    ...("error" in postgres
      ? [refused("Postgres", postgres)]
      : [
          diskGauge(postgres.bytes, diskBytes(postgres.host), config.postgres),
          shareGauge(postgres.connections, backendConnections(size), {
            name: "Postgres: connections",
            full: "the next ones are refused. Raise mastodon:postgres.size",
          }),
          shareGauge(postgres.pooled, poolConnections, {
            name: "Postgres: connections of its pool",
            full: "requests wait for a free one. Raise mastodon:postgres.poolConnections",
          }),
        ]),
    valkeyGauge("Valkey", valkey, config.valkey.size, "valkey.size"),
    ...(cache === undefined || config.valkey.cache === undefined
      ? []
      : [valkeyGauge("the cache's Valkey", cache, config.valkey.cache.size, "valkey.cache.size")]),
  ];
}

/**
 * WAL lies on the same disk, and the server's role may not read how much it is. The stack file's
 * disk is too small once the disk has grown on its own, so DigitalOcean's answer goes first.
 */
function diskGauge(
  bytes: number,
  diskBytes: number | undefined,
  { size, storageGib = POSTGRES_INCLUDED_GIB[size] }: StackConfig["postgres"],
): Gauge {
  const limit = diskBytes ?? (storageGib === undefined ? undefined : storageGib * 2 ** 30);
  const name = "Postgres: data";
  if (limit === undefined)
    return gauge(
      `${name} ${sizeOf(bytes)}, without its WAL; DigitalOcean did not say how large the disk is`,
      "unknown",
    );
  return shareGauge(bytes, limit, {
    name,
    note: `, without its WAL${diskBytes === undefined ? ", the disk by the stack file" : ""}`,
    full: "full, it is read-only. Raise mastodon:postgres.storageGib",
    amount: sizeOf,
  });
}

function valkeyGauge(
  name: string,
  seen: z.infer<typeof Valkey> | z.infer<typeof Refused>,
  size: keyof typeof VALKEY_DATA_MIB,
  key: string,
): Gauge {
  if ("error" in seen) return refused(name, seen);
  const limit = seen.limit > 0 ? seen.limit : VALKEY_DATA_MIB[size] * 2 ** 20;
  // A cache that evicts is full in its best days.
  if (seen.evicts)
    return gauge(`${name}: memory ${useOf(seen.used, limit, sizeOf)}, and it evicts`);
  return shareGauge(seen.used, limit, {
    name: `${name}: memory`,
    full: `full, it refuses every write, and nobody can post. Raise mastodon:${key}`,
    amount: sizeOf,
  });
}

function refused(name: string, { error, down }: z.infer<typeof Refused>): Gauge {
  return down ? gauge(`${name} does not answer web: ${error}`, "look") : unknownUse(name, error);
}

/** `23.4 GiB`, below one GiB `412 MiB`. */
function sizeOf(bytes: number): string {
  return bytes < 2 ** 30
    ? `${Math.round(bytes / 2 ** 20)} MiB`
    : `${Number((bytes / 2 ** 30).toFixed(1))} GiB`;
}
