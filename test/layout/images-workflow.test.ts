import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Job {
  readonly environment?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

const TEXT = readFileSync(new URL("../../.github/workflows/images.yml", import.meta.url), "utf8");
const { permissions, jobs, on } = parse(TEXT) as {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
  readonly on: Readonly<Record<string, { readonly paths?: readonly string[] } | null>>;
};

function runsOf({ steps }: Job): string {
  return steps.map(({ run = "" }) => run).join("\n");
}

test("the images' workflow holds no secret and no environment: a changed tag must not reach production's keys", () => {
  expect(TEXT).not.toContain("secrets.");
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) expect(job.environment).toBeUndefined();
});

test("a job that runs packages may write nothing, and keeps no credential; one that writes runs none", () => {
  for (const [name, job] of Object.entries(jobs)) {
    const writes = Object.values(job.permissions ?? {}).includes("write");
    const packages = /^\s*np[mx] /mu.test(runsOf(job));
    expect([name, writes && packages]).toEqual([name, false]);
    if (!packages) continue;
    const checkout = job.steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect([name, checkout?.with?.["persist-credentials"]]).toEqual([name, false]);
  }
});

test("the check runs each week and whenever the images change, and fails by its command alone", () => {
  expect(on["schedule"]).toHaveLength(1);
  expect(on["pull_request"]?.paths).toEqual(["config/images.ts"]);
  expect(on["push"]?.paths).toEqual(["config/images.ts"]);
  const { check } = jobs;
  expect(check === undefined ? "" : runsOf(check)).toMatch(/^npm run images -- pin --check$/mu);
});
