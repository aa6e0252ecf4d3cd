import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DATABASE_WORK_LOCK } from "../../domain/backup/lock.ts";
import { MIGRATION_SCRIPTS, type MigrationStep } from "../../k8s/migration-scripts.ts";

/**
 * Runs both scripts with the real bash. Only Bundler is a fake, which reports the state of the
 * database.
 */
let folder: string;
const NOW = Math.floor(Date.now() / 1_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "migration-scripts-"));
  await mkdir(join(folder, "bin"));
  const bundle = join(folder, "bin", "bundle");
  await writeFile(
    bundle,
    `#!/bin/bash
if [ "$2 $4" = "ruby env" ]; then
  # The program that takes turns with a dump; its arguments are the command.
  cat > ${folder}/turns; [ -z "$AT_WORK" ] || exit 1; shift 3; exec "$@"
elif [ "$2" = ruby ]; then cat > ${folder}/asked; echo "$FOUND"; else echo "$3" >> ${folder}/calls; fi
`,
  );
  await chmod(bundle, 0o755);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Status, last output and tasks of one run. */
async function run(step: MigrationStep, found: string, until?: number, dump?: "none" | "at work") {
  const data = { since: "2025-03-02", epoch: 1 };
  const life = { data, mayBeEmptyUntil: until, refusals: new Map(), opened: [] };
  const { status, said } = await promisify(execFile)(
    "bash",
    ["-c", MIGRATION_SCRIPTS[step](life, dump !== undefined)],
    {
      env: {
        PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
        // Without it, bash looks for a .bashrc if its input is a socket.
        SHLVL: "1",
        FOUND: found,
        AT_WORK: dump === "at work" ? "yes" : "",
        LOCAL_DOMAIN: "example.social",
      },
    },
  ).then(
    ({ stderr }) => ({ status: 0, said: stderr }),
    (error: unknown) => {
      const { code, stderr } = error as { code: number; stderr: string };
      return { status: code, said: stderr };
    },
  );
  const calls = await readFile(join(folder, "calls"), "utf8").catch(() => "");
  return { status, said, tasks: calls.split("\n").filter((line) => line !== "") };
}

describe("a migration beside a dump, which would stop the server", () => {
  test.each(["pre-deployment", "post-deployment"] as const)(
    "%s takes its turn, and fails where the dump does not end",
    async (step) => {
      expect(await run(step, "pending", undefined, "none")).toMatchObject({
        status: 0,
        tasks: ["db:migrate"],
      });
      const turns = await readFile(join(folder, "turns"), "utf8");
      expect(turns).toContain(`pg_try_advisory_lock(${DATABASE_WORK_LOCK})`);
      // A lock whose node lost power would else stop each release for two hours.
      expect(turns.indexOf("tcp_keepalives_idle")).toBeGreaterThan(turns.indexOf("PG.connect"));
      expect(turns.indexOf("tcp_keepalives_idle")).toBeLessThan(turns.indexOf("advisory_lock"));
      expect(turns).toContain("delete jobs --selector app.kubernetes.io/component=backup");
      await rm(join(folder, "calls"));
      expect(await run(step, "pending", undefined, "at work")).toMatchObject({
        status: 1,
        tasks: [],
      });
    },
  );

  test("is none where nothing is pending: no release waits for a dump for nothing", async () => {
    for (const step of ["pre-deployment", "post-deployment"] as const)
      expect(await run(step, "done", undefined, "at work")).toMatchObject({ status: 0 });
  });
});

describe("no schema and no seed is put into the database of a server that lives", () => {
  test.each([
    ["empty", "after another release", undefined],
    ["unseeded", "after another release", undefined],
    ["empty", "a day after the birth", NOW - 1],
    ["unseeded", "a day after the birth", NOW - 1],
  ])("%s, %s", async (found, _when, until) => {
    expect(await run("pre-deployment", found, until)).toEqual({
      status: 1,
      said: `The database is ${found}, but example.social has lived in it since 2025-03-02 at least. Nothing was changed in it. If the database comes back by itself, run npm run up -- --refresh again; else docs/operate.md, "The database answers, but is empty".\n`,
      tasks: [],
    });
  });
});

test("a server that is born gets both, also after a first Job that died between them", async () => {
  const until = NOW + 3_600;
  expect(await run("pre-deployment", "empty", until)).toMatchObject({
    status: 0,
    tasks: ["db:prepare"],
  });
  expect((await run("pre-deployment", "unseeded", until)).tasks.slice(1)).toEqual([
    "db:migrate",
    "db:seed",
  ]);
});

test("a server that lives is migrated, and one with nothing to migrate boots no Rails", async () => {
  expect(await run("pre-deployment", "done")).toEqual({ status: 0, said: "", tasks: [] });
  expect(await run("pre-deployment", "pending")).toMatchObject({ tasks: ["db:migrate"] });
});

test.each(["empty", "unseeded"])(
  "the step after the rollout loads nothing either: %s",
  async (found) => {
    expect(await run("post-deployment", found, NOW + 3_600)).toMatchObject({
      status: 1,
      tasks: [],
    });
  },
);
