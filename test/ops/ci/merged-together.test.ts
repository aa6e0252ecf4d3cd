import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bodyOf } from "../../../ops/ci/comment-body.ts";
import { ended } from "../../../ops/ci/moments.ts";
import { chainOf, sinceLastDeploy } from "../../../ops/ci/since.ts";
import { DeployScene, eventsOf, onDeployment } from "./deploy-scene.ts";

/**
 * Two pull requests that are merged shortly after each other. GitHub's queue keeps only the newest
 * waiting run, so the deploy of the second one has the steps of both.
 */

const scene = new DeployScene();
const { github } = scene;
beforeAll(() => scene.open());
afterAll(() => scene.close());

const head = (number: number): string => String(number).repeat(40).slice(0, 40);
const WEB = onDeployment("update", "web");
const STREAMING = onDeployment("update", "streaming");
const ASSETS = onDeployment("create", "assets");

/** Previews a pull request on top of a commit of main, and writes its comment. */
async function preview(number: number, base: string, ...steps: readonly object[]): Promise<void> {
  const { outputs, said } = await scene.step(["pulumi.ts", "preview", "prod"], eventsOf(...steps), {
    COMMIT: head(number),
  });
  expect(outputs["level"], said).toMatch(/^[0-5]$/u);
  const run = { head: head(number), base, url: "https://github.example/run/1" };
  const { report = "", level = "", steps: hash = "", each = "" } = outputs;
  const texts = { report, level, steps: hash, each };
  github.comments.delete(number);
  github.say(number, bodyOf("prod", ended(undefined, run, "success", texts)));
}

const pullOf = (number: number, commit: string) => ({
  ...{ number, merged_at: "2026", merge_commit_sha: commit, head: { sha: head(number) } },
});

/** Merges a pull request, by a squash if there is no commit yet. */
function merge(number: number, commit = scene.land(`#${number}`)): string {
  github.answers.set(`commits/${commit}/pulls`, [pullOf(number, commit)]);
  return commit;
}

/** These commits were deployed, the newest last. */
function deployed(...commits: readonly string[]): void {
  github.answers.set("actions/workflows/deploy.yml/runs", {
    workflow_runs: commits.map((head_sha) => ({ head_sha, conclusion: "success" })),
  });
}

const gate = (accepted = "") => scene.step(["gate-command.ts", "prod"], [], { ACCEPTED: accepted });

/** The deploy's own preview, and the gate after it. */
async function deploy(...steps: readonly object[]) {
  const { said, code } = await scene.step(["pulumi.ts", "preview", "prod"], eventsOf(...steps));
  expect(code, said).toBe(0);
  return await gate();
}

describe("two pull requests that are merged shortly after each other", () => {
  beforeAll(async () => {
    const base = scene.land("the one that runs");
    deployed(base);
    await preview(7, base, WEB);
    await preview(8, base, STREAMING, ASSETS);
    merge(7);
    merge(8);
  }, 60_000);

  it("are deployed as one: a person has reviewed each step", async () => {
    const { code, said, outputs } = await deploy(WEB, STREAMING, ASSETS);
    expect(code, said).toBe(0);
    expect(said).toContain("A person has reviewed every step with #7 and #8");
    expect(outputs).toEqual({ together: "7" });
  });

  it("are deployed without the steps that a deploy has done before it failed", async () => {
    const { code, said } = await deploy(STREAMING);
    expect(code, said).toBe(0);
  });

  it("stop with a step of neither, which is named, and the line in the message deploys it", async () => {
    const other = [onDeployment("create", "metrics-server"), onDeployment("update", "sidekiq")];
    const stopped = await deploy(WEB, ...other, ASSETS);
    expect(stopped.code).toBe(1);
    for (const text of [stopped.said, stopped.summary, stopped.outputs["result"]]) {
      expect(text).toContain("Nobody has reviewed 2 of 4 changes");
      expect(text).toContain("- create `metrics-server` (Deployment)");
      expect(text).toContain("- update `sidekiq` (Deployment)");
    }
    const [, typed] = /gh workflow run deploy\.yml -f steps=(\w+)/u.exec(stopped.said) ?? [];
    const accepted = await gate(typed);
    expect(accepted.code, accepted.said).toBe(0);
  });
});

describe("the commits since the last deploy", () => {
  const since = async () =>
    await sinceLastDeploy(
      github.client(),
      "prod",
      await chainOf(scene.git("rev-parse", "HEAD").trim(), scene.folder),
    );
  const numbers = async (): Promise<readonly (number | undefined)[]> =>
    (await since()).commits.map(({ pull }) => pull?.number);

  it("are those since the newest one whose deploy succeeded, pushes among them", async () => {
    const [old, last] = [merge(1), merge(2)];
    merge(3);
    scene.land("pushed");
    merge(4);
    deployed(last, old);
    expect(await since()).toMatchObject({ deployed: last });
    expect(await numbers()).toEqual([4, undefined, 3]);
  });

  it("are the newest alone if no deploy ever succeeded, or only of other commits", async () => {
    merge(1);
    merge(2);
    for (const commits of [[], ["0".repeat(40)]]) {
      deployed(...commits);
      expect(await since()).not.toHaveProperty("deployed");
      expect(await numbers()).toEqual([2]);
    }
  });

  it("are the newest alone once it is deployed: a second deploy of it is compared, too", async () => {
    deployed(merge(1), merge(2));
    expect(await numbers()).toEqual([2]);
  });

  it("of a run that failed or was cancelled do not count as deployed", async () => {
    const last = merge(1);
    const failed = merge(2);
    github.answers.set("actions/workflows/deploy.yml/runs", {
      workflow_runs: [
        { head_sha: failed, conclusion: "failure" },
        { head_sha: failed, conclusion: null },
        { head_sha: last, conclusion: "success" },
      ],
    });
    expect(await since()).toMatchObject({ deployed: last });
  });

  it("leave out those of a merged branch, and take each commit of a rebase for its pull request's", async () => {
    deployed(scene.land("deployed"));
    scene.git("checkout", "-q", "-b", "branch");
    scene.land("on the branch");
    scene.git("checkout", "-q", "-");
    scene.land("main meanwhile");
    scene.git("merge", "-q", "--no-ff", "-m", "#5", "branch");
    scene.git("branch", "-q", "-D", "branch");
    merge(5, scene.git("rev-parse", "HEAD").trim());
    const below = scene.land("first of #6");
    merge(6);
    github.answers.set(`commits/${below}/pulls`, [
      pullOf(6, scene.git("rev-parse", "HEAD").trim()),
    ]);
    github.seen.length = 0;
    expect(await numbers()).toEqual([6, 6, 5, undefined]);
    const comments = github.seen.filter(({ path }) => path.endsWith("/comments"));
    expect(comments.map(({ path }) => path)).toEqual(["issues/6/comments", "issues/5/comments"]);
  });

  it("are asked for with two requests each and two more, and never for more than 30 commits", async () => {
    deployed(scene.land("deployed"));
    for (let at = 0; at < 30; at += 1) merge(100 + at);
    github.seen.length = 0;
    expect(await numbers()).toHaveLength(30);
    expect(github.seen).toHaveLength(1 + 2 * 30);
    merge(200);
    github.seen.length = 0;
    expect(await numbers()).toEqual([200]);
    expect(github.seen).toHaveLength(3);
  });
});
