import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { UPDATE_MINUTES } from "../../config/update-time.ts";
import { MOST_COMMITS } from "../../ops/ci/since.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Step {
  readonly uses?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly "continue-on-error"?: unknown;
  readonly if?: string;
}

/** One job of a workflow. */
export interface Job {
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: unknown;
  readonly permissions?: Permissions;
  readonly secrets?: unknown;
  readonly concurrency?: { readonly "cancel-in-progress": unknown };
  readonly "timeout-minutes"?: number;
}

type Permissions = string | Readonly<Record<string, string>>;

/** A workflow, with the fields that a rule reads. */
export interface Workflow {
  readonly on: string | readonly string[] | Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
  readonly env?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Returns the faults of a workflow, in sentences. */
type Rule = (workflow: Workflow, path: string) => readonly string[];

/** Every workflow of the project. */
export const workflows = globSync(".github/workflows/*.{yml,yaml}", { cwd: ROOT }).map((path) => ({
  path,
  workflow: parse(read(path)) as Workflow,
}));
/** Jobs with their names. */
export const jobsOf = ({ jobs }: Workflow): readonly (readonly [string, Job])[] =>
  Object.entries(jobs);
const triggersOf = ({ on }: Workflow): readonly string[] =>
  typeof on === "string" ? [on] : Array.isArray(on) ? (on as string[]) : Object.keys(on);
/** `github.token` is no secret of this project: `permissions` limits it. */
const readsSecrets = (part: unknown): boolean =>
  /\bsecrets\s*(\.|\[)(?!GITHUB_TOKEN)|toJSON\(\s*secrets|"secrets":"inherit"/iu.test(
    JSON.stringify(part ?? ""),
  );
/** Permissions that need no further check. */
const isLeast = (permissions: Permissions): boolean =>
  typeof permissions !== "string" &&
  Object.entries(permissions).every(
    ([scope, right]) => right === "none" || (scope === "contents" && right === "read"),
  );

/** Rules by the danger that each guards against. */
export const RULES: Readonly<Record<string, Rule>> = {
  "a job that reads a secret names an environment, which waits for a reviewer or takes main only": (
    workflow,
  ) => [
    ...(readsSecrets(workflow.env) ? ["its env, for every job"] : []),
    ...jobsOf(workflow).flatMap(([name, job]) =>
      readsSecrets(job) && job.environment === undefined ? [name] : [],
    ),
  ],

  "where a secret is, packages are installed without their scripts and without those of development":
    (workflow) =>
      jobsOf(workflow).flatMap(([name, { environment, steps = [] }]) =>
        environment === undefined
          ? []
          : steps.flatMap(({ run, with: given }) => [
              ...(run ?? "")
                .split("\n")
                .filter((line) => /\b(npm|npx|yarn|pnpm|corepack)\b/u.test(line))
                .filter((line) => line.trim() !== "npm ci --omit=dev --ignore-scripts")
                .map((line) => `${name}: ${line.trim()}`),
              // Other runs write the cache.
              ...(given?.["cache"] === undefined ? [] : [`${name}: cache`]),
            ]),
      ),

  "a checkout leaves no credential behind for the code that it brings": (workflow) =>
    jobsOf(workflow).flatMap(([name, { steps = [] }]) =>
      steps.flatMap(({ uses, with: given }) =>
        uses?.startsWith("actions/checkout@") === true && given?.["persist-credentials"] !== false
          ? [name]
          : [],
      ),
    ),

  "the workflow's own rights are to read what is there": ({ permissions }) =>
    permissions !== undefined && isLeast(permissions) ? [] : ["permissions"],

  "a job that may write to the repository holds no secret and runs no other's code": (workflow) =>
    jobsOf(workflow).flatMap(([name, { permissions = {}, environment, steps = [] }]) => {
      const more =
        typeof permissions === "string"
          ? permissions !== "read-all" && permissions !== ""
          : Object.entries(permissions).some(
              // An identity token works only for a service that trusts this environment.
              ([scope, right]) => right === "write" && scope !== "id-token",
            );
      if (!more) return [];
      const foreign = steps.filter(
        ({ uses, with: given }) =>
          uses?.startsWith("actions/checkout@") === true &&
          triggersOf(workflow).some(
            (each) => each === "pull_request" || each === "workflow_call",
          ) &&
          !/base|^main$/u.test(String(given?.["ref"] ?? "")),
      );
      return environment === undefined && foreign.length === 0 ? [] : [name];
    }),

  "nothing runs a pull request's code with the base branch's rights": (workflow) => [
    ...triggersOf(workflow).filter((each) => each === "pull_request_target"),
    ...(triggersOf(workflow).includes("workflow_run") &&
    /head_(sha|branch)|head\.(sha|ref)|refs\/pull/u.test(JSON.stringify(workflow.jobs))
      ? ["workflow_run with a checkout of the head"]
      : []),
  ],

  "what uses production runs on main only, after the checks of the same commit": (workflow) =>
    jobsOf(workflow).flatMap(([name, job]) => {
      if (job.environment !== "production") return [];
      const needs = [job.needs ?? []].flat();
      const checked = needs.some(
        (each) => workflow.jobs[each]?.uses === "./.github/workflows/check.yml",
      );
      return [
        ...(checked ? [] : [`${name} needs no check`]),
        ...(job.if === "github.ref == 'refs/heads/main'" ? [] : [`${name} runs on other branches`]),
        ...(job.concurrency?.["cancel-in-progress"] === false
          ? []
          : [`${name} may be cut off by the next one`]),
      ];
    }),

  "an update follows a preview in the same job, and only one that passed": (workflow) =>
    jobsOf(workflow).flatMap(([name, { steps = [], ...job }]) => {
      const at = (command: string): number =>
        steps.findIndex(({ run }) => run === `node ops/ci/pulumi.ts ${command} prod`);
      // Pulumi's own action would skip the preview.
      const around = steps.filter(
        ({ uses, run, with: given }) =>
          (uses?.startsWith("pulumi/actions@") === true && given?.["command"] !== undefined) ||
          /\bpulumi (up|update|destroy|preview)\b/u.test(run ?? ""),
      );
      const [up, preview] = [at("up"), at("preview")];
      // A step after the update may run with any result of it.
      const careless = steps
        .slice(0, up + 1)
        .some(
          (step) =>
            step["continue-on-error"] !== undefined || /always|failure/u.test(step.if ?? ""),
        );
      const wrong = up >= 0 && (preview < 0 || preview > up || careless);
      const tooLong =
        up >= 0 &&
        !(
          (job["timeout-minutes"] ?? 360) <= 360 &&
          // Installation and preview come before it; steps in progress end after it.
          (job["timeout-minutes"] ?? 0) >= UPDATE_MINUTES + 30
        );
      return [
        ...(around.length > 0 ? [`${name} runs Pulumi past ops/ci/pulumi.ts`] : []),
        ...(wrong ? [`${name} updates without a preview that passed`] : []),
        ...(tooLong
          ? [`${name} ends before its update may, or is longer than GitHub lets a job be`]
          : []),
      ];
    }),

  "an update that was cut off is recovered before the next, by a job whose locks name its run": (
    workflow,
  ) =>
    jobsOf(workflow).flatMap(([name, { steps = [], ...job }]) => {
      const runs = steps.map(({ run }) => run ?? "");
      const [named, recover, preview, up] = [
        'sudo hostname "run-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"',
        ...["recover", "preview", "up"].map((each) => `node ops/ci/pulumi.ts ${each} prod`),
      ].map((run) => runs.indexOf(run)) as [number, number, number, number];
      const { permissions = {} } = job;
      const asks = typeof permissions !== "string" && permissions["actions"] === "read";
      return up < 0 || (asks && named >= 0 && named < recover && recover < preview)
        ? []
        : [`${name} updates over what was cut off`];
    }),

  "an update is started only after the gate, which compares its preview with what was reviewed": (
    workflow,
  ) =>
    jobsOf(workflow).flatMap(([name, { steps = [], permissions = {} }]) => {
      const runs = steps.map(({ run }) => run ?? "");
      const [preview, gate, up] = [
        "node ops/ci/pulumi.ts preview prod",
        "node ops/ci/gate-command.ts prod",
        "node ops/ci/pulumi.ts up prod",
      ].map((run) => runs.indexOf(run)) as [number, number, number];
      const reads =
        typeof permissions !== "string" &&
        ["pull-requests", "actions"].every((right) => permissions[right] === "read");
      const checkout = steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
      // 0 means all. One more than the gate looks at: the deployed one is behind the last of them.
      const depth = Number(checkout?.with?.["fetch-depth"] ?? 1) || Infinity;
      const sees = reads && depth > MOST_COMMITS;
      return up < 0 || (sees && preview < gate && gate < up) ? [] : [`${name} passes no gate`];
    }),

  "a preview and a deploy are told to the pull request, however they end": (workflow) =>
    jobsOf(workflow).flatMap(([name, { environment, steps = [] }]) => {
      if (!steps.some(({ run }) => run === "node ops/ci/pulumi.ts preview prod")) return [];
      const told = jobsOf(workflow).some(
        ([, job]) =>
          job.uses === "./.github/workflows/comment.yml" &&
          [job.needs ?? []].flat().includes(name) &&
          job.if?.startsWith("always()") === true,
      );
      return environment === undefined || told ? [] : [`${name} is not told`];
    }),

  "a preview starts without a person only where a reviewer stands before its secrets": (workflow) =>
    jobsOf(workflow).flatMap(([name, { steps = [] }]) =>
      steps.flatMap(({ run = "", env = {} }) =>
        run.startsWith("node ops/ci/write-comment.ts") && env["PREVIEW"] !== "${{ vars.PREVIEW }}"
          ? [`${name} does not know of PREVIEW`]
          : [],
      ),
    ),

  "where a secret is, each step is one command: a longer one is a script with a test": (workflow) =>
    jobsOf(workflow).flatMap(([name, { environment, steps = [] }]) =>
      environment === undefined
        ? []
        : steps.flatMap(({ run = "" }) =>
            /\n.|&&|;|\|\|/u.test(run.trim()) ? [`${name}: ${run.trim()}`] : [],
          ),
    ),

  "an API that is away for a minute ends no provider in the middle of a database": (workflow) =>
    jobsOf(workflow).flatMap(([name, { steps = [] }]) =>
      steps.flatMap(({ run = "", env = {} }) =>
        run.includes("ops/ci/pulumi.ts") && env["DIGITALOCEAN_HTTP_RETRY_MAX"] !== 12
          ? [`${name}: ${run}`]
          : [],
      ),
    ),

  "a deploy keeps its state with a second vendor, whatever its update came to": (workflow) =>
    jobsOf(workflow).flatMap(([name, { steps = [] }]) => {
      const runs = steps.map(({ run }) => run ?? "");
      const up = runs.indexOf("node ops/ci/pulumi.ts up prod");
      const kept = steps.slice(up + 1).filter((step) => step.if?.startsWith("always()"));
      const exported = kept.some(({ run }) => run?.startsWith("pulumi stack export ") === true);
      const days = kept.map(({ with: given }) => given?.["retention-days"]);
      return up < 0 || (exported && days.includes(90)) ? [] : [`${name} keeps no copy`];
    }),
};
