import { describe, expect, test } from "vitest";
import { lifeAfter } from "../../domain/data-life.ts";
import { runningAs } from "../../domain/deployed-state.ts";
import { imagesOf } from "../../domain/images.ts";
import { FIRST_RELEASE } from "../../domain/release.ts";
import { reasonsOf } from "../../domain/unlocked.ts";
import { parseConfig } from "../../input/parse.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { BASE } from "../config/base.ts";

/** An unlock that opens too much, or for too long, leaves a database without its protection. */

type Raw = Readonly<Record<string, unknown>>;
const NOW = new Date("2026-11-29T12:00:00Z");
const entry = (at: string) => ({ id: "any", because: "grow to large", at });
const at = (time: string) => ({ ...BASE, unlocked: { "postgres-cluster": entry(time) } });

const lifeOf = (raw: Raw, running?: Parameters<typeof lifeAfter>[0]) => {
  const config = parseConfig(raw);
  const image = imagesOf(config, FIRST_RELEASE.images).mastodon;
  return lifeAfter(running, config, image, NOW);
};
/** The record of a complete update of this configuration. */
const after = (raw: Raw) => runningAs(parseConfig(raw), FIRST_RELEASE, lifeOf(raw).data);

async function unprotected(raw: Raw, running?: Parameters<typeof lifeAfter>[0]) {
  const [plain, plan] = await Promise.all([
    planStack(BASE),
    planStack(raw, { life: lifeOf(raw, running), exists: true }),
  ]);
  const kept = plain.resources.filter(({ protect }) => protect).map(({ name }) => name);
  const now = plan.resources.filter(({ protect }) => protect).map(({ name }) => name);
  return kept.filter((name) => !now.includes(name));
}

describe("an unlock takes the protection", () => {
  test("of exactly the resource that it names", async () => {
    expect(await unprotected(at("20261129T120000Z"))).toEqual(["postgres-cluster"]);
    expect(await unprotected(BASE)).toEqual([]);
  });

  test("for one complete update: one that was forgotten in the file protects again", async () => {
    const raw = at("20261129T120000Z");
    expect(await unprotected(raw, after(BASE))).toEqual(["postgres-cluster"]);
    expect(await unprotected(raw, after(raw))).toEqual([]);
  });

  test("again, if it is written anew", async () => {
    const before = after(at("20261129T120000Z"));
    expect(await unprotected(at("20261130T120000Z"), before)).toEqual(["postgres-cluster"]);
  });

  test("and never by a name that objects have of their own", () => {
    expect(lifeOf({ ...BASE, unlocked: {} }).opened).toEqual([]);
    expect(lifeOf(at("20261129T120000Z"), { unlocked: {} }).opened).toEqual(["postgres-cluster"]);
  });
});

test("the reason goes with the update, and the last one is not said again", () => {
  const config = parseConfig(at("20261129T120000Z"));
  expect(reasonsOf(["postgres-cluster"], config)).toBe(
    "unlocked: postgres-cluster (grow to large)",
  );
  expect(reasonsOf([], config)).toBeUndefined();
});
