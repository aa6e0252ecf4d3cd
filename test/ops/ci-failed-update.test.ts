import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readyToRehearse, withUnpinnedImages } from "../../plan/stack-file.ts";

/** A deploy's update that fails: the provider's own advice would make things worse. */

const COMMAND = fileURLToPath(new URL("../../ops/ci/pulumi.ts", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ci-failed-"));
  const stackFile = readFileSync(new URL("../../Pulumi.prod.yaml", import.meta.url), "utf8");
  writeFileSync(join(folder, "Pulumi.prod.yaml"), withUnpinnedImages(readyToRehearse(stackFile)));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a step with a CLI that prints a line and ends with this status. */
function step(command: string, ends: number) {
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh\necho 'jobs.batch "migrate" already exists'\nexit ${ends}\n`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  const { status, stdout } = spawnSync(process.execPath, [COMMAND, command, "prod"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}:${process.env["PATH"]}`,
      RUNNER_TEMP: folder,
      PULUMI_CONFIG_PASSPHRASE: "set",
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
    },
  });
  const texts = ["output", "summary"].map((file) => readFileSync(join(folder, file), "utf8"));
  return { status, texts: [stdout, ...texts] };
}

const NEXT = "npm run recover -- --stack prod";

it("an update that failed ends in the line to type, in the log, the summary and the report", () => {
  const { status, texts } = step("up", 1);
  expect(status).toBe(1);
  for (const text of texts) {
    expect(text).toContain(NEXT);
    expect(text.indexOf(NEXT)).toBeGreaterThan(text.indexOf("already exists"));
  }
});

it.each([
  ["an update that went through", "up", 0],
  ["a preview, which makes nothing", "preview", 1],
])("%s says nothing of it", (_, command, ends) => {
  const { status, texts } = step(command, ends);
  expect(status).toBe(ends);
  for (const text of texts) expect(text).not.toContain(NEXT);
});
