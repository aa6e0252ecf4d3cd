import type { StackConfig } from "../../config/schema.ts";
import { budgetsOf } from "../../domain/capacity/all.ts";
import type { Budget, BudgetCode } from "../../domain/capacity/budget.ts";
import { backendConnections } from "../../domain/capacity/connections.ts";
import { costOf, inDollars } from "../../domain/cost.ts";

/** The table "now → after": what is decided, what it costs, and what it uses up. */

/** One row of the table. */
export interface Row {
  /** A setting, the cost, or the use of something limited. */
  readonly kind: "setting" | "cost" | "budget";
  readonly what: string;
  /** Unset: there is none, or it is not known. */
  readonly now?: string;
  readonly after?: string;
  /** A sentence beside it. Default: none. */
  readonly note?: string;
  readonly changed: boolean;
}

/** Dollars a month, now and after. */
export interface Money {
  readonly now?: number;
  readonly after: number;
  readonly nowAtCeiling?: number;
  readonly afterAtCeiling: number;
}

/**
 * Rows that change or are full, and always the cost.
 * @param before the configuration of the base commit; undefined if there is none, or it is refused.
 */
export function rowsOf(before: StackConfig | undefined, after: StackConfig): readonly Row[] {
  const olds = before === undefined ? new Map<string, string>() : decided(before);
  const news = decided(after);
  const names = [...new Set([...news.keys(), ...olds.keys()])];
  return [
    ...names
      .map((what) => rowOf(what, olds.get(what), news.get(what)))
      .filter(({ changed }) => before !== undefined && changed)
      .map((row) => ({ ...row, ...aloneNote(row.what, before, after) })),
    costRow(moneyOf(before, after)),
    ...budgetRows(before, after),
  ];
}

/** Note where the last spare goes: nobody notices that until the one that is left fails. */
function aloneNote(
  what: string,
  before: StackConfig | undefined,
  { postgres, web }: StackConfig,
): Pick<Row, "note"> {
  if (what === "Postgres" && postgres.nodes === 1 && (before?.postgres.nodes ?? 1) > 1)
    return {
      note: "no standby: if this machine fails, nobody reads or posts until another is there",
    };
  if (what === "web" && web.replicas === 1 && (before?.web.replicas ?? 1) > 1)
    return {
      note: "one pod: if it fails, or its node, the site is away until another has started",
    };
  return {};
}

/** The monthly cost of both configurations. */
export function moneyOf(before: StackConfig | undefined, after: StackConfig): Money {
  const wanted = costOf(after);
  const now = before === undefined ? undefined : costOf(before);
  return {
    after: wanted.dollars,
    afterAtCeiling: wanted.dollarsAtCeiling,
    ...(now === undefined ? {} : { now: now.dollars, nowAtCeiling: now.dollarsAtCeiling }),
  };
}

/** "$12.00 a month more", "$0 a month more", "$485.20 a month". */
export function moneyWords({ now, after }: Money): string {
  if (now === undefined) return `${inDollars(after)} a month`;
  const more = after - now;
  if (Math.abs(more) < 0.005) return "$0 a month more";
  return `${inDollars(Math.abs(more))} a month ${more > 0 ? "more" : "less"}`;
}

/** Settings by name, in an operator's words. */
function decided(config: StackConfig): ReadonlyMap<string, string> {
  const { web, streaming, sidekiq, cluster, postgres, valkey, members } = config;
  const { basePool, workloadPool } = cluster;
  return new Map(
    [
      ["members that it is sized for", members.toLocaleString("en-US")],
      ["web", `${podsOf(web)} × ${web.workers} × ${web.threads} threads`],
      [
        "web grows by itself",
        web.maxReplicas > web.replicas ? `up to ${web.maxReplicas}` : undefined,
      ],
      ["streaming", `${podsOf(streaming)} × ${streaming.connections} connections`],
      ...sidekiq.map((group): [string, string] => [
        `sidekiq-${group.name}`,
        `${podsOf(group)} × ${group.concurrency} threads: ${group.queues.join(", ")}`,
      ]),
      [
        "nodes",
        `${basePool.nodes} × ${basePool.size}, ${countOf(workloadPool)} × ${workloadPool.size}`,
      ],
      ["second control plane", cluster.highAvailability ? "yes" : undefined],
      [
        "Postgres",
        `${postgres.nodes} × ${postgres.size}${postgres.storageGib === undefined ? "" : `, ${postgres.storageGib} GiB`}`,
      ],
      ["Postgres, read replica", postgres.readReplica?.size],
      ["Valkey", `${valkey.nodes} × ${valkey.size}`],
      ["Valkey, cache", valkey.cache?.size],
      ["stopped", config.stopped?.join(", ")],
    ].flatMap(([what, value]): [string, string][] =>
      what === undefined || value === undefined ? [] : [[what, value]],
    ),
  );
}

function podsOf({
  replicas,
  maxReplicas = replicas,
}: {
  readonly replicas: number;
  readonly maxReplicas?: number;
}): string {
  const most = Math.max(replicas, maxReplicas);
  return `${most > replicas ? `${replicas}–${most}` : replicas} ${most === 1 ? "pod" : "pods"}`;
}

function countOf({ nodes, maxNodes }: StackConfig["cluster"]["workloadPool"]): string {
  return maxNodes !== undefined && maxNodes > nodes ? `${nodes}–${maxNodes}` : String(nodes);
}

function rowOf(what: string, now: string | undefined, after: string | undefined): Row {
  return {
    kind: "setting",
    what,
    ...(now === undefined ? {} : { now }),
    ...(after === undefined ? {} : { after }),
    changed: now !== after,
  };
}

function costRow(money: Money): Row {
  const { now, nowAtCeiling, after, afterAtCeiling } = money;
  const words = (dollars: number, ceiling: number): string =>
    ceiling === dollars
      ? inDollars(dollars)
      : `${inDollars(dollars)} (ceiling ${inDollars(ceiling)})`;
  const changed = now !== undefined && (now !== after || nowAtCeiling !== afterAtCeiling);
  return {
    kind: "cost",
    what: "cost a month",
    ...(now === undefined || nowAtCeiling === undefined ? {} : { now: words(now, nowAtCeiling) }),
    after: words(after, afterAtCeiling),
    ...(changed ? { note: signed(after - (now ?? after)) } : {}),
    changed,
  };
}

function signed(dollars: number): string {
  return dollars < 0 ? `−${inDollars(-dollars)}` : `+${inDollars(dollars)}`;
}

/** Names in the table. Those of the nodes have a situation behind them. */
const WORDS: Readonly<Record<BudgetCode, string>> = {
  "pool-connections": "connections through the pool",
  "database-connections": "connections in all",
  "replica-connections": "connections to the read replica",
  "valkey-connections": "connections to Valkey",
  "valkey-memory": "memory of Valkey",
  "cache-memory": "memory of the cache's Valkey",
  "database-disk": "disk of Postgres",
  "node-memory": "memory of the nodes",
  "node-cpu": "CPU of the nodes",
};

/** The resource with which a full budget grows. */
const LARGER: Readonly<Record<BudgetCode, string>> = {
  "pool-connections": "a larger mastodon:postgres.poolConnections",
  "database-connections": "a larger Postgres",
  "replica-connections": "a larger read replica",
  "valkey-connections": "fewer processes",
  "valkey-memory": "a larger Valkey",
  "cache-memory": "a larger Valkey for the cache",
  "database-disk": "a larger disk",
  "node-memory": "more or larger nodes",
  "node-cpu": "more or larger nodes",
};

/**
 * Budgets whose need or limit changes, or that are full. Of the nodes' situations the tightest one
 * stands for all.
 */
function budgetRows(before: StackConfig | undefined, after: StackConfig): readonly Row[] {
  const olds = before === undefined ? [] : budgetsOf(before);
  return tightest(budgetsOf(after)).flatMap((budget): Row[] => {
    const old =
      olds.find(({ code, when }) => code === budget.code && when === budget.when) ??
      olds.find(({ code }) => code === budget.code);
    const isFull = budget.needed >= budget.available;
    const stays = budget.code === "pool-connections" && staysBehind(before, after);
    const changed =
      old !== undefined && (old.needed !== budget.needed || old.available !== budget.available);
    if (!changed && !isFull && !stays) return [];
    return [
      {
        kind: "budget",
        what: `${WORDS[budget.code]}${budget.when === undefined ? "" : `, ${budget.when}`}`,
        ...(old === undefined ? {} : { now: usedOf(old) }),
        after: usedOf(budget),
        ...(isFull ? { note: `full: the next pod needs ${LARGER[budget.code]}` } : {}),
        ...(stays
          ? {
              note: `⚠️ the pool stays at ${budget.available}: what Postgres gives more, it does not. mastodon:postgres.poolConnections raises it`,
            }
          : {}),
        changed,
      },
    ];
  });
}

/** Whether Postgres grows and its pool does not. */
function staysBehind(before: StackConfig | undefined, { postgres }: StackConfig): boolean {
  return (
    before !== undefined &&
    before.postgres.poolConnections === postgres.poolConnections &&
    backendConnections(postgres.size) > backendConnections(before.postgres.size)
  );
}

function tightest(budgets: readonly Budget[]): readonly Budget[] {
  const worst = new Map<BudgetCode, Budget>();
  for (const budget of budgets) {
    const other = worst.get(budget.code);
    if (other === undefined || shareOf(budget) > shareOf(other)) worst.set(budget.code, budget);
  }
  return [...worst.values()];
}

function shareOf({ needed, available }: Budget): number {
  return needed / available;
}

function usedOf({ needed, available, unit }: Budget): string {
  if (unit === "m of CPU") return `${tenths(needed / 1000)} of ${tenths(available / 1000)} cores`;
  if (unit === " MiB" && available >= 2048)
    return `${tenths(needed / 1024)} of ${tenths(available / 1024)} GiB`;
  return `${number(needed)} of ${number(available)}${unit}`;
}

function tenths(value: number): string {
  return value.toFixed(1);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
