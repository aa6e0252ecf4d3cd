import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

test("CI goes through every drill that there is, and docs/rehearsal.md names each: one that nobody runs rots", () => {
  const [, list = ""] = /^const DRILLS[^{]*?\{([^]*?)^\};/mu.exec(read("rehearsal/main.ts")) ?? [];
  const known = [...list.matchAll(/^ {2}"?([\w-]+)"?: \{/gmu)].map(([, name]) => name!);
  const [, run = ""] = /^drills=\((.*)\)$/mu.exec(read(".ci/run")) ?? [];
  expect(known).toContain("whole");
  expect(run.split(" ").sort()).toEqual([...known].sort());
  for (const name of known.filter((each) => each !== "whole"))
    expect(read("docs/rehearsal.md")).toContain(`| \`npm run rehearse -- ${name}\``);
});
