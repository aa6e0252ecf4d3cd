import { expect, test } from "vitest";
import type { Change } from "../../ops/report/change.ts";
import { effectOf } from "../../ops/report/effects.ts";
import { orderOf } from "../../ops/report/order.ts";

const VALKEY: Change = {
  urn: "urn:pulumi:prod::mastodon::digitalocean:index/databaseCluster:DatabaseCluster::valkey-cluster",
  type: "digitalocean:index/databaseCluster:DatabaseCluster",
  name: "valkey-cluster",
  kind: "create",
  deletedFirst: false,
  protect: true,
  retained: false,
  keys: [],
  detailedDiff: {},
  old: undefined,
  new: undefined,
};
const RULES = { stack: "prod", left: ["valkey-cluster"], anew: [], unlocked: {} };

test.each([
  ["not permitted", []],
  ["permitted by mastodon:anew", ["valkey-cluster"]],
])("a database that is made in the place of a lost one is a loss, %s", (_what, anew) => {
  expect(effectOf(VALKEY, { rules: { ...RULES, anew } }).level).toBe(4);
});

test.each([
  ["a further standby", { nodeCount: 1 }, { nodeCount: 2 }, 206, 1],
  ["another window", { maintenanceWindows: [] }, { maintenanceWindows: [{}] }, 0, 1],
  ["a larger plan", { size: "db-s-2vcpu-4gb" }, { size: "db-s-4vcpu-8gb" }, 206, 3],
])("%s of a database is as long and as bad as it is", (_what, olds, news, seconds, level) => {
  const side = (inputs: object) => ({ inputs: { ...inputs }, outputs: {}, protect: true });
  const change: Change = { ...VALKEY, kind: "update", old: side(olds), new: side(news) };
  expect(effectOf(change, { rules: RULES }).level).toBe(level);
  expect(orderOf([change]).totalSeconds).toBe(seconds);
});

test("a database that was never there is none", () => {
  expect(effectOf(VALKEY, { rules: { ...RULES, left: [] } }).level).toBe(1);
});
