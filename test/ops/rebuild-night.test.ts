import { describe, expect, it } from "vitest";
import type { Presence } from "../../ops/recover/presence.ts";
import type { Facts, Kind, Seen } from "../../ops/rebuild/facts.ts";
import { nightOf } from "../../ops/rebuild/night.ts";
import { clusterPlan } from "../../ops/rebuild/nights/cluster.ts";
import { databasePlan } from "../../ops/rebuild/nights/database.ts";
import { edgePlan } from "../../ops/rebuild/nights/edge.ts";
import { statePlan } from "../../ops/rebuild/nights/state.ts";
import type { NightPlan, PlanContext } from "../../ops/rebuild/plan.ts";
import { CALLS, NIGHTS, type TimedStep } from "../../ops/rebuild/times.ts";

/** The night by its facts: only a thing that is surely gone leads to work. */

type Word = Presence<string>["word"];

const presenceAs: Readonly<Record<Word, Presence<string>>> = {
  there: { word: "there", value: "online" },
  gone: { word: "gone" },
  unknown: { word: "unknown", reason: "it answered 503: its API is disturbed" },
};

const ALL: readonly Kind[] = [
  "cluster",
  "api",
  "pool",
  "postgres",
  "valkey",
  "tunnel",
  "record",
  "host",
  "bucket",
];

function facts(words: Partial<Record<Kind, Word>> = {}, more: Partial<Facts> = {}): Facts {
  return {
    stack: "prod",
    domain: "example.social",
    state: { word: "there", resources: 167, pending: 0, locks: [] },
    things: ALL.map((kind): Seen => {
      const presence = presenceAs[words[kind] ?? "there"];
      return { kind, name: `the ${kind}`, place: kind, id: kind, presence };
    }),
    token: { word: "there", value: "" },
    ways: [],
    dumps: { word: "gone" },
    leftOvers: [],
    outside: { word: "there", value: "answers" },
    ...more,
  };
}

const shortly = (given: Facts): string => {
  const night = nightOf(given);
  return night.word === "night" ? night.part : night.word;
};

describe("each loss has its night, and each doubt stops", () => {
  it.each<readonly [Partial<Record<Kind, Word>>, string]>([
    [{}, "nothing"],
    [{ cluster: "gone" }, "cluster"],
    [{ pool: "gone" }, "cluster"],
    [{ postgres: "gone" }, "database"],
    [{ postgres: "gone", cluster: "gone" }, "database"],
    [{ valkey: "gone" }, "database"],
    [{ tunnel: "gone" }, "edge"],
    [{ record: "gone" }, "edge"],
    [{ host: "gone" }, "edge"],
    [{ bucket: "gone" }, "edge"],
    [{ cluster: "gone", postgres: "unknown" }, "wait"],
    [{ cluster: "unknown" }, "wait"],
    [{ api: "unknown" }, "wait"],
    [{ postgres: "unknown" }, "wait"],
    [{ valkey: "unknown" }, "wait"],
    [{ tunnel: "unknown" }, "wait"],
    [{ cluster: "unknown", postgres: "unknown", valkey: "unknown", pool: "unknown" }, "wait"],
  ])("%j: %s", (words, night) => {
    expect(shortly(facts(words))).toBe(night);
  });

  it("of every kind and word: work is named only where something is surely gone", () => {
    for (const kind of ALL)
      for (const word of ["there", "gone", "unknown"] as const) {
        const night = nightOf(facts({ [kind]: word }));
        expect(night.word, `${kind} ${word}`).toBe(
          word === "there" ? "nothing" : word === "unknown" ? "wait" : night.word,
        );
        if (word === "gone" && kind !== "api") expect(night.word, kind).toBe("night");
      }
  });
});

describe("a state that can't be trusted comes before any loss", () => {
  it.each<readonly [Facts["state"], string]>([
    [{ word: "gone", why: "there is no file of it", copies: 3 }, "state"],
    [{ word: "cut", why: "it is empty", copies: 3 }, "state"],
    [{ word: "unknown", reason: "R2 answered 503" }, "wait"],
  ])("%j: %s", (state, night) => {
    expect(shortly(facts({ cluster: "gone" }, { state }))).toBe(night);
  });

  const there = { word: "there", resources: 167 } as const;

  it("an interrupted update is the state's night; a lock is waited for", () => {
    expect(shortly(facts({}, { state: { ...there, pending: 2, locks: [] } }))).toBe("state");
    const locked = { ...there, pending: 2, locks: ["ada@laptop (process 7)"] };
    expect(shortly(facts({}, { state: locked }))).toBe("wait");
  });

  it("a token of another account concludes nothing, whatever it calls gone", () => {
    const token = { word: "refused", reason: "it may be another account's" } as const;
    expect(shortly(facts({ cluster: "gone", postgres: "gone" }, { token }))).toBe("wait");
  });

  it("a state without its network: the right account can't be known by it", () => {
    const night = nightOf(facts({ postgres: "gone" }, { token: { word: "gone" } }));
    expect(shortly(facts({ postgres: "gone" }, { token: { word: "gone" } }))).toBe("state");
    expect(night.word === "night" && night.why).toContain("npm run rebuild -- account");
  });

  it("what the state has forgotten and DigitalOcean shows is adopted, not made again", () => {
    const forgotten = facts().things.map((each) =>
      each.kind === "postgres" ? { ...each, isForgotten: true as const } : each,
    );
    expect(shortly(facts({}, { things: forgotten }))).toBe("state");
  });

  it("left-overs are named, and a silent server without a loss is no night", () => {
    expect(shortly(facts({}, { leftOvers: ["cluster-doks-0000000"] }))).toBe("orphans");
    const outside = { word: "unknown", reason: "it answered 502" } as const;
    expect(nightOf(facts({}, { outside })).why).toContain("does not answer a visitor");
  });
});

describe("the times of docs/bad-night.md are those of the plans", () => {
  const planned = (plan: NightPlan): readonly TimedStep[] => [
    ...plan.steps.flatMap(({ lines }) => lines),
    CALLS.check,
  ];
  const context = (words: Partial<Record<Kind, Word>>, more: Partial<Facts> = {}): PlanContext =>
    ({ facts: facts(words, more), options: {}, open: undefined }) as unknown as PlanContext;

  it.each<readonly [keyof typeof NIGHTS, NightPlan | Promise<NightPlan>]>([
    ["cluster", clusterPlan(context({ cluster: "gone" }))],
    ["pool", clusterPlan(context({ pool: "gone" }))],
    ["valkey", databasePlan(context({ valkey: "gone" }))],
    ["edge", edgePlan(context({ tunnel: "gone" }))],
    ["state", statePlan(context({}, { state: { word: "cut", why: "", copies: 1 } }))],
    [
      "fork",
      databasePlan({
        ...context({}),
        options: { cluster: "9f", stack: "prod" } as unknown as PlanContext["options"],
      }),
    ],
  ])("%s", async (night, plan) => {
    expect(NIGHTS[night]).toEqual(planned(await plan));
  });
});
