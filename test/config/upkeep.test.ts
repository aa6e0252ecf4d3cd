import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../input/parse.ts";
import {
  DEADLINE_SECONDS,
  STARTING_DEADLINE_SECONDS,
  upkeepConnections,
  upkeepTasks,
  type Upkeep,
} from "../../domain/upkeep.ts";
import { directConnections } from "../../domain/capacity/connections.ts";
import { BASE } from "./base.ts";

const { upkeep: standard } = parseConfig(structuredClone(BASE));
const ALL: Upkeep = { ...standard, mediaDays: 30, previewCardDays: 180 };

test("what the admin page's content retention rules is left to it unless asked for: the shorter of two rules would win unseen", () => {
  expect(upkeepTasks(standard)).toEqual([
    {
      name: "profiles",
      args: ["media", "remove", "--prune-profiles", "--days=14", "--concurrency=1"],
      schedule: "17 4 * * 3",
    },
  ]);
  expect(upkeepTasks(ALL).map(({ name, schedule }) => [name, schedule])).toEqual([
    ["media", "17 0 * * *"],
    ["preview-cards", "17 2 * * *"],
    ["profiles", "17 4 * * 3"],
  ]);
});

test("nothing runs, and no connection is kept, where upkeep is off", () => {
  const off = { ...ALL, enabled: false };
  expect(upkeepTasks(off)).toEqual([]);
  expect(directConnections({ upkeep: ALL }) - directConnections({ upkeep: off })).toBe(
    upkeepConnections(ALL),
  );
});

/** Seconds from Sunday 00:00 at which a schedule fires. */
function startsOf(schedule: string): readonly number[] {
  const [minute, hour, , , day] = schedule.split(" ");
  const days = day === "*" ? [0, 1, 2, 3, 4, 5, 6] : [Number(day)];
  return days.map((each) => each * 86_400 + Number(hour) * 3_600 + Number(minute) * 60);
}

test("two tasks never run at once, whatever the hour: capacity has kept room and connections for one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 23 }), (hour) => {
      const starts = upkeepTasks({ ...ALL, hour })
        .flatMap(({ schedule }) => startsOf(schedule))
        .sort((one, other) => one - other);
      expect(new Set(starts).size).toBe(15);
      const week = 7 * 86_400;
      for (const [at, start] of starts.entries()) {
        const next = starts[at + 1] ?? starts[0]! + week;
        expect(start + STARTING_DEADLINE_SECONDS + DEADLINE_SECONDS).toBeLessThan(next);
      }
    }),
  );
});

test("a week's task begins on the day after when its hour is past midnight, not six days and some hours early", () => {
  const profiles = upkeepTasks({ ...ALL, hour: 22 }).find(({ name }) => name === "profiles");
  expect(profiles?.schedule).toBe("17 2 * * 4");
});

test("previews of links are kept for 14 days at least, for they are not fetched again before", () => {
  expect(() => parseConfig({ ...structuredClone(BASE), upkeep: { previewCardDays: 13 } })).toThrow(
    /mastodon:upkeep\.previewCardDays is 13.*14/su,
  );
});
