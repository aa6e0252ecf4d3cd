import { expect, test } from "vitest";
import type { Change } from "../../ops/report/change.ts";
import { effectOf } from "../../ops/report/effects.ts";

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

test("a database that was never there is none", () => {
  expect(effectOf(VALKEY, { rules: { ...RULES, left: [] } }).level).toBe(1);
});
