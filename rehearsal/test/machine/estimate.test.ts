import { expect, test } from "vitest";
import { estimateLines } from "../../machine/estimate.ts";
import { MADE, PARTS } from "../../machine/parts.ts";

const NEW = {
  missing: PARTS.loopback,
  compiled: [],
  cores: 2,
  lackingPackages: [],
} as const;

test("a machine that has everything is told nothing", () => {
  expect(estimateLines({ ...NEW, missing: [] }, "loopback")).toEqual([]);
  expect(estimateLines({ ...NEW, missing: ["Debian 13"] }, "commands")).toEqual([]);
});

test("the first run is told each part, and how long all of them took where they were measured", () => {
  const lines = estimateLines(NEW, "loopback");
  expect(lines[0]).toMatch(
    /^To be made once and kept: 3 of 3 parts, about \d+m \d\ds as measured/u,
  );
  for (const part of PARTS.loopback) expect(lines.join("\n")).toContain(`  ${part} `);
  expect(lines.join("\n")).toMatch(/engine +\d+ packages of Go +\dm \d\ds/u);
});

test("a machine with one core is told that it takes twice as long, one with more that it has more", () => {
  const one = estimateLines({ ...NEW, cores: 1 }, "loopback");
  expect(one[0]).toContain("this machine has 1.");
  expect(one.join("\n")).toContain("twice as long");
  expect(estimateLines({ ...NEW, cores: 8 }, "loopback")[0]).toContain("this machine has 8.");
});

test("what Go has of it already, and what apt-get will install, is said", () => {
  const lines = estimateLines(
    { ...NEW, compiled: ["engine"], lackingPackages: ["pgbouncer"] },
    "loopback",
  ).join("\n");
  expect(lines).toContain("as it seems of engine.");
  expect(lines).toContain("pgbouncer");
  expect(
    estimateLines({ ...NEW, missing: ["Debian 13"], compiled: ["engine"] }, "loopback").join(),
  ).not.toContain("as it seems");
});

test("each part of each drill says how it is made", () => {
  for (const parts of Object.values(PARTS))
    for (const part of parts) expect(MADE[part].build ?? MADE[part].what, part).toBeTruthy();
});
