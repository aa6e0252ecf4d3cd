import { expect, test, vi } from "vitest";
import { Pooler, type PoolerOptions } from "../../data/pooler.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

test("a PgBouncer that ended by itself is started again, and says why: a drill would stop at it", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  let starts = 0;
  const start = () => {
    const mine = (starts += 1);
    return Promise.resolve({
      name: "pgbouncer one",
      running: () => mine > 1,
      logTail: () => "it said this last",
    });
  };
  const pooler = new Pooler({
    name: "one",
    folder: temporaryFolder("pooler"),
    files: {},
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    processes: { start },
  } as unknown as PoolerOptions);
  await pooler.createPool(
    { name: "mastodon", database: "mastodon", user: "web", size: 1, mode: "transaction" },
    new Map(),
  );
  await pooler.apply(new Map());
  expect(starts).toBe(2);
  expect(warn.mock.calls.join("\n")).toContain("it said this last");
  warn.mockRestore();
});
