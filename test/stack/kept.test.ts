import { describe, expect, test } from "vitest";
import { lifeAfter } from "../../domain/data-life.ts";
import { IMAGES } from "../../config/images.ts";
import { keptBy } from "../../domain/kept.ts";
import { parseConfig } from "../../input/parse.ts";
import { MADE_ONCE } from "../../config/keys/anew.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";

/**
 * No update creates a second one of a resource that the last update left and the state has lost.
 */

const RAW = readStackFile();
const NOW = new Date("2026-11-29T00:00:00Z");
const EVERYTHING = {
  ...RAW,
  valkey: { ...(RAW["valkey"] as object), cache: { size: "db-s-1vcpu-1gb" } },
  postgres: { ...(RAW["postgres"] as object), readReplica: { size: "db-s-4vcpu-8gb" } },
  media: { ...(RAW["media"] as object), standby: { storage: "spaces" } },
  backup: { recipient: `age1${"q".repeat(58)}` },
};
const kept = keptBy(parseConfig(EVERYTHING));
const data = { since: "2025-03-02", epoch: 1 };
const HELD = ["postgres-cluster", "postgres-database"];

type Raw = Readonly<Record<string, unknown>>;

/** Life of an update with this file. */
function lifeOf(
  file: Raw = EVERYTHING,
  running: Parameters<typeof lifeAfter>[0] | "none" = { data, kept },
) {
  const last = running === "none" ? undefined : running;
  return lifeAfter(last, parseConfig(file), IMAGES.mastodon, NOW);
}
const refusal = (name: string, ...given: Parameters<typeof lifeOf>): string =>
  lifeOf(...given).refusals.get(name) ?? "made";

describe.each(MADE_ONCE)("%s, which the state has forgotten", (name) => {
  test("is not made a second time, and the sentence says what to type", async () => {
    const existing = [...HELD, ...MADE_ONCE].filter((each) => each !== name);
    const preview = planStack(EVERYTHING, { life: lifeOf(), existing, preview: true });
    await expect(preview).rejects.toThrow(
      `before hook "never-anew" failed: ${name} ${refusal(name)}.`,
    );
    expect(refusal(name)).toMatch(/^would be made anew, but the last update left one: /u);
    expect(refusal(name)).toContain("None was made. Run `npm run recover`");
  });

  test("is made by a first update, by one after an older program, and where it is new in the file", () => {
    const { [name]: _, ...others } = kept;
    for (const running of ["none", { data }, { data, kept: others }] as const)
      expect(refusal(name, EVERYTHING, running)).toBe("made");
  });

  test("is made where its cure was typed, and only once", () => {
    const cure = (times: number, running = kept): string =>
      refusal(name, { ...EVERYTHING, anew: { [name]: times } }, { data, kept: running });
    const typed = (times: number): string =>
      `\`pulumi config set --path mastodon:anew.${name} ${times}\``;
    expect(refusal(name)).toContain(typed(1));
    expect(cure(1)).toBe("made");
    const after = keptBy(parseConfig({ ...EVERYTHING, anew: { [name]: 1 } }));
    expect(cure(1, after)).toContain(typed(2));
    expect(cure(2, after)).toBe("made");
    // Removing the line is no permission.
    expect(refusal(name, EVERYTHING, { data, kept: after })).toContain(typed(2));
  });
});

test("an update stops at it, too, and one whose state has it all goes on", async () => {
  const life = lifeOf();
  const held = [...HELD, ...MADE_ONCE];
  const existing = held.filter((name) => name !== "tunnel-tunnel");
  await expect(planStack(EVERYTHING, { life, existing })).rejects.toThrow(/: tunnel-tunnel would/u);
  await expect(planStack(EVERYTHING, { life, existing: held })).resolves.toBeDefined();
});

test("what the file makes another one of is replaced as before", () => {
  const cluster = parseConfig(RAW).cluster;
  const larger = (pool: "basePool" | "workloadPool") => ({
    ...EVERYTHING,
    cluster: {
      ...(RAW["cluster"] as object),
      [pool]: { ...cluster[pool], size: "s-4vcpu-8gb-amd" },
    },
  });
  expect(refusal("cluster-workloads", larger("workloadPool"))).toBe("made");
  expect(refusal("cluster-doks", larger("workloadPool"))).toMatch(/^would be/u);
  expect(refusal("cluster-doks", larger("basePool"))).toBe("made");
  expect(refusal("cluster-workloads", larger("basePool"))).toBe("made");
});

test("an announced life makes all of Postgres, and nothing else a second time", () => {
  const announced = {
    ...EVERYTHING,
    postgres: { ...EVERYTHING.postgres, origin: { epoch: 2 } },
    stopped: ["web", "streaming", "sidekiq"],
  };
  for (const name of [...HELD, "postgres-application", "replica-replica"])
    expect(refusal(name, announced)).toBe("made");
  expect(refusal("valkey-cluster", announced)).toMatch(/^would be made anew/u);
});

describe("the list", () => {
  /** Types that are billed separately, and those by which others are found. */
  const ONCE =
    /^(?:digitalocean|cloudflare):.*(?:Cluster|Replica|NodePool|Bucket|Tag|Vpc|Cloudflared)$/u;
  const guarded = ({ resources }: Plan): readonly string[] =>
    resources
      .filter(
        ({ type, protect }) => protect || (!type.startsWith("kubernetes:") && ONCE.test(type)),
      )
      .map(({ name }) => name);

  test("has all that is protected, is billed or holds something, and nothing that no plan has", async () => {
    expect(
      guarded(await planStack(EVERYTHING)).toSorted(),
      "name it in MADE_ONCE of config/keys/anew.ts, and its harm in domain/kept.ts",
    ).toEqual([...MADE_ONCE, ...HELD].toSorted());
  });

  test("is remembered as far as a stack file has it", async () => {
    for (const file of [RAW, EVERYTHING])
      expect(Object.keys(keptBy(parseConfig(file))).toSorted()).toEqual(
        guarded(await planStack(file))
          .filter((name) => !HELD.includes(name))
          .toSorted(),
      );
  });
});
