import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ALERTS } from "../../observability/rules.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { withOptions } from "../config/every-option.ts";
import { ofType, podsOf } from "../stack/views.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const plan = await planStack(withOptions(readStackFile()));

const KINDS: Readonly<Record<string, string>> = {
  deploy: "kubernetes:apps/v1:Deployment",
  svc: "kubernetes:core/v1:Service",
  cronjob: "kubernetes:batch/v1:CronJob",
};

/** Names in the cluster, of resources that have a fixed one. */
function namesOf(type: string): readonly (string | undefined)[] {
  return ofType(plan, type).map(({ inputs }) => (inputs["metadata"] as { name?: string }).name);
}

test("what a page tells somebody to look at is there by that name: at night nobody guesses another", () => {
  const pages = ["README.md", ...globSync("docs/*.md", { cwd: ROOT })];
  const told = pages.flatMap((page) =>
    [
      ...readFileSync(ROOT + page, "utf8").matchAll(
        /(?<=[\s`=])(deploy|svc|cronjob)\/([a-z][a-z-]*)/gu,
      ),
    ].map(([, kind, name]) => [page, kind!, name!] as const),
  );
  expect(told.length).toBeGreaterThan(3);
  for (const [page, kind, name] of told)
    expect(namesOf(KINDS[kind]!), `${page}: ${kind}/${name}`).toContain(name);
});

test("every Job that can fail is watched, and alerts name containers that there are: one that fits none never comes", () => {
  const pods = podsOf(plan);
  const containers = pods.flatMap((pod) => pod.containers.map(({ name }) => name));
  const named = (pattern: RegExp): readonly (readonly [alert: string, value: string])[] =>
    ALERTS.flatMap(({ name, expr }) =>
      [...expr.matchAll(pattern)].map(([, value]) => [name, value!] as const),
    );
  for (const [alert, container] of named(/container="([^"]+)"/gu))
    expect(containers, alert).toContain(container);
  // Prefixes of names in the cluster: the rest is Pulumi's suffix, or the CronJob's.
  const jobs = pods.filter(({ kind }) => kind !== "Deployment").map(({ name }) => `${name}-0a1b2`);
  expect(jobs.length).toBeGreaterThan(3);
  for (const job of jobs)
    expect(
      named(/job_name=~"([^"]+)"/gu).some(([, each]) => new RegExp(`^(?:${each})$`, "u").test(job)),
      job,
    ).toBe(true);
});
