import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DRILLS, namesOf, resultFolderOf } from "../../rehearsal/drills/all.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), "utf8");

test("CI asks for the lists of drills, so that it goes through every one: a drill that nobody runs rots", () => {
  const run = read(".ci/run");
  for (const which of ["beside", "alone"] as const)
    expect(run).toContain(`mapfile -t ${which} < <(npm run --silent rehearse -- --list ${which})`);
  expect([...namesOf("beside"), ...namesOf("alone")].sort()).toEqual(namesOf("all").toSorted());
});

test("a drill that was written is a row of rehearsal/drills/all.ts: else nobody can run it", () => {
  const written = readdirSync(at("rehearsal/drills"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && /Drill\(/u.test(read(`rehearsal/drills/${file}`)))
    .flatMap((file) =>
      [...read(`rehearsal/drills/${file}`).matchAll(/export function (\w+Drill)\(/gu)].map(
        ([, name]) => `${file}: ${name}`,
      ),
    );
  const rows = DRILLS.map(({ load }) => String(load));
  expect(
    written.filter((each) => !rows.some((row) => row.includes(each.split(": ")[1]!))),
    "add a row for it to rehearsal/drills/all.ts",
  ).toEqual([]);
});

test("no two drills write to one folder: the second's result would hide the first's", () => {
  const folders = DRILLS.map(resultFolderOf);
  expect(new Set(folders).size).toBe(folders.length);
  expect(DRILLS[0]?.name).toBe("whole");
});
