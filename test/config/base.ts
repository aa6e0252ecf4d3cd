import { parseConfig } from "../../input/parse.ts";

/**
 * A whole configuration with every key that has no default, so that a test can set any single one
 * to a wrong value.
 */
export const BASE = {
  members: 5_000,
  domain: "example.social",
  webDomain: "example.social",
  region: "nyc3",
  cluster: {
    version: "1.35.1-do.6",
    highAvailability: true,
    basePool: { size: "s-2vcpu-4gb", nodes: 1 },
    workloadPool: { size: "s-4vcpu-8gb", nodes: 3, maxNodes: 4 },
  },
  postgres: { size: "db-s-4vcpu-8gb", nodes: 2, poolConnections: 190 },
  valkey: { size: "db-s-1vcpu-2gb" },
  web: { replicas: 2, maxReplicas: 3, workers: 2, threads: 8 },
  streaming: { replicas: 2, connections: 10 },
  sidekiq: [
    { name: "default", queues: ["default", "mailers"], replicas: 1, concurrency: 20 },
    {
      name: "federation",
      queues: ["push", "ingress", "pull", "fasp"],
      replicas: 1,
      concurrency: 25,
    },
    { name: "scheduler", queues: ["scheduler"], replicas: 1, concurrency: 5 },
  ],
  cloudflare: {
    accountId: "0123456789abcdef0123456789abcdef",
    zoneId: "fedcba9876543210fedcba9876543210",
  },
} as const;

/**
 * A configuration with one value changed, or removed if it is `undefined`; `sidekiq.1.name` indexes
 * into lists.
 */
export function withValue(
  base: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
): Record<string, unknown> {
  const config = structuredClone(base) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop()!;
  let at = config;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return config;
}

/** The operator's message; "accepted" if nothing is wrong. */
export function refusalOf(raw: unknown, encrypted: ReadonlySet<string> = new Set()): string {
  try {
    parseConfig(raw, { encrypted, otherKeys: ["secretKeyBase", "tunnelSecret"] });
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
}
