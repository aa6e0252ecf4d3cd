/**
 * Configurations that exceed their budgets: the change, and code and key of each exceeded budget.
 */
export const CAPACITY: readonly (readonly [
  danger: string,
  changes: readonly (readonly [path: string, value: unknown])[],
  ...short: readonly (readonly [code: string, key: string])[],
])[] = [
  [
    "a pool below the demand",
    [["postgres.poolConnections", 130]],
    ["pool-connections", "postgres.poolConnections"],
  ],
  [
    "a pool above what the plan allows",
    [["postgres.poolConnections", 193]],
    ["database-connections", "postgres.size"],
  ],
  [
    "a read replica with too few connections",
    [
      ["postgres.size", "db-s-6vcpu-16gb"],
      ["postgres.readReplica", { size: "db-s-6vcpu-16gb" }],
      ["web.maxReplicas", 9],
      ["web.threads", 16],
      ["postgres.poolConnections", 390],
    ],
    ["pool-connections", "postgres.poolConnections"],
    ["replica-connections", "postgres.readReplica.size"],
  ],
  [
    "feeds of more members than Valkey has memory for",
    [["members", 40000]],
    ["valkey-memory", "valkey.size"],
  ],
  [
    "a cache that Valkey has no room for beside the feeds",
    [["members", 16000]],
    ["valkey-memory", "valkey.size"],
  ],
  [
    "nodes a little too few, where a small one in the other pool is the cheapest room",
    [
      ["cluster.workloadPool", { size: "s-4vcpu-8gb", nodes: 2 }],
      ["web", { replicas: 9, workers: 1, threads: 4 }],
    ],
    ["node-memory", "cluster.workloadPool.nodes"],
  ],
  [
    "nodes too few at rest",
    [["cluster.workloadPool", { size: "s-2vcpu-4gb", nodes: 1 }]],
    ["node-memory", "cluster.workloadPool.nodes"],
    ["node-cpu", "cluster.workloadPool.nodes"],
  ],
  [
    "nodes too few for a rollout at the ceiling",
    [
      ["cluster.workloadPool", { size: "s-2vcpu-4gb", nodes: 3 }],
      ["web.workers", 1],
      ["web.threads", 4],
      ["web.maxReplicas", 6],
    ],
    ["node-memory", "cluster.workloadPool.nodes"],
  ],
  [
    "nodes whose room is in pieces too small",
    [
      ["web.workers", 8],
      ["web.threads", 2],
      ["web.maxReplicas", 2],
      ["cluster.workloadPool", { size: "s-2vcpu-4gb", nodes: 8 }],
    ],
    ["node-memory", "cluster.workloadPool.nodes"],
  ],
  [
    "web pods that no single setting has room for",
    [
      ["web.replicas", 20],
      ["web.maxReplicas", 20],
    ],
    ["pool-connections", "postgres.poolConnections"],
    ["node-memory", "cluster.workloadPool.nodes"],
    ["node-cpu", "cluster.workloadPool.nodes"],
  ],
  [
    "two budgets that are mended by two settings",
    [
      ["postgres.poolConnections", 130],
      ["members", 40000],
    ],
    ["valkey-memory", "valkey.size"],
    ["pool-connections", "postgres.poolConnections"],
  ],
];
