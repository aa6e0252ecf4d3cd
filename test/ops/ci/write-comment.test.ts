import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { partsOf } from "../../../ops/ci/comment-body.ts";
import { writeMoment } from "../../../ops/ci/write-moment.ts";
import { markerOf } from "../../../ops/report/verdict.ts";
import { GitHubStandIn } from "./stand-in.ts";

/** The command of the jobs that write, with a GitHub on loopback. */

const COMMAND = fileURLToPath(new URL("../../../ops/ci/write-comment.ts", import.meta.url));
const HEAD = "a".repeat(40);
const MERGE = "e".repeat(40);
const BASE = "b".repeat(40);
const NEXT = "c".repeat(40);
const STEPS = "0123456789abcdef".repeat(4);
const GREEN = { REPORT: "## 🟢 Restarts web only", LEVEL: "1", STEPS, OUTCOME: "success" };

const github = new GitHubStandIn();
beforeAll(() => github.listen());
afterAll(() => github.close());

/** Main is at this commit. */
function mainAt(sha: string): void {
  github.answers.set("git/ref/heads/main", { object: { sha } });
}

const pull = (number: number, sha: string, repository = "owner/name") => ({
  number,
  head: { sha, repo: { full_name: repository } },
});

beforeEach(() => {
  github.comments.clear();
  github.answers.clear();
  github.pulls.length = 0;
  github.seen.length = 0;
  github.failures = 0;
  mainAt(BASE);
  github.answers.set(`git/commits/${MERGE}`, { parents: [{ sha: BASE }, { sha: HEAD }] });
  github.answers.set("pulls/7", pull(7, HEAD));
});

const environment = () => ({
  GITHUB_API_URL: github.url,
  GITHUB_SERVER_URL: "https://github.example",
  GITHUB_REPOSITORY: "owner/name",
  GITHUB_RUN_ID: "1",
  GITHUB_TOKEN: "right",
  GITHUB_EVENT_NAME: "pull_request",
  GITHUB_SHA: MERGE,
  PULL_REQUEST: "7",
  COMMIT: HEAD,
});

type Moment = Parameters<typeof writeMoment>[0];
const run = (moment: Moment, more: Readonly<Record<string, string>> = {}): Promise<string> =>
  writeMoment(moment, "prod", { ...environment(), ...more }, 1);

/** The parts of the only comment of ours. */
function own(pullRequest = 7) {
  const found = github.commentsOf(pullRequest).filter(({ user }) => user.type === "Bot");
  const bodies = found.map(({ body }) => body).filter((body) => body.startsWith("<!-- mast"));
  expect(bodies).toHaveLength(1);
  return partsOf(bodies[0]!);
}

describe("the one comment", () => {
  it("takes the place of the green one before, also at the end of 150 comments, and of no other's", async () => {
    const copied = `${markerOf("prod")}\n<!-- report -->\n## 🟢 said by anybody`;
    github.say(7, copied, { login: "somebody", type: "User" });
    github.say(7, copied, { login: "another-app[bot]", type: "Bot" });
    for (let at = 0; at < 150; at += 1)
      github.say(7, `comment ${at}`, { login: "a", type: "User" });
    await run("ended", GREEN);
    expect(github.commentsOf(7)).toHaveLength(153);
    for (const [outcome, line] of [
      ["failure", /^## 🛑 No preview/u],
      ["success", /^## 🟢 Restarts web only/u],
    ] as const) {
      await run("ended", { ...(outcome === "success" ? GREEN : {}), OUTCOME: outcome });
      expect(github.commentsOf(7)).toHaveLength(153);
      expect(partsOf(github.commentsOf(7).at(-1)!.body).report).toMatch(line);
    }
    expect(github.commentsOf(7)[0]?.body).toBe(copied);
    expect(github.commentsOf(7)[1]?.body).toBe(copied);
  });

  it("goes through a pull request: waits, ends, waits for the next push above the old verdict", async () => {
    await run("waiting");
    expect(own()).toMatchObject({ report: "", notice: expect.stringMatching(/^> ⏳ Prev/u) });
    await run("ended", GREEN);
    expect(own()).toEqual({
      verdict: { head: HEAD, base: BASE, level: 1, steps: STEPS },
      notice: "",
      report: GREEN.REPORT,
    });
    await run("waiting", { COMMIT: NEXT });
    expect(own().notice).toContain("Previewing `ccccccc`");
    expect(own().notice).toContain("Below: the preview of `aaaaaaa`.");
    expect(own().report).toBe(GREEN.REPORT);
    await run("ended", { OUTCOME: "failure", REPORT: "## 🛑 Refused — no", LEVEL: "5", STEPS });
    expect(own()).toMatchObject({
      notice: "",
      report: "## 🛑 Refused — no",
      verdict: { level: 5 },
    });
  });

  it("tells that main moved while the preview ran: nothing else would tell it later", async () => {
    mainAt(NEXT);
    await run("ended", GREEN);
    expect(own().notice).toBe(
      "> ⏳ main moved (`bbbbbbb` → `ccccccc`). It is previewed again after the deploy of main.",
    );
  });

  it("is written although GitHub fails twice; with the wrong token it fails and names the right", async () => {
    github.failures = 2;
    await run("ended", GREEN);
    expect(own().report).toBe(GREEN.REPORT);
    await expect(run("ended", { ...GREEN, GITHUB_TOKEN: "wrong" })).rejects.toThrow(
      /GitHub answered 403 to GET .*The job needs `contents: read`/u,
    );
  });

  it("is written by the command of the workflow, and by no other moment", async () => {
    const command = (moment: string) =>
      new Promise((resolve) =>
        spawn(process.execPath, [COMMAND, moment, "prod"], {
          env: { PATH: process.env["PATH"], ...environment(), ...GREEN },
        }).once("close", resolve),
      );
    expect(await command("never")).toBe(2);
    expect(github.commentsOf(7)).toEqual([]);
    expect(await command("ended")).toBe(0);
    expect(own().report).toBe(GREEN.REPORT);
  });
});

describe("main has moved", () => {
  beforeEach(async () => {
    await run("ended", GREEN);
    github.pulls.push(pull(7, HEAD), pull(8, NEXT), pull(9, NEXT, "stranger/fork"));
    // 8 has no comment; 9 was previewed by a person.
    const { body } = github.commentsOf(7)[0]!;
    github.say(9, body);
    github.seen.length = 0;
    mainAt(NEXT);
  });
  const at = { GITHUB_SHA: NEXT, GITHUB_EVENT_NAME: "push" };
  const started = () => github.seen.filter(({ path }) => path.endsWith("dispatches"));

  it("the comment of every open pull request says so, and that of a fork what to type", async () => {
    expect(await run("stale", at)).toBe("Marked: 7, 9.");
    expect(own(7).notice).toContain("It is previewed again after the deploy of main.");
    expect(own(9).notice).toContain(
      `Preview it again: \`gh workflow run preview.yml -f pull-request=9 -f commit=${NEXT}\`.`,
    );
    expect(own(7).report).toBe(GREEN.REPORT);
    expect(github.commentsOf(8)).toEqual([]);
  });

  it("after the deploy the previews start anew, but a fork's never without a person", async () => {
    expect(await run("again", at)).toBe("Started: 7.");
    expect(started()).toEqual([
      {
        method: "POST",
        path: "actions/workflows/preview.yml/dispatches",
        body: { ref: "main", inputs: { "pull-request": "7", commit: HEAD } },
      },
    ]);
  });

  it("a preview that is made of what main is now is neither marked nor started", async () => {
    mainAt(BASE);
    const base = { ...at, GITHUB_SHA: BASE };
    expect(await run("stale", base)).toBe("Marked: none.");
    expect(await run("again", base)).toBe("Started: none.");
    expect(await run("again", at)).toMatch(/^Main has moved on/u);
  });

  it("where each preview is a person's, none starts: nobody has read what would get the secrets", async () => {
    await run("again", { ...at, PREVIEW: "by hand" });
    expect(started()).toEqual([]);
    await run("stale", { ...at, PREVIEW: "by hand" });
    expect(own(7).notice).toContain("gh workflow run preview.yml -f pull-request=7");
  });
});

describe("a deploy closes the comment", () => {
  const merged = { number: 7, merged_at: "2026-11-29T12:00:00Z", head: { sha: HEAD } };
  const at = { GITHUB_SHA: NEXT, GITHUB_EVENT_NAME: "push" };
  beforeEach(async () => {
    await run("ended", GREEN);
  });

  it("of the pull request that was merged as this commit, and leaves the report below", async () => {
    github.answers.set(`commits/${NEXT}/pulls`, [
      { ...merged, number: 6, merge_commit_sha: "d".repeat(40) },
      { ...merged, merge_commit_sha: NEXT },
    ]);
    await run("deployed", { ...at, OUTCOME: "success", REPORT: "> ✅ Deployed in 4 min 12 s" });
    expect(own()).toMatchObject({ notice: "> ✅ Deployed in 4 min 12 s", report: GREEN.REPORT });
    await run("deployed", { ...at, OUTCOME: "failure" });
    expect(own().notice).toMatch(
      /^> 🛑 Not deployed, or not to its end: the job of `ccccccc` left no report/u,
    );
    await run("deployed", { ...at, OUTCOME: "cancelled" });
    expect(own().notice).toMatch(/^> ⚪ Not deployed: the deploy of `ccccccc` was cancelled/u);
  });

  it("of those that were merged before and deployed with it, whose own deploy was given up", async () => {
    github.answers.set("pulls/6", pull(6, HEAD));
    await run("ended", { ...GREEN, PULL_REQUEST: "6" });
    github.answers.set(`commits/${NEXT}/pulls`, [{ ...merged, merge_commit_sha: NEXT }]);
    const together = { ...at, TOGETHER: "6 5", REPORT: "> of this one" };
    await run("deployed", { ...together, OUTCOME: "success" });
    expect(own(7).notice).toBe("> of this one");
    expect(own(6).notice).toMatch(/^> ✅ \*\*Deployed\*\* with #7 as `ccccccc`: \[the run\]/u);
    expect(own(6).report).toBe(GREEN.REPORT);
    // 5 never had a preview, so it has no comment to close.
    expect(github.commentsOf(5)).toEqual([]);
    await run("deployed", { ...together, OUTCOME: "failure" });
    expect(own(6).notice).toMatch(/^> 🛑 \*\*Not deployed, or not to its end\*\* with #7/u);
    github.answers.set(`commits/${NEXT}/pulls`, []);
    await run("deployed", { ...together, OUTCOME: "success" });
    expect(own(6).notice).toMatch(/^> ✅ \*\*Deployed\*\* as `ccccccc`: \[the run\]/u);
    expect(own(7).notice).toBe("> of this one");
  });

  it("of nothing else: a push without a pull request has no comment", async () => {
    github.answers.set(`commits/${NEXT}/pulls`, []);
    const said = await run("deployed", { ...at, OUTCOME: "success", REPORT: "> ✅" });
    expect(said).toContain("no comment");
    expect(own().notice).toBe("");
  });
});
