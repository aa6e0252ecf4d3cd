import { expect, test } from "vitest";
import { parseConfig } from "../../../input/parse.ts";
import { gaugesOf, useIn, type Use } from "../../../ops/status/databases.ts";
import { readStackFile } from "../../../plan/stack-file.ts";

const GIB = 2 ** 30;
const HOST = "10.10.0.5";
const config = parseConfig(readStackFile());
const valkey = { used: 700, limit: 1_000, evicts: false };

const use = (change: Partial<Use> = {}): Use => ({
  postgres: { host: HOST, bytes: 130 * GIB, connections: 1, pooled: 1 },
  valkey,
  ...change,
});
const nowhere = (): undefined => undefined;

test("a disk that has grown on its own is no alarm: DigitalOcean's size goes before the stack file's", () => {
  const gauge = (diskBytes: number | undefined) =>
    gaugesOf(use(), config, (host) => (host === HOST ? diskBytes : 1))[0];
  expect(gauge(200 * GIB)).toEqual({
    line: "Postgres: data 130 GiB of 200 GiB (65 %), without its WAL",
    word: "well",
  });
  expect(gauge(undefined)).toMatchObject({
    line: expect.stringMatching(
      /of 140 GiB \(92 %\), without its WAL, the disk by the stack file/u,
    ),
    word: "look",
  });
});

test("a plan whose disk is written down nowhere is unknown, not well", () => {
  const other = { ...config, postgres: { ...config.postgres, size: "db-s-2vcpu-4gb" as const } };
  expect(gaugesOf(use(), other, nowhere)[0]).toEqual({
    line: "Postgres: data 130 GiB, without its WAL; DigitalOcean did not say how large the disk is",
    word: "unknown",
  });
});

test("a Valkey that names no limit is measured against its plan", () => {
  const [, , , line] = gaugesOf(
    use({ valkey: { used: 1_200 * 2 ** 20, limit: 0, evicts: false } }),
    config,
    nowhere,
  );
  expect(line).toMatchObject({
    line: expect.stringMatching(/^Valkey: memory 1\.2 GiB of 1\.2 GiB \(97 %\): full, it refuses/u),
    word: "look",
  });
});

test("a cache that evicts is full in its best days, one that refuses writes is not well", () => {
  const cached = {
    ...config,
    valkey: { ...config.valkey, cache: { size: "db-s-1vcpu-1gb" as const } },
  };
  const cache = (evicts: boolean) =>
    gaugesOf(use({ cache: { used: 999, limit: 1_000, evicts } }), cached, nowhere).at(-1);
  expect(cache(true)).toMatchObject({
    line: expect.stringMatching(/^the cache's Valkey: memory .*, and it evicts$/u),
    word: "well",
  });
  expect(cache(false)).toMatchObject({
    line: expect.stringMatching(/Raise mastodon:valkey\.cache\.size$/u),
    word: "look",
  });
  expect(
    gaugesOf(
      use({ cache: { error: "Redis::CommandError: NOPERM", down: false } }),
      cached,
      nowhere,
    ).at(-1),
  ).toEqual({
    line: "the use of the cache's Valkey is not known: Redis::CommandError: NOPERM",
    word: "unknown",
  });
});

test.each(["", "{}", '{"postgres":{"host":"h","bytes":"1"},"valkey":{"error":"no","down":false}}'])(
  "figures are read as figures: %j is refused",
  (output) => {
    expect(() => useIn(output)).toThrow("something else than its figures");
  },
);
