import { describe, expect, test } from "vitest";
import { lifeAfter, lifeToCommit, lostStateFault, type DataLife } from "../../domain/data-life.ts";
import { IMAGES } from "../../config/images.ts";
import { runningAs } from "../../domain/deployed-state.ts";
import { FIRST_RELEASE } from "../../domain/release.ts";
import { parseConfig } from "../../input/parse.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { FIXTURE_RELEASE } from "../fixture-release.ts";
import { templateOf, theResource } from "./views.ts";

/** No update may replace the database of a running server by an empty one. */

const RAW = readStackFile();
const FIRST_DAY = new Date("2025-03-02T10:00:00Z");
const YEARS_LATER = new Date("2027-06-01T10:00:00Z");
const IMAGE = IMAGES.mastodon;
const OTHER = `ghcr.io/mastodon/mastodon:${FIXTURE_RELEASE}`;
const EVERYTHING = ["web", "streaming", "sidekiq"];

/** Production's stack file with another origin and with something stopped. */
function raw(origin?: Record<string, unknown>, stopped: readonly string[] = []) {
  return {
    ...RAW,
    postgres: { ...(RAW["postgres"] as object), ...(origin === undefined ? {} : { origin }) },
    stopped,
  };
}
const configOf = (...given: Parameters<typeof raw>) => parseConfig(raw(...given));
const born = lifeAfter(undefined, configOf(), IMAGE, FIRST_DAY);
const lived: { readonly data?: DataLife } = { data: born.data };

/** Refusal of a plan that creates each resource, as after a refresh that found no database. */
async function planned(
  running: Parameters<typeof lifeAfter>[0],
  ...given: Parameters<typeof raw>
): Promise<string> {
  const life = lifeAfter(running, configOf(...given), IMAGE, YEARS_LATER);
  return await planStack(raw(...given), { life }).then(
    () => "made",
    (error: unknown) => (error as Error).message,
  );
}

describe("a database that would be made anew", () => {
  test("is refused where a server lived, in a sentence that says since when and what to do", async () => {
    expect(await planned(lived)).toBe(
      'before hook "never-anew" failed: postgres-cluster would be made anew and empty, but example.social has lived here since 2025-03-02 at least. No database was made. DigitalOcean shows none to this token where one was. Run `doctl databases list`, and merge nothing until you know. docs/operate.md, "The database is gone", says for either answer how it comes back.',
    );
  });

  test("is refused in a preview, before anybody merges", async () => {
    const { refusals } = lifeAfter(lived, configOf(), IMAGE, YEARS_LATER);
    await expect(planStack(raw(), { life: { ...born, refusals }, preview: true })).rejects.toThrow(
      /postgres-cluster would be made anew and empty/u,
    );
  });

  test("is refused where an older program left nothing of when it was born", async () => {
    expect(await planned({})).toMatch(/has lived here since 2027-06-01 at least/u);
  });

  test("is made by a first update, also of a server that moves in, or of a stack file that was copied", async () => {
    for (const origin of [undefined, { movedIn: true }, { epoch: 3 }])
      expect(await planned(undefined, origin)).toBe("made");
  });

  test("is made where the file announces another life, and nothing shows it to others", async () => {
    expect(await planned(lived, { epoch: 2 }, EVERYTHING)).toBe("made");
  });

  test.each([
    ["an origin of long ago", { movedIn: true }, EVERYTHING],
    ["another life with web at work", { epoch: 2 }, ["streaming", "sidekiq"]],
    ["everything stopped alone", undefined, EVERYTHING],
  ])("is refused with %s", async (_what, origin, stopped) => {
    expect(await planned(lived, origin, stopped)).toMatch(/would be made anew and empty/u);
  });

  test("is refused where only the stack file knows of a server: the state is lost", async () => {
    expect(await planned(undefined, { since: "2025-03-02" })).toMatch(
      /has lived here since 2025-03-02 at least/u,
    );
    expect(await planned(undefined, { since: "2025-03-02", epoch: 2 }, EVERYTHING)).toBe("made");
  });

  test("is refused again once the announced life has come", async () => {
    const second = lifeAfter(lived, configOf({ epoch: 2 }, EVERYTHING), IMAGE, YEARS_LATER);
    expect(await planned({ data: second.data }, { epoch: 2 }, EVERYTHING)).toMatch(
      /has lived here since 2025-03-02 at least/u,
    );
  });
});

test("the database inside is refused like its cluster, and a server whose data is there is not", async () => {
  const life = lifeAfter(lived, configOf(), IMAGE, YEARS_LATER);
  const withExisting = (...existing: readonly string[]): Promise<unknown> =>
    planStack(raw(), { life, existing });
  await expect(withExisting("postgres-cluster")).rejects.toThrow(
    /: postgres-database would be made anew and empty/u,
  );
  // Everything else may be recreated: a cache, a replica, a role, the cluster with everything in
  // it.
  await expect(withExisting("postgres-cluster", "postgres-database")).resolves.toBeDefined();
});

describe("a state that remembers no update", () => {
  const SINCE = { since: "2025-03-02" };

  test("is refused where the stack file knows since when a server lives, and begins one otherwise", () => {
    expect(lostStateFault(undefined, configOf(SINCE))).toMatch(
      /^example\.social has lived here since 2025-03-02 \(mastodon:postgres\.origin\.since\), but the state of this stack remembers no update; nothing was changed\./u,
    );
    expect(lostStateFault(undefined, configOf())).toBeUndefined();
    expect(lostStateFault(lived, configOf(SINCE))).toBeUndefined();
    expect(lostStateFault({}, configOf(SINCE))).toBeUndefined();
  });

  test("begins another life where the stack file announces one, and nothing shows it to others", () => {
    const announced = { ...SINCE, epoch: 2 };
    expect(lostStateFault(undefined, configOf(announced, EVERYTHING))).toBeUndefined();
    expect(lostStateFault(undefined, configOf(announced))).toBeDefined();
  });

  test("is told of beforehand, by the line to type, until the stack file has it", () => {
    expect(lifeToCommit(lived, configOf())).toMatch(
      / pulumi config set --path mastodon:postgres\.origin\.since 2025-03-02$/u,
    );
    expect(lifeToCommit(lived, configOf(SINCE))).toBeUndefined();
    expect(lifeToCommit(undefined, configOf())).toBeUndefined();
  });

  test("keeps its day through a state that was brought back", () => {
    expect(lifeAfter({}, configOf(SINCE), IMAGE, YEARS_LATER).data.since).toBe("2025-03-02");
  });

  test("a day without quotes is refused with the quotes: Pulumi makes another text of it", () => {
    expect(() => configOf({ since: "2025-03-02 00:00:00 +0000 UTC" })).toThrow(
      /write it as "2025-03-02"/u,
    );
  });
});

describe("the right to an empty database", () => {
  const untilOf = (running: Parameters<typeof lifeAfter>[0], image: string, now = YEARS_LATER) =>
    lifeAfter(running, configOf(), image, now).mayBeEmptyUntil;

  test("is a day's, and its Job is the same in the second update: the preview must be empty", async () => {
    expect(born.mayBeEmptyUntil).toBe(FIRST_DAY.getTime() / 1_000 + 86_400);
    const second = lifeAfter(lived, configOf(), IMAGE, YEARS_LATER);
    const [once, again] = await Promise.all(
      [born, { ...second, refusals: new Map() }].map(async (life) =>
        theResource(
          await planStack(raw(), { life }),
          "kubernetes:batch/v1:Job",
          "migrate-pre-deployment",
        ),
      ),
    );
    expect(again?.inputs).toEqual(once?.inputs);
    expect(second.data).toEqual(born.data);
  });

  test("is gone with another release, with a restore, and for a server of an older program", () => {
    expect(untilOf(lived, OTHER)).toBeUndefined();
    expect(untilOf({}, IMAGE)).toBeUndefined();
    const restored = lifeAfter(lived, configOf({ epoch: 2 }, ["sidekiq"]), IMAGE, YEARS_LATER);
    expect(restored).toMatchObject({
      mayBeEmptyUntil: undefined,
      data: { since: "2025-03-02", epoch: 2 },
    });
  });

  test("reaches the Job's script; without it, the day alone", async () => {
    const script = async (image: string): Promise<string> => {
      const life = { ...lifeAfter(lived, configOf(), image, YEARS_LATER), refusals: new Map() };
      const plan = await planStack(raw(), { life });
      const job = theResource(plan, "kubernetes:batch/v1:Job", "migrate-pre-deployment");
      return templateOf(job).spec.containers[0]?.args?.at(-1) ?? "";
    };
    expect(await script(IMAGE)).toContain(
      `\nlives_since=2025-03-02\nmay_be_empty_until=${born.mayBeEmptyUntil}\n`,
    );
    expect(await script(OTHER)).toContain("\nlives_since=2025-03-02\nmay_be_empty_until=0\n");
  });
});

test("an update leaves for the next one since when the server lives", () => {
  expect(runningAs(configOf(), FIRST_RELEASE, born.data).data).toEqual({
    since: "2025-03-02",
    epoch: 1,
    birth: { image: IMAGE, until: born.mayBeEmptyUntil },
  });
});
