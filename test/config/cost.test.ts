import fc from "fast-check";
import { expect, test } from "vitest";
import { costOf, inDollars } from "../../domain/cost.ts";
import { parseConfig } from "../../input/parse.ts";
import { nodeBudgets } from "../../domain/capacity/nodes.ts";
import { isOver } from "../../domain/capacity/budget.ts";
import { NODE_SIZES, type NodeSize } from "../../facts/digitalocean/droplets.ts";
import { NODE_PRICES, POSTGRES_PRICES, VALKEY_PRICES } from "../../facts/digitalocean/prices.ts";
import { profileConfig } from "../../ops/docs/cost-table.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { ofType } from "../stack/views.ts";
import { accepted } from "./arbitrary.ts";
import { BASE, withValue } from "./base.ts";

const base = parseConfig(BASE);

test("the bill names every line with its sum, at rest and at the ceiling", () => {
  expect(costOf(base)).toEqual({
    lines: [
      line("Kubernetes, second control plane", "1 × high availability at $40.00", 40),
      line("Nodes, base pool", "1 × s-2vcpu-4gb at $24.00", 24),
      line("Nodes, workload pool", "3 × s-4vcpu-8gb at $48.00", 144, 192),
      line("Postgres", "2 × db-s-4vcpu-8gb at $122.10", 244.2),
      line("Valkey", "1 × db-s-1vcpu-2gb at $30.00", 30),
    ],
    dollars: 482.2,
    dollarsAtCeiling: 530.2,
  });
});

test("what is optional costs what it costs: a replica, a cache, a disk above the plan's own, on each node", () => {
  const more = (path: string, value: unknown): number =>
    Math.round((costOf(parseConfig(withValue(BASE, path, value))).dollars - 482.2) * 100) / 100;
  expect(more("postgres.readReplica", { size: "db-s-4vcpu-8gb" })).toBe(122.1);
  expect(more("valkey.nodes", 2)).toBe(30);
  expect(more("valkey.cache", { size: "db-s-1vcpu-1gb" })).toBe(15);
  expect(more("postgres.storageGib", 140)).toBe(0);
  expect(more("postgres.storageGib", 200)).toBe(25.2); // 60 GiB × 2 nodes × $0.21
  expect(more("cluster.highAvailability", false)).toBe(-40);
  expect(more("media", { storage: "spaces" })).toBe(5);
  expect(more("media", { standby: { storage: "spaces" } })).toBe(5);
});

test("a size without a price is an error and no gift, wherever it stands", () => {
  const { cluster, postgres, valkey } = base;
  const unknown = "s-64vcpu-1tb" as never;
  for (const config of [
    { ...base, cluster: { ...cluster, basePool: { size: unknown, nodes: 1 } } },
    { ...base, cluster: { ...cluster, workloadPool: { size: unknown, nodes: 1 } } },
    { ...base, postgres: { ...postgres, size: unknown } },
    { ...base, postgres: { ...postgres, readReplica: { size: unknown } } },
    { ...base, valkey: { ...valkey, size: unknown } },
    { ...base, valkey: { ...valkey, cache: { size: unknown } } },
  ])
    expect(() => costOf(config)).toThrow(
      'There is no price for "s-64vcpu-1tb" in facts/digitalocean/prices.ts, so nobody can say what the stack costs. Look it up and add its line.',
    );
});

test("the checks that the bill counts are those that are made, where there is somebody to tell", async () => {
  const watched = withValue(BASE, "alerts.emails", ["ops@example.social"]);
  const billed = costOf(parseConfig(watched)).lines.find(({ what }) => what === "Uptime checks");
  const made = ofType(await planStack(watched), "digitalocean:index/uptimeCheck:UptimeCheck");
  expect(billed).toEqual(line("Uptime checks", `${made.length} × check at $1.00`, made.length));
  expect(costOf(parseConfig(withValue(BASE, "alerts.slackChannel", "#ops"))).lines).toContainEqual(
    billed,
  );
});

test("solo is as cheap as the price list allows: no cheaper pair of pools holds it, and no smaller plan is offered", () => {
  const solo = profileConfig("solo");
  const { basePool, workloadPool } = solo.cluster;
  const price = (pools: readonly { readonly size: NodeSize; readonly nodes: number }[]): number =>
    pools.reduce((sum, { size, nodes }) => sum + nodes * NODE_PRICES[size], 0);
  const most = price([basePool, workloadPool]);
  const pools = NODE_SIZES.flatMap((size) => [1, 2, 3, 4].map((nodes) => ({ size, nodes }))).filter(
    (pool) => price([pool]) < most,
  );
  const cheaper = pools.flatMap((one) =>
    pools.filter((other) => price([one, other]) < most).map((other) => [one, other] as const),
  );
  const holds = cheaper.filter(
    ([one, other]) =>
      !nodeBudgets({
        ...solo,
        cluster: { ...solo.cluster, basePool: one, workloadPool: other },
      }).some(isOver),
  );
  expect(cheaper.length).toBeGreaterThan(10);
  expect(holds).toEqual([]);
  expect(solo.postgres.nodes).toBe(1);
  expect(POSTGRES_PRICES[solo.postgres.size]).toBe(Math.min(...Object.values(POSTGRES_PRICES)));
  expect(VALKEY_PRICES[solo.valkey.size]).toBe(Math.min(...Object.values(VALKEY_PRICES)));
});

test("nothing that can be configured is free by mistake: each line is above zero, and the sum is theirs", () => {
  fc.assert(
    fc.property(accepted, (raw) => {
      const { lines, dollars, dollarsAtCeiling } = costOf(parseConfig(raw));
      for (const each of lines) expect(each.dollars, each.what).toBeGreaterThan(0);
      const sum = lines.reduce((total, each) => total + each.dollars, 0);
      expect(dollars).toBeCloseTo(sum, 5);
      expect(dollarsAtCeiling).toBeGreaterThanOrEqual(dollars);
    }),
  );
});

test("dollars are written as a bill writes them", () => {
  expect([78.15, 1_234.5, 0].map(inDollars)).toEqual(["$78.15", "$1,234.50", "$0.00"]);
});

function line(what: string, sum: string, dollars: number, dollarsAtCeiling = dollars): unknown {
  return { what, sum, dollars, dollarsAtCeiling };
}
