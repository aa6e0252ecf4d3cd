import { describe, expect, test } from "vitest";
import { harm } from "../../faults/fault-cells.ts";
import { COUNTED } from "../../faults/invariants.ts";

/** A cell of the table fails if data is lost, or if a second resource with data is created. */

const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
const ALERT = "digitalocean:index/monitorAlert:MonitorAlert";
const item = (type: string, id: string) => ({ type, id, name: `name of ${id}` });
const clouds = (...items: ReturnType<typeof item>[]) => ({ clouds: items });
const whole = clouds(item(DATABASE, "pg"), item(DATABASE, "valkey"), item(CLUSTER, "doks"));
const from = { untouched: whole };

test("a world that nobody disturbed has none, and the types are those that are counted", () => {
  expect([DATABASE, CLUSTER].every((type) => COUNTED.test(type))).toBe(true);
  expect(harm(whole, whole, from)).toEqual([]);
});

describe.each([DATABASE, CLUSTER])("a second %s", (type) => {
  const doubled = clouds(...whole.clouds, item(type, "second"));

  test("is harm, in a stack that lives and in one that begins", () => {
    for (const before of [whole, clouds()])
      expect(harm(doubled, before, from)).toEqual([expect.stringMatching(`${type}, not \\d`)]);
  });

  test("that recover has named is the person's to end", () => {
    expect(harm(doubled, whole, from, "ask second: it carries the stack's tag")).toEqual([]);
  });
});

test("what is lost is harm, also where another one has come in its place", () => {
  const other = clouds(item(DATABASE, "other"), item(DATABASE, "valkey"), item(CLUSTER, "doks"));
  expect(harm(other, whole, from)).toEqual([`${DATABASE} name of pg is lost`]);
});

test("alerts hold nothing: recover ends them", () => {
  expect(harm(clouds(...whole.clouds, item(ALERT, "second")), whole, from)).toEqual([]);
});
