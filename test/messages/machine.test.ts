import { describe, expect, test } from "vitest";
import { Refusal } from "../../domain/fault.ts";
import { machineFaults } from "../../rehearsal/machine/faults.ts";
import { PROGRAMS } from "../../rehearsal/machine/needs.ts";
import { ABLE, MACHINES, type MachineRow } from "./machine.ts";

/**
 * Refusals of a machine on which no rehearsal can run. The texts are in `test/golden/machine.txt`.
 * After an intended change: `npx vitest run test/messages/machine.test.ts -u`.
 */

const faultsOf = ([, ground, change]: MachineRow) =>
  machineFaults({ ...ABLE, ...change }, { typed: "whole", ground });

test.each(["commands", "loopback", "nodes"] as const)(
  "a machine that lacks nothing is refused nothing on %s",
  (ground) => {
    expect(machineFaults(ABLE, { typed: "whole", ground })).toEqual([]);
  },
);

describe("what is missing is said, and nothing else is", () => {
  test.each(MACHINES.map((row) => [row[0], row] as const))("%s", (_, row) => {
    const [, , , ...told] = row;
    expect(faultsOf(row).map(({ code, key }) => [code, key])).toEqual(told);
  });
});

test("all that is missing is said at once: who mends one thing would meet the next a quarter of an hour later", () => {
  const all = { ...ABLE, user: 1000, memory: 1e9, heldPorts: [443], goFault: "No Go." };
  const codes = machineFaults(all, { typed: "whole", ground: "loopback" }).map(({ code }) => code);
  expect(codes).toEqual(["root", "go", "memory", "port"]);
});

test("each program that a drill starts by name has a package to install", () => {
  for (const name of Object.keys(PROGRAMS)) {
    const [fault] = machineFaults(
      { ...ABLE, lackingPrograms: [name], missing: ["Debian 13"] },
      { typed: "node", ground: "nodes" },
    );
    expect(fault?.key, name).toBe(name);
  }
});

test("the words are those that were reviewed", async () => {
  const pages = MACHINES.flatMap((row) => {
    const faults = faultsOf(row);
    if (faults.length === 0) return [];
    const { message } = new Refusal("This machine", faults);
    return [`# ${row[0]}\n${message.replaceAll(/^/gmu, "| ")}`];
  });
  await expect(`${pages.join("\n\n")}\n`).toMatchFileSnapshot("../golden/machine.txt");
});
