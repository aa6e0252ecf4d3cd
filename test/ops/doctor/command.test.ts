import { describe, expect, test } from "vitest";
import { runDoctor } from "../../../ops/doctor/command.ts";
import type { Outcome } from "../../../ops/doctor/line.ts";
import { pathOutsideNpm } from "../../../ops/doctor/lines/programs.ts";
import { Stage } from "./stage.ts";

/** Words and exit status of a run. */
async function run(stage: Stage, ...args: readonly string[]) {
  const lines: string[] = [];
  const well = await runDoctor(
    args,
    stage.world((text) => lines.push(text)),
  );
  return { well, said: lines.join("\n") };
}

describe("npm run doctor", () => {
  test("says what is to fix before what is well, and fails", async () => {
    const stage = await Stage.open();
    stage.programs.delete("doctl version");
    const { well, said } = await run(stage, "--only", "node,doctl");
    expect(well).toBe(false);
    expect(said).toMatch(/^fix {6}doctl [\s\S]*\n {16}→ https:[\s\S]*\nok {7}node /u);
    expect(said).toMatch(/\n1 to fix, 0 unknown, 1 ok, 0 skipped, in \d+\.\d s\.$/u);
  });

  test("does not fail where nothing is to fix, and takes a line by its number", async () => {
    const { well, said } = await run(await Stage.open(), "--only", "1, 2");
    expect(well).toBe(true);
    expect(said).toMatch(/^ok +node [\s\S]*^ok +pulumi /mu);
  });

  test("answers a program in JSON", async () => {
    const { said } = await run(await Stage.open(), "--json", "--only", "node");
    expect(JSON.parse(said)).toEqual([
      { number: 1, name: "node", word: "ok", says: "node v24.21.0" },
    ] satisfies Outcome[]);
  });

  test("refuses a line that is none: a deploy would else check nothing, and go on", async () => {
    await expect(run(await Stage.open(), "--only", "node,tokns")).rejects.toThrow(
      /^--only tokns: there is no such line\. Nothing was checked\. The lines are node, /u,
    );
  });

  test("gives a silent line up after its time, and calls it unknown", async () => {
    const stage = await Stage.open();
    stage.limitMs = 300;
    const world = { ...stage.world(), run: () => new Promise<string>(() => {}) };
    const lines: string[] = [];
    await runDoctor(["--only", "node"], { ...world, say: (text) => lines.push(text) });
    expect(lines.join()).toContain("unknown  node  there was no answer within 0.3 s");
  });

  test("prints no secret, also where a program repeats one in its own words", async () => {
    const stage = await Stage.open();
    const secret = stage.environment["CLOUDFLARE_API_TOKEN"]!;
    const world = { ...stage.world(), run: () => Promise.reject(new Error(`bad: ${secret}`)) };
    const lines: string[] = [];
    await runDoctor(["--only", "node"], { ...world, say: (text) => lines.push(text) });
    expect(lines.join()).toContain("bad: [CLOUDFLARE_API_TOKEN]");
    expect(lines.join()).not.toContain(secret);
  });
});

test("npm's own folders are no part of the PATH that `pulumi` is typed with", () => {
  expect(
    pathOutsideNpm(
      "/a/node_modules/.bin:/b/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin:/usr/bin",
    ),
  ).toBe("/usr/bin");
});
