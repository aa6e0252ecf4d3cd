import { describe, expect, test } from "vitest";
import { typeWord } from "../../ops/report/engine-log.ts";
import { kindOf, nounOf } from "../../ops/report/kinds.ts";
import { durationOfCloud } from "../../domain/durations.ts";
import { PARTS, partOf } from "../../ops/report/order.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { EVERY_OPTION } from "../config/every-option.ts";
import { MEDIUM } from "./scene.ts";

const EVERYTHING = {
  ...MEDIUM,
  ...EVERY_OPTION,
  postgres: { readReplica: { size: "db-s-4vcpu-8gb" } },
  valkey: { cache: { size: "db-s-1vcpu-1gb" } },
  cluster: {
    ...(MEDIUM["cluster"] as object),
    keda: { prometheusUrl: "http://prometheus-operated.monitoring.svc:9090" },
  },
  observability: { prometheusRule: true, grafanaDashboard: true },
  alerts: { emails: ["ops@example.social"] },
};

describe("each resource has an operator's noun: a URN in a comment is read by nobody", () => {
  test.each([
    ["production", undefined],
    ["with every option", EVERYTHING],
    ["media on Spaces", { ...MEDIUM, media: { storage: "spaces" } }],
  ])("%s", async (_name, raw) => {
    const { resources } = await planStack(raw);
    const nameless = resources.filter(({ custom, type }) => custom && kindOf(type) === undefined);
    expect(
      nameless.map(({ type }) => type),
      "Give it a row in ops/report/kinds.ts: its noun, what is lost with it, what members notice",
    ).toEqual([]);
    // What is protected can't be recreated, so something must be lost with it, or members miss it.
    const harmless = resources
      .filter(({ protect }) => protect)
      .filter(({ type, name }) => (kindOf(type)?.deleted?.(name).level ?? 1) < 4);
    expect(harmless.map(({ name }) => name)).toEqual([]);
  });

  test("and one without a row is called by its type and name", () => {
    expect(nounOf({ type: "aws:s3/bucket:Bucket", name: "files" })).toBe(
      "aws:s3/bucket:Bucket files",
    );
    expect(typeWord("aws:s3/bucket:Bucket")).toBe("Bucket");
  });
});

/** URNs that must be done before a resource begins, at any distance. */
function beforeIt(plan: Plan, urn: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  const by = new Map(plan.resources.map((one) => [one.urn, one]));
  const walk = (each: string): void => {
    const resource = by.get(each);
    if (resource === undefined) return;
    const provider = resource.provider.split("::").slice(0, -1).join("::");
    // A child is registered after its parent, and waits for what that waits for.
    const parent = by.get(resource.parent);
    const own = [...resource.dependencies, provider, ...(parent?.dependencies ?? [])];
    for (const next of own) {
      if (next === "" || seen.has(next)) continue;
      seen.add(next);
      const component = by.get(next)?.custom === false;
      if (component)
        for (const child of plan.resources.filter((one) => one.parent === next))
          if (!seen.has(child.urn)) {
            seen.add(child.urn);
            walk(child.urn);
          }
      walk(next);
    }
  };
  walk(urn);
  return seen;
}

describe("a chart that shows another order than the program's sends somebody the wrong way", () => {
  /** With all parts that take long. */
  const plan = planStack({
    ...MEDIUM,
    // The sizes that the profile has, with the optional ones beside them.
    postgres: { readReplica: { size: "db-s-4vcpu-8gb" } },
    valkey: { cache: { size: "db-s-1vcpu-1gb" } },
  });
  const timedOf = ({ resources }: Plan): Plan["resources"] =>
    resources.filter(({ custom, name }) => custom && partOf(name) !== undefined);
  const afterOf = (name: string): readonly string[] => PARTS[partOf(name) ?? ""]?.after ?? [];

  test("what is said to wait does", async () => {
    const timed = timedOf(await plan);
    expect(timed.length).toBeGreaterThan(15);
    const wrong = await Promise.all(
      timed.map(async ({ urn, name }) => {
        const waits = beforeIt(await plan, urn);
        return timed
          .filter((other) => afterOf(name).includes(partOf(other.name) ?? ""))
          .filter((other) => !waits.has(other.urn))
          .map((other) => `${name} does not wait for ${other.name}`);
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });

  test("what waits is said to", async () => {
    const timed = timedOf(await plan);
    const allAfter = (part: string): readonly string[] =>
      (PARTS[part]?.after ?? []).flatMap((each) => [each, ...allAfter(each)]);
    const unsaid = await Promise.all(
      timed.map(async ({ urn, name }) => {
        const part = partOf(name) ?? "";
        const said = [part, ...allAfter(part)];
        const waits = beforeIt(await plan, urn);
        return timed
          .filter((other) => waits.has(other.urn) && !said.includes(partOf(other.name) ?? ""))
          .map((other) => `${name} waits for ${other.name}`);
      }),
    );
    expect(unsaid.flat()).toEqual([]);
  });

  test("what takes minutes has its place", async () => {
    const without = (await plan).resources.filter(
      ({ type, name, custom }) =>
        custom && partOf(name) === undefined && durationOfCloud(type).create.seconds >= 60,
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});
