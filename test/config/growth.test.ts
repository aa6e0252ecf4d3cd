import { describe, expect, test } from "vitest";
import { budgetsOf, shortBudgets } from "../../domain/capacity/all.ts";
import { isOver } from "../../domain/capacity/budget.ts";
import { afterAYear } from "../../domain/capacity/growth.ts";
import { POSTGRES_PRICES } from "../../facts/digitalocean/prices.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { POSTGRES_SIZES } from "../../facts/digitalocean/database-plans.ts";
import { profileConfig } from "../../ops/docs/cost-table.ts";

describe("a year of growth, as public servers were seen to grow", () => {
  test("solo's disk fills in months, and grows by itself to three times its size", () => {
    expect(afterAYear(profileConfig("solo"))).toMatchObject({
      databaseGb: 20,
      diskGib: 10,
      grownDiskGib: 30,
      mediaGb: 287,
    });
    expect(afterAYear(profileConfig("solo"))?.diskDollars).toBeCloseTo(4.2, 5);
    expect(afterAYear(profileConfig("solo"))?.mediaDollars).toBeCloseTo(4.15, 2);
  });

  test("medium stays within its plan; of media nobody of its size has said anything", () => {
    const year = afterAYear(profileConfig("medium"));
    expect(year).toMatchObject({ databaseGb: 73, diskGib: 140, grownDiskGib: 140, diskDollars: 0 });
    expect(year?.mediaGb).toBeUndefined();
  });

  test("beyond what anybody has said there is no number", () => {
    expect(afterAYear({ ...profileConfig("large"), members: 5_001 })).toBeUndefined();
  });

  test("where the disk may not grow it stays, and no update is refused for it", () => {
    const solo = profileConfig("solo");
    const { postgres } = solo;
    const fixed = {
      ...postgres,
      storageAutoscale: { ...postgres.storageAutoscale, enabled: false },
    };
    expect(afterAYear({ ...solo, postgres: fixed })?.grownDiskGib).toBe(10);
    expect(shortBudgets({ ...solo, postgres: fixed })).toEqual([]);
  });
});

describe.each(PROFILE_NAMES)("every budget of %s is told, also those that hold", (name) => {
  const budgets = budgetsOf(profileConfig(name));
  test("memory and CPU of the nodes at each of the four moments", () => {
    const moments = [
      "at rest, while a migration and upkeep run",
      "during a rollout",
      "at the ceiling",
      "during a rollout at the ceiling",
    ];
    const nodes = budgets.filter(({ what }) => what.includes("of the nodes"));
    expect(nodes.map(({ what }) => what)).toEqual(
      moments.flatMap((when) => [`Memory of the nodes ${when}`, `CPU of the nodes ${when}`]),
    );
  });

  test("each holds, and its lines are its sum", () => {
    for (const budget of budgets) {
      expect(isOver(budget), budget.what).toBe(false);
      const sum = budget.lines.reduce((total, { amount }) => total + amount, 0);
      expect(budget.needed, budget.what).toBe(sum);
    }
  });
});

test("large has the largest plan that has a price: its members are fewer than those of servers that were seen to need more", () => {
  const large = profileConfig("large");
  expect(large.postgres.size).toBe(POSTGRES_SIZES.at(-1));
  expect(Object.keys(POSTGRES_PRICES)).toEqual([...POSTGRES_SIZES]);
  expect(large.members).toBe(8_000);
});
