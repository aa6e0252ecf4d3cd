import { describe, expect, it } from "vitest";
import { jobsOf, RULES, workflows, type Job, type Workflow } from "./workflow-rules.ts";

describe.each(Object.entries(RULES))("%s", (_, rule) => {
  it.each(workflows)("$path", ({ workflow, path }) => {
    expect(rule(workflow, path)).toEqual([]);
  });
});

type Named = [
  ...[string, string, string, string, string, string, string, string, string],
  ...[string, string, string, string, string, string],
];

describe("the rules see what they are for", () => {
  const base: Workflow = { on: ["pull_request"], permissions: { contents: "read" }, jobs: {} };
  const secret = { run: "echo ${{ secrets.TOKEN }}" };
  const production = {
    needs: "check",
    if: "github.ref == 'refs/heads/main'",
    environment: "production",
    concurrency: { "cancel-in-progress": false },
  };
  const check = { uses: "./.github/workflows/check.yml" };
  const preview = { run: "node ops/ci/pulumi.ts preview prod" };
  const up = { run: "node ops/ci/pulumi.ts up prod" };
  const gate = { run: "node ops/ci/gate-command.ts prod" };
  const write = { run: "node ops/ci/write-comment.ts again prod" };
  const recover = { run: "node ops/ci/pulumi.ts recover prod" };
  const named = { run: 'sudo hostname "run-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"' };
  const asks = { permissions: { actions: "read" } };
  const reads = { permissions: { "pull-requests": "read", actions: "read" } };
  const whole = { uses: "actions/checkout@x", with: { "fetch-depth": 0 } };
  const job = (each: Job, more: Partial<Workflow> = {}): Workflow => ({
    ...base,
    ...more,
    jobs: { job: each, check },
  });
  const [SECRET, INSTALL, CHECKOUT, RIGHTS, WRITE, TRUST, PRODUCTION, PREVIEW, CUT, ...others] =
    Object.keys(RULES) as Named;
  const [GATE, TOLD, PERSON, ONE, OUTAGE, KEPT] = others;

  it.each<readonly [string, string, Workflow]>([
    ["a secret without an environment", SECRET, job({ steps: [secret] })],
    ["a secret by its other spelling", SECRET, job({ steps: [{ run: "${{ secrets['T'] }}" }] })],
    ["all secrets handed on", SECRET, job({ uses: "./x.yml", secrets: "inherit" })],
    ["a secret for every job", SECRET, job({}, { env: { A: "${{ secrets.A }}" } })],
    ["install scripts", INSTALL, job({ environment: "preview", steps: [{ run: "npm ci" }] })],
    ["a second tool", INSTALL, job({ environment: "preview", steps: [{ run: "npx x" }] })],
    [
      "another run's cache",
      INSTALL,
      job({
        environment: "preview",
        steps: [{ uses: "actions/setup-node@x", with: { cache: "npm" } }],
      }),
    ],
    ["a credential left", CHECKOUT, job({ steps: [{ uses: "actions/checkout@x" }] })],
    ["rights for all jobs", RIGHTS, { ...base, permissions: { "pull-requests": "write" } }],
    ["rights unsaid", RIGHTS, { on: "push", jobs: {} }],
    [
      "a right beside a secret",
      WRITE,
      job({ permissions: { "pull-requests": "write" }, environment: "preview" }),
    ],
    [
      "a right for the pull request's own code",
      WRITE,
      job({ permissions: { contents: "write" }, steps: [{ uses: "actions/checkout@x" }] }),
    ],
    ["every right", WRITE, job({ permissions: "write-all", environment: "preview" })],
    ["the base's rights for a pull request", TRUST, { ...base, on: { pull_request_target: {} } }],
    [
      "a run that follows one",
      TRUST,
      job(
        { steps: [{ with: { ref: "${{ github.event.workflow_run.head_sha }}" } }] },
        { on: { workflow_run: {} } },
      ),
    ],
    ["no check", PRODUCTION, job({ ...production, needs: [] })],
    ["any branch", PRODUCTION, job({ ...production, if: "always()" })],
    ["a cut", PRODUCTION, job({ ...production, concurrency: { "cancel-in-progress": true } })],
    ["no preview", PREVIEW, job({ steps: [up], "timeout-minutes": 360 })],
    ["a preview too late", PREVIEW, job({ steps: [up, preview], "timeout-minutes": 360 })],
    [
      "a preview that may fail",
      PREVIEW,
      job({ steps: [{ ...preview, "continue-on-error": true }, up], "timeout-minutes": 360 }),
    ],
    ["too short", PREVIEW, job({ steps: [preview, up], "timeout-minutes": 120 })],
    ["longer than there is", PREVIEW, job({ steps: [preview, up], "timeout-minutes": 400 })],
    ["no recovery", CUT, job({ ...asks, steps: [named, preview, up] })],
    ["a recovery too late", CUT, job({ ...asks, steps: [named, preview, recover, up] })],
    ["locks without a run", CUT, job({ ...asks, steps: [recover, named, preview, up] })],
    ["runs that it may not read", CUT, job({ steps: [named, recover, preview, up] })],
    ["no gate", GATE, job({ ...reads, steps: [whole, preview, up] })],
    ["a gate too late", GATE, job({ ...reads, steps: [whole, preview, up, gate] })],
    ["a gate that may not read", GATE, job({ ...asks, steps: [whole, preview, gate, up] })],
    [
      "a gate that may not ask for the last deploy",
      GATE,
      job({ permissions: { "pull-requests": "read" }, steps: [whole, preview, gate, up] }),
    ],
    [
      "a gate that has too few commits to find the last deploy",
      GATE,
      job({ ...reads, steps: [{ ...whole, with: { "fetch-depth": 30 } }, preview, gate, up] }),
    ],
    ["a gate that has one commit", GATE, job({ ...reads, steps: [preview, gate, up] })],
    ["a preview that nobody hears of", TOLD, job({ environment: "preview", steps: [preview] })],
    [
      "one that is told of only if it passes",
      TOLD,
      {
        ...base,
        jobs: {
          job: { environment: "preview", steps: [preview] },
          comment: { needs: "job", uses: "./.github/workflows/comment.yml" },
        },
      },
    ],
    ["a start that nobody has read", PERSON, job({ steps: [write] })],
    ["a script in a workflow", ONE, job({ environment: "preview", steps: [{ run: "a\nb" }] })],
    ["two commands", ONE, job({ environment: "preview", steps: [{ run: "a && b" }] })],
    ["a provider that gives up at once", OUTAGE, job({ steps: [preview] })],
    [
      "a deploy whose state nobody keeps",
      KEPT,
      job({ steps: [preview, { run: "node ops/ci/pulumi.ts up prod" }] }),
    ],
    [
      "Pulumi's own action",
      PREVIEW,
      job({ steps: [{ uses: "pulumi/actions@x", with: { command: "up" } }] }),
    ],
  ])("%s", (_, rule, workflow) => {
    expect(RULES[rule]?.(workflow, "")).toHaveLength(1);
  });

  it("and there is a deploy, a preview and a check for them to look at", () => {
    const environments = workflows.flatMap(({ workflow }) =>
      jobsOf(workflow).map(([, { environment }]) => environment),
    );
    expect(environments).toEqual(expect.arrayContaining(["production", "preview"]));
  });
});
