import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bodyOf, partsOf } from "../../../ops/ci/comment-body.ts";
import { ended } from "../../../ops/ci/moments.ts";
import { DeployScene, eventsOf, HEAD, onDeployment } from "./deploy-scene.ts";

/** The steps of a deploy as processes of their own, with a fake CLI and a GitHub on loopback. */

const scene = new DeployScene();
const { github, folder } = scene;
const base = "c".repeat(40);
let commit: string;
beforeAll(async () => {
  await scene.open();
  github.answers.set("actions/workflows/deploy.yml/runs", { workflow_runs: [] });
  commit = scene.land("#7");
});
afterAll(() => scene.close());

const EVENTS = eventsOf(onDeployment("update", "streaming"));

describe("the steps of a deploy, one after the other", () => {
  let handed: Record<string, string>;

  it("the preview leaves report, level and steps, and the same in the summary", async () => {
    const { code, said, outputs, summary } = await scene.step(
      ["pulumi.ts", "preview", "prod"],
      EVENTS,
    );
    expect(code, said).toBe(0);
    expect(outputs["report"]).toMatch(/^<!-- mastodon-preview stack=prod -->\n/u);
    expect(outputs["level"]).toMatch(/^[0-3]$/u);
    expect(outputs["steps"]).toMatch(/^[0-9a-f]{64}$/u);
    expect(outputs["each"]).toMatch(/^u[1-3][A-Za-z0-9+/]{8}$/u);
    expect(outputs["result"]).toBeUndefined();
    expect(scene.read("preview.html")).toContain("</html>");
    expect(summary).toMatch(/^## /u);
    expect(summary).toContain("what Pulumi says");
    expect(scene.read("commands")).toMatch(
      /^preview --stack prod --refresh --event-log \S+ --policy-pack \S+ /u,
    );
    handed = outputs;
  });

  /** The comment of the merged pull request, as the preview's workflow wrote it. */
  function reviewed(each = handed["each"]!): void {
    const run = { head: HEAD, base, url: "https://github.example/run/1" };
    const { report, level, steps } = handed as Record<"report" | "level" | "steps", string>;
    github.comments.clear();
    for (let at = 0; at < 40; at += 1) github.say(7, `comment ${at}`);
    github.say(7, bodyOf("prod", ended(undefined, run, "success", { report, level, steps, each })));
    expect(partsOf(github.commentsOf(7).at(-1)!.body).verdict?.each).toBe(each);
    github.answers.set(`commits/${commit}/pulls`, [
      { number: 7, merged_at: "2026", merge_commit_sha: commit, head: { sha: HEAD } },
    ]);
  }

  it("the gate lets the same steps through, and says so", async () => {
    reviewed();
    const { code, said, outputs } = await scene.step(["gate-command.ts", "prod"]);
    expect(code, said).toBe(0);
    expect(said).toContain("A person has reviewed every step with #7");
    expect(outputs).toEqual({});
  });

  it("the gate stops other steps with 1, and leaves the sentence for the comment", async () => {
    reviewed("u1AAAAAAAA");
    const { code, said, outputs, summary } = await scene.step(["gate-command.ts", "prod"]);
    expect(code).toBe(1);
    expect(outputs["result"]).toContain(
      `> 🛑 **Not deployed**: \`${commit.slice(0, 7)}\`. Nobody has reviewed 1 of 1 changes`,
    );
    expect(outputs["result"]).toMatch(/\n>\n> - update `streaming` \(Deployment\)$/u);
    expect(summary).toContain("🛑 Nobody has reviewed 1 of 1 changes");
    for (const text of [said, summary]) expect(text).toContain("- update `streaming` (Deployment)");
  });

  it("the update leaves what it did", async () => {
    const { code, said, outputs } = await scene.step(["pulumi.ts", "up", "prod"], EVENTS);
    expect(code, said).toBe(0);
    expect(outputs["result"]).toContain(
      `> ✅ **Deployed** \`${commit.slice(0, 7)}\` in 2 s: 1 updated.`,
    );
  });

  it("the update keeps the reason of an unlock in the history of updates", async () => {
    const file = join(folder, "Pulumi.prod.yaml");
    const stackFile = readFileSync(file, "utf8");
    const entry = { id: "an-id", because: "grow to large", at: "20261129T010000Z" };
    const unlocked = { "postgres-pool": entry };
    writeFileSync(file, `${stackFile}  mastodon:unlocked: ${JSON.stringify(unlocked)}\n`);
    const { code, said } = await scene.step(["pulumi.ts", "up", "prod"], EVENTS);
    writeFileSync(file, stackFile);
    expect(code, said).toBe(0);
    const typed = scene.read("commands").trim().split("\n").at(-1);
    expect(typed).toContain(" --message unlocked: postgres-pool (grow to large) ");
  });

  it("a refused preview exits with 1 and has a report, although the program made no step", async () => {
    const refusal = { diagnosticEvent: { severity: "error", message: "mastodon:x is wrong" } };
    const { code, outputs } = await scene.step(["pulumi.ts", "preview", "prod"], [refusal], {
      STATUS: "255",
    });
    expect(code).toBe(1);
    expect(outputs["level"]).toBe("5");
    expect(outputs["report"]).toContain("## 🛑");
    expect(outputs["report"]).toContain("mastodon:x is wrong");
    expect(outputs["result"]).toContain("Not deployed");
  });

  it("a preview that crashed without an event log has the last lines of Pulumi", async () => {
    rmSync(join(folder, "events-preview--refresh.jsonl"), { force: true });
    cpSync(join(folder, "pulumi"), join(folder, "pulumi.kept"));
    writeFileSync(join(folder, "pulumi"), "#!/bin/sh\necho 'panic: a crash' >&2\nexit 2\n");
    const { code, outputs } = await scene.step(["pulumi.ts", "preview", "prod"], []);
    cpSync(join(folder, "pulumi.kept"), join(folder, "pulumi"));
    expect(code).toBe(1);
    expect(outputs["level"]).toBe("5");
    expect(outputs["report"]).toContain("panic: a crash");
  });

  it("the look for drift leaves the issue's text, count and set", async () => {
    const { code, said, outputs } = await scene.step(["pulumi.ts", "drift", "prod"], []);
    expect(code, said).toBe(0);
    expect(outputs["count"]).toBe("0");
    expect(outputs["set"]).toMatch(/^[0-9a-f]{64}$/u);
  });
});
