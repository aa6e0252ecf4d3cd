import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sentenceOf } from "../../ops/command-line.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test.each([
  ["plan/main.ts", ["--stack", "nowhere"], "There is no Pulumi.nowhere.yaml"],
  ["rehearsal/main.ts", ["eddge"], 'There is no drill "eddge". Did you mean edge?'],
  ["ops/tootctl.ts", [], "npm run tootctl -- --yes accounts delete bob"],
  ["ops/env/main.ts", ["import", "nofile"], "There is no file nofile; nothing was written."],
  ["rehearsal/recover.ts", ["--adopt", "web"], "Write NAME=ID, or NAME=none."],
  ["rehearsal/rebuild.ts", ["--stack", "nowhere"], "There is no Pulumi.nowhere.yaml"],
  ["rehearsal/state/main.ts", ["adopt", "--adopt", "web"], "Write NAME=ID, or NAME=none."],
  ["ops/docs/main.ts", ["--hepl"], "unknown option '--hepl'"],
])("%s %j ends in a sentence, not in a stack trace", (script, args, sentence) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    // Shared with the tests of the entry: otherwise each start compiles the SDKs again.
    env: { ...process.env, NODE_COMPILE_CACHE: join(ROOT, "test/out/compile-cache") },
  });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /mu);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
});

test("a mistake of ours keeps its place in the program: without it nobody could report it", () => {
  expect(sentenceOf(new Error("said"))).toBe("said");
  expect(sentenceOf(new TypeError("ours"))).toMatch(/^TypeError: ours\n\s+at /u);
});
