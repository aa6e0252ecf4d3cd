import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leastNode, oldNode } from "./old-node.ts";
import { startRecordingEngine, type RecordingEngine } from "./recording-engine.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RUNNER = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run/index.js");
let engine: RecordingEngine;
beforeEach(async () => {
  engine = await startRecordingEngine();
});
afterEach(() => {
  engine.stop();
});

/** Output of `pulumi up` with this `node` on the PATH. */
async function saidBy(node: string, ...options: readonly string[]): Promise<string> {
  const child = spawn(
    node,
    [
      ...options,
      RUNNER,
      `--monitor=${engine.address}`,
      `--engine=${engine.address}`,
      "--project=mastodon",
      "--stack=prod",
      "--organization=organization",
      `--pwd=${ROOT}`,
      ".",
    ],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", PULUMI_NODEJS_TYPESCRIPT: "false" },
    },
  );
  let written = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (written += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  expect(status).not.toBe(0);
  expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  return [...engine.errors, written].join("\n").trim();
}

const SENTENCE = new RegExp(
  "^The `node` on the PATH is [\\d.]+ \\(/.*\\), which can't read this program; nothing was changed\\. " +
    `Install Node ${leastNode().join("\\.")} or later \\(https://nodejs\\.org/\\), ` +
    "or run `npm run preview` and `npm run up`, which bring their own\\.$",
  "u",
);

test("a Node that can't read TypeScript ends in one sentence that says what to install", async () => {
  expect(await saidBy(process.execPath, "--no-experimental-strip-types")).toMatch(SENTENCE);
});

const old = oldNode();

// `.ci/run` downloads one and names it, so CI has one or fails; a shell under sudo does not keep
// `CI`.
test.runIf(old !== undefined || process.env["OLD_NODE"] !== undefined)(
  "a real Node older than package.json asks for ends in the same sentence",
  async () => {
    expect(old, "OLD_NODE names no older Node").toBeDefined();
    expect(await saidBy(old ?? "")).toMatch(SENTENCE);
  },
);
