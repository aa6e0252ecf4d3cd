import type { Box } from "../../pages/topology/model.ts";
import { POOL } from "../../config/topology.ts";
import type { Inputs, PlanView } from "./plan-view.ts";

/** Databases and storage of a plan, as boxes of a picture. */

export const POOLED = "pool";
export const DIRECT = "postgres";
export const VALKEY = "valkey";

/** Databases: the pool, Postgres behind it, its replica, Valkey, the cache. */
export function dataBoxes(view: PlanView): readonly Box[] {
  const clusters = view.of("DatabaseCluster");
  const postgres = clusters.find(({ inputs }) => inputs["engine"] === "pg");
  const redis = clusters.filter(({ inputs }) => inputs["engine"] !== "pg");
  return [
    ...view.of("DatabaseConnectionPool").map(({ inputs }): Box => ({
      id: POOLED,
      title: "Connection pool",
      aside: `port ${POOL.port}`,
      lines: [`${text(inputs, "size")} connections, by ${text(inputs, "mode")}`],
    })),
    ...(postgres === undefined
      ? []
      : [
          {
            id: DIRECT,
            title: `Postgres ${text(postgres.inputs, "version")}`,
            aside: "port 25060",
            lines: [
              `${text(postgres.inputs, "size")}, ${nodesWords(postgres.inputs)}`,
              ...diskWords(postgres.inputs),
            ],
          },
        ]),
    ...view.of("DatabaseReplica").map(({ inputs }): Box => ({
      id: "replica",
      title: "Read replica of Postgres",
      lines: [text(inputs, "size")],
    })),
    ...redis.map(({ name, inputs }): Box => ({
      id: name.startsWith("cache") ? "cache" : VALKEY,
      title: `${name.startsWith("cache") ? "Valkey, cache" : "Valkey"} ${text(inputs, "version")}`,
      // Both use one number (digitalocean/openapi, `databases`).
      aside: `port ${POOL.port}`,
      lines: [
        `${text(inputs, "size")}, ${nodesWords(inputs)}`,
        `when full: ${text(inputs, "evictionPolicy")}`,
      ],
    })),
  ];
}

/** The media bucket; undefined if uploads are refused. */
export function storageBox(
  view: PlanView,
): { readonly at: "cloudflare" | "digitalocean"; readonly box: Box } | undefined {
  const [r2] = view.of("R2Bucket");
  const [space] = view.of("SpacesBucket");
  if (r2 !== undefined)
    return {
      at: "cloudflare",
      box: {
        id: "r2",
        title: "R2 bucket",
        aside: "S3, 443",
        lines: [
          text(r2.inputs, "name"),
          ...view.of("R2CustomDomain").map(({ inputs }) => `read at ${text(inputs, "domain")}`),
        ],
      },
    };
  return space === undefined
    ? undefined
    : {
        at: "digitalocean",
        box: {
          id: "spaces",
          title: "Spaces bucket",
          aside: "S3, 443",
          lines: [text(space.inputs, "name"), `in ${text(space.inputs, "region")}`],
        },
      };
}

function nodesWords(inputs: Inputs): string {
  const standbys = Number(inputs["nodeCount"] ?? 1) - 1;
  return standbys === 0 ? "no standby" : standbys === 1 ? "a standby" : `${standbys} standbys`;
}

function diskWords(inputs: Inputs): readonly string[] {
  const grows = (inputs["storageAutoscale"] as { readonly enabled?: boolean } | undefined)?.enabled;
  const [size] = [inputs["storageSizeMib"]].filter((mib) => mib !== undefined);
  return [
    ...(size === undefined ? [] : [`${Math.round(Number(size) / 1024)} GiB of disk`]),
    grows === true ? "its disk grows by itself" : "its disk does not grow by itself",
  ];
}

function text(inputs: Inputs, key: string): string {
  return String(inputs[key] ?? "");
}
