import { expect, test } from "vitest";
import { parseConfig } from "../../../input/parse.ts";
import { gaugesOf } from "../../../ops/status/databases.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { checkUse, type Agent } from "../../checks/database-use.ts";

const MIB = 2 ** 20;
const DISK_MIB = 140 * 1_024;
const config = parseConfig(readStackFile());
const AGENT: Agent = { dataMib: 37.4, connections: 4, pooled: 2, usedMib: 60.3, limitMib: 64 };

/** The check of a screen that shows these figures, against those of the agent. */
function checkOn(shown: Agent, agent: Agent = AGENT) {
  const gauges = gaugesOf(
    {
      postgres: { host: "pg", bytes: shown.dataMib * MIB, ...shown },
      valkey: { used: shown.usedMib * MIB, limit: shown.limitMib * MIB, evicts: false },
    },
    config,
    () => DISK_MIB * MIB,
  );
  const [look, well] = [true, false].map((isLook) =>
    gauges.filter(({ word }) => (word === "look") === isLook).map(({ line }) => line),
  );
  const word = look!.length > 0 ? "look" : "well";
  return checkUse([{ name: "full", word, lines: [...look!, ...well!] }], agent, DISK_MIB, config);
}

test("figures that are the agent's pass", () => {
  expect(checkOn(AGENT)).toMatchObject({ passed: true });
});

test.each<readonly [string, Partial<Agent>, RegExp]>([
  ["the data", { dataMib: 39 }, /data 39 MiB .*: the agent reads 37\.4/u],
  ["a connection", { connections: 5 }, /connections 5 of 197 .*: the agent reads 4/u],
  ["a connection of the pool", { pooled: 3 }, /its pool 3 of 190 .*: the agent reads 2/u],
  ["the memory", { usedMib: 63 }, /memory 63 MiB .*: the agent reads 60\.3/u],
  ["the limit", { limitMib: 66 }, /memory 60 MiB of 66 MiB .*: its limit is 64/u],
  ["the full Valkey", { usedMib: 20 }, /full is well, and begins with Postgres/u],
])("a screen that is off by %s fails", (_, change, words) => {
  const { passed, detail } = checkOn({ ...AGENT, ...change });
  expect(passed).toBe(false);
  expect(detail).toMatch(words);
});

test("figures that are all the same, or missing, prove nothing", () => {
  const same = { ...AGENT, connections: 2 };
  expect(checkOn(same, same).detail).toContain("tell nothing apart");
  expect(checkUse([], AGENT, DISK_MIB, config)).toMatchObject({ passed: false });
});
