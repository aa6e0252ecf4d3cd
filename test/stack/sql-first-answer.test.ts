import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIRST_ANSWER } from "../../k8s/sql-job.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { podsOf } from "./views.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("a database that is not found in a pod's first seconds fails no release", () => {
  const folder = temporaryFolder("first-answer");
  const psql = join(folder, "psql");
  const asked = join(folder, "asked");
  // A `psql` in a pod whose third DNS query is the first that succeeds.
  writeFileSync(
    psql,
    `#!/bin/sh\necho asked >> ${asked}\n[ $(wc -l < ${asked}) -ge 3 ] || { echo "could not translate host name" >&2; exit 2; }\n`,
  );
  chmodSync(psql, 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
  const said = execFileSync("sh", ["-c", `${FIRST_ANSWER}echo granted`], { env }).toString();
  expect(said).toBe("granted\n");
  expect(readFileSync(asked, "utf8").trim().split("\n")).toHaveLength(3);
});

test("each step that is SQL begins so", async () => {
  const steps = podsOf(await planStack()).filter(
    ({ containers }) => containers[0]?.name === "psql",
  );
  expect(steps.map(({ name }) => name).sort()).toEqual(["database-grants", "streaming-grants"]);
  for (const { containers } of steps) expect(containers[0]?.command?.[2]).toContain(FIRST_ANSWER);
});
