import type { Document } from "yaml";

/**
 * A change of the stack file that makes, changes and replaces as many types as one can; the way
 * back deletes what it made.
 */
const CHANGE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  maintenance: { day: "thursday", clusterHour: 3, postgresHour: 9, valkeyHour: 11 },
  postgres: {
    settings: { slowStatementMilliseconds: 900 },
    poolConnections: 190,
    readReplica: { size: "db-s-4vcpu-8gb" },
  },
  valkey: { cache: { size: "db-s-1vcpu-1gb" } },
  project: { environment: "Staging" },
  alerts: { latencyMilliseconds: 3_000, cpuPercent: 80, regions: ["us_east", "us_west"] },
  cloudflare: { blockedAddresses: ["192.0.2.0/24"], keepPublicDocuments: false },
  media: { abortUploadsAfterDays: 3, otherHosts: ["files.example.social"], purge: true },
  hosts: { streaming: "live.example.social" },
  dns: { mail: { spfIncludes: ["spf.example.net"] } },
  cluster: { workloadPool: { maxNodes: 5 } },
  web: { threads: 6, replicas: 2, maxReplicas: 4 },
  upkeep: { hour: 5 },
  metrics: { namespace: "monitoring" },
  federation: { authorizedFetch: true },
  observability: { grafanaDashboard: true },
};

/** Beside the file of before the change: a host that answered media is given up by name only. */
export function giveUpHosts(document: Document): void {
  set(document, ["mastodon:media", "retiredHosts"], CHANGE["media"]?.["otherHosts"]);
}

/** Writes the change into a stack file, beside what stands there. */
export function changeAll(document: Document): void {
  for (const [block, values] of Object.entries(CHANGE))
    set(document, [`mastodon:${block}`], values);
}

function set(document: Document, path: readonly string[], value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value)) set(document, [...path, key], inner);
  else document.setIn(["config", ...path], document.createNode(value));
}
