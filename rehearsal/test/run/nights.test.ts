import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it, test } from "vitest";
import type { RebuildWorld } from "../../../ops/rebuild/world.ts";
import { halfNamed, type Half } from "../../drills/nights/halves.ts";
import { killedNights } from "../../drills/nights/killed.ts";
import { Killed, Killer } from "../../drills/nights/kills.ts";
import { chosen } from "../../drills/nights/chosen.ts";
import { REQUESTS, type Health } from "../../drills/nights/health.ts";
import { isPair } from "../../drills/nights/living.ts";
import { nightsTable } from "../../drills/nights/night.ts";
import { decrypted, encrypted } from "../../drills/nights/otp-secret.ts";
import { untoldLines } from "../../drills/nights/told-lines.ts";
import { wellAgain, type Lost } from "../../drills/nights/well-again.ts";

const WELL: Health = {
  content: {
    tables: { accounts: "3 rows, a", statuses: "9 rows, b" },
    actorKeys: { alice: "signs" },
    otp: "opens",
    media: { "a.png": "1" },
    jobs: ["1", "2"],
    feeds: 20,
  },
  pods: { web: "2 of 2" },
  schedulers: 1,
  answers: Object.fromEntries(
    REQUESTS.map(({ method, host, target, well }) => [`${method} ${host}${target}`, well]),
  ),
  kept: { "postgres-cluster": "id-1" },
  unheld: [],
  absent: [],
  preview: [],
  recovery: [],
};

const failed = (after: Health, lost: Lost = {}): readonly string[] =>
  wellAgain("night 0", WELL, after, lost)
    .filter(({ passed }) => !passed)
    .map(({ detail }) => detail);

const withContent = (content: Partial<Health["content"]>): Health => ({
  ...WELL,
  content: { ...WELL.content, ...content },
});

describe("a night that ends in a server that only looks well", () => {
  it("passes where nothing differs", () => expect(failed(WELL)).toEqual([]));

  test.each<[string, Health, RegExp]>([
    [
      "a row is another one",
      withContent({ tables: { ...WELL.content.tables, accounts: "3 rows, c" } }),
      /^accounts was 3 rows, a/u,
    ],
    ["a table is gone", withContent({ tables: { statuses: "9 rows, b" } }), /accounts was .*gone/u],
    ["a job is gone", withContent({ jobs: ["1"] }), /1 of 2 jobs/u],
    ["a feed is empty", withContent({ feeds: 0 }), /0 of 20 posts/u],
    [
      "an actor has another key",
      withContent({ actorKeys: { alice: "another key" } }),
      /alice: another key/u,
    ],
    ["the encrypted column stays closed", withContent({ otp: "does not open" }), /does not open/u],
    ["a picture is gone", withContent({ media: {} }), /there is none/u],
    ["a picture is another one", withContent({ media: { "a.png": "2" } }), /a\.png was 1, is 2/u],
    ["a pod is not ready", { ...WELL, pods: { web: "1 of 2" } }, /web: 1 of 2 ready/u],
    ["a Deployment is gone", { ...WELL, pods: {} }, /web was 2 of 2, is gone/u],
    ["two schedulers run", { ...WELL, schedulers: 2 }, /2 schedulers/u],
    ["the edge does not answer", { ...WELL, answers: {} }, /nothing/u],
    [
      "a database is another one",
      { ...WELL, kept: { "postgres-cluster": "id-2" } },
      /postgres-cluster was id-1/u,
    ],
    ["a preview has a step", { ...WELL, preview: ["create web"] }, /create web/u],
    ["something stands in no state", { ...WELL, unheld: ["Vpc x"] }, /Vpc x stands in no state/u],
    [
      "the state holds what is gone",
      { ...WELL, absent: ["tunnel"] },
      /tunnel stands in the state only/u,
    ],
    ["something is left over", { ...WELL, recovery: ["left over: x"] }, /left over: x/u],
  ])("it fails where %s", (_, after, words) => {
    expect(failed(after)).toHaveLength(1);
    expect(failed(after)[0]).toMatch(words);
  });

  it("passes over exactly what the night is about", () => {
    const after = {
      ...withContent({ tables: { accounts: "2 rows, d", statuses: "9 rows, b" }, jobs: [] }),
      kept: { "postgres-cluster": "id-2" },
    };
    expect(failed(after)).toHaveLength(2);
    expect(
      failed(after, { tables: ["accounts"], replaced: ["postgres-cluster"], jobs: true }),
    ).toEqual([]);
    expect(failed(after, { tables: ["statuses"], replaced: ["tunnel"] })).toHaveLength(2);
  });
});

describe("a key or an encrypted column that is taken for the one of before", () => {
  const pair = () =>
    generateKeyPairSync("rsa", {
      modulusLength: 1024,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });

  it("tells a new pair from the one that other servers know", () => {
    const [known, made] = [pair(), pair()];
    expect(isPair(known.privateKey, known.publicKey)).toBe("signs");
    expect(isPair(made.privateKey, known.publicKey)).toBe("another key");
    expect(isPair(null, known.publicKey)).toBe("no key");
  });

  it("opens the column with the keys that wrote it, and with no others", () => {
    const keys = (primary: string) => ({
      ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: primary,
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: "salt",
    });
    const column = encrypted("secret", keys("one"));
    expect(decrypted(column, keys("one"))).toBe("secret");
    expect(() => decrypted(column, keys("two"))).toThrow();
    expect(() => decrypted(column, {})).toThrow("no keys");
  });
});

describe("a night that nobody sees", () => {
  const ALL = { night: undefined, half: undefined, kills: 3, seed: 1 };

  it("--night takes some of them, and refuses a number that is not rehearsed", () => {
    const numbers = (night: string) => chosen({ ...ALL, night }).map(({ number }) => number);
    expect(new Set(numbers("1,3"))).toEqual(new Set([1, 3]));
    expect(() => numbers("1,99")).toThrow("--night 1,99 names no night that is rehearsed. Write");
  });

  it("is in one of the halves, each once, and a killed command beside the same one undisturbed", () => {
    const titles = (half?: Half) => chosen({ ...ALL, half }).map(({ title }) => title);
    const [first, second] = [titles("first"), titles("second")];
    expect([...first, ...second].toSorted()).toEqual(titles().toSorted());
    expect(new Set([...first, ...second]).size).toBe(titles().length);
    for (const { number, title } of killedNights(ALL)) {
      const undisturbed = chosen({ ...ALL, kills: 0, night: String(number) });
      for (const night of [{ title }, ...undisturbed]) expect(first).toContain(night.title);
    }
    expect(() => chosen({ ...ALL, night: "4", half: "first" })).not.toThrow();
    expect(() => chosen({ ...ALL, night: "9", half: "first" })).toThrow(
      "nothing in the first half",
    );
    expect(() => halfNamed("third")).toThrow('--half is "third"; say first or second.');
  });

  it("the table adds the time of every update, and shows the longest one's chain", () => {
    const task = { id: "urn", label: "Job x", seconds: 45, after: [], startsAt: 0, endsAt: 45 };
    const { columns, rows } = nightsTable([
      {
        night: { number: 1, title: "x", run: () => Promise.reject(new Error("not run")) },
        ending: { lost: "nothing", decided: "404" },
        typed: ["npm run up"],
        stretches: [
          { what: "up", seconds: 15, path: [] },
          { what: "up", seconds: 45, path: [task] },
        ],
        seconds: 2,
      },
    ]);
    expect(rows[0]).toHaveLength(columns.length);
    expect(rows[0]).toEqual(["1 x", "nothing", "npm run up", 1, "1m 00s", "Job x 45s", "404"]);
  });
});

describe("a line that nobody could know at night", () => {
  const page = "`npm run rebuild -- database --cluster ID`\n  `npm run db -- beside load DUMP`";
  test.each([
    ["npm run rebuild -- database --cluster 9f-1 --yes example.social", []],
    ["npm run rebuild -- database --yes example.social", []],
    ["npm run db -- beside load 20261128T010000Z", []],
    ["curl -X DELETE …/connections", []],
    ["npm run rebuild -- edge --yes example.social", ["npm run rebuild -- edge"]],
    ["npm run db -- beside load --identity", ["npm run db -- beside load --identity"]],
    ["npm run db -- adopt 9f-1", ["npm run db -- adopt 9f-1"]],
  ])("%s", (line, untold) => {
    expect(untoldLines([line], page).map((each) => each.replace(/ --yes .*/u, ""))).toEqual(untold);
  });

  it("is known where a command has printed it", () => {
    const said = "  npm run rebuild -- edge        about 2 min\n";
    expect(untoldLines(["npm run rebuild -- edge --yes example.social"], said)).toEqual([]);
  });
});

describe("a kill that leaves the command alive", () => {
  const worldOf = (events: number) => {
    const said: string[] = [];
    const told = { resourcePreEvent: { metadata: { op: "create", urn: "u", type: "t" } } };
    const world = {
      say: (text: string) => void said.push(text),
      wait: () => Promise.resolve(),
      pulumi: () => () => Promise.resolve(""),
      engine: {
        preview: () => Promise.resolve({ failure: undefined, changes: {} }),
        up: async (_place: unknown, tell: (event: typeof told) => void) => {
          for (let event = 0; event < events; event += 1) tell(told);
          return await Promise.resolve({ failure: undefined, changes: {} });
        },
      },
    } as unknown as RebuildWorld;
    return { world, said };
  };
  const place = { stack: "prod", cwd: "." };

  it("nothing is said after it, and its engine dies with it", async () => {
    const { world, said } = worldOf(5);
    let kills = 0;
    const killer = new Killer(4, () => Promise.resolve(void (kills += 1)));
    const killed = killer.through(world);
    killed.say("one");
    await expect(killed.engine.up(place, () => undefined)).rejects.toThrow(Killed);
    expect([killer.isDead, kills]).toEqual([true, 1]);
    expect(() => killed.say("two")).toThrow(Killed);
    expect(said).toEqual(["one"]);
  });

  it("without a kill all of its moments are counted", async () => {
    const { world } = worldOf(5);
    const killer = new Killer(Infinity, () => Promise.resolve());
    const counted = killer.through(world);
    counted.say("one");
    await counted.wait(1);
    await counted.pulumi("")([]);
    await counted.engine.preview(place);
    await counted.engine.up(place, () => undefined);
    expect([killer.isDead, killer.seen]).toEqual([false, 11]);
  });

  it("all kills are made, and spread over the nights", () => {
    expect(killedNights({ kills: 0, seed: 1 })).toEqual([]);
    expect(killedNights({ kills: 1, seed: 1 }).map(({ number }) => number)).toEqual([1]);
    expect(killedNights({ kills: 10, seed: 1 })).toHaveLength(3);
  });
});
