import { describe, expect, test } from "vitest";
import { linesOf } from "../../ops/db/beside-command.ts";
import { ACCOUNT_TABLES } from "../../ops/db/beside-tables.ts";
import { accountBeside, bringFromBeside, makeBeside } from "../../ops/db/beside.ts";
import type { RunInPod } from "../../ops/db/pod.ts";

/** A second database beside the live one never fills the disk, and never takes rows away. */

/** A pod that answers each command with the first text whose pattern matches it. */
function podWith(answers: readonly (readonly [RegExp, string])[]) {
  const ran: string[] = [];
  const run: RunInPod = ({ command, out }) => {
    const line = command.join(" ");
    ran.push(line);
    out.write(answers.find(([pattern]) => pattern.test(line))?.[1] ?? "");
    return Promise.resolve(0);
  };
  return { run, ran };
}

const GIB = 2 ** 30;
const withRoom = (own: number, all: number) =>
  podWith([
    [/pg_database_size/u, `${own * GIB} ${all * GIB}`],
    [/FROM pg_database WHERE datname/u, "0"],
  ]);

describe("a second database", () => {
  test("is made where a fifth of the disk stays free", async () => {
    const { run, ran } = withRoom(10, 12);
    await makeBeside(run, 30 * GIB);
    expect(ran.at(-1)).toContain("CREATE DATABASE mastodon_beside");
  });

  test.each([
    ["too little room", withRoom(10, 12), 27 * GIB, /disk has 27\.0 GiB, 12\.0 GiB are used/u],
    [
      "one that is there",
      podWith([[/datname/u, "1"]]),
      100 * GIB,
      /There is a database mastodon_b/u,
    ],
  ])("is refused with %s, and nothing is made", async (_what, { run, ran }, disk, says) => {
    await expect(makeBeside(run, disk)).rejects.toThrow(says);
    expect(ran.join("\n")).not.toContain("CREATE DATABASE");
  });
});

describe("a member's rows", () => {
  test.each(["alice@example.social", "@alice", "a'; DROP TABLE users; --", ""])(
    "are not looked for under %j: it is no name, and goes into SQL",
    async (name) => {
      const { run, ran } = podWith([]);
      await expect(accountBeside(run, name)).rejects.toThrow(/is no name of a member/u);
      expect(ran).toEqual([]);
    },
  );

  test("come back in one transaction, which ends only if every table came through", async () => {
    const { run, ran } = podWith([]);
    await bringFromBeside(run, "101");
    const [script = ""] = ran;
    expect(script.match(/^echo 'BEGIN;'$/gmu)).toHaveLength(1);
    const last = script.slice(script.lastIndexOf("\nfi\n"));
    expect(last).toMatch(/touch \/tmp\/came-through\necho 'COMMIT;'\n\} \| live\ntest -e/u);
    expect(script).not.toMatch(/\b(DELETE|UPDATE|TRUNCATE)\b/u);
    expect(script.match(/ON CONFLICT DO NOTHING/gu)).toHaveLength(ACCOUNT_TABLES.length);
  });

  test("come after the rows that they refer to", () => {
    const at = (name: string): number => ACCOUNT_TABLES.findIndex(({ table }) => table === name);
    for (const { table, where } of ACCOUNT_TABLES) {
      const [, parent = "accounts"] = / FROM (\w+) /u.exec(where) ?? [];
      if (table !== "accounts") expect([table, at(parent)]).toEqual([table, expect.any(Number)]);
      if (table !== "accounts") expect(at(table), table).toBeGreaterThan(at(parent));
    }
    expect(at("favourites")).toBeGreaterThan(at("statuses"));
  });

  test("are shown with what is missing first, and a table without any is not shown", () => {
    const rows = [
      { table: "accounts", beside: 1, live: 1 },
      { table: "lists", beside: 0, live: 0 },
      { table: "statuses", beside: 9, live: 2 },
    ];
    expect(
      linesOf(rows)
        .split("\n")
        .map((line) => line.split(/\s/u)[0]),
    ).toEqual(["statuses", "accounts"]);
  });
});
