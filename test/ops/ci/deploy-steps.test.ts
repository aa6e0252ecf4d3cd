import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readyToRehearse, withUnpinnedImages } from "../../../plan/stack-file.ts";
import { bodyOf, partsOf } from "../../../ops/ci/comment-body.ts";
import { ended } from "../../../ops/ci/moments.ts";
import { GitHubStandIn } from "./stand-in.ts";

/** The steps of a deploy as processes of their own, with a fake CLI and a GitHub on loopback. */

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const COMMIT = "a".repeat(40);
const HEAD = "b".repeat(40);
const BASE = "c".repeat(40);

let folder: string;
const github = new GitHubStandIn();
beforeAll(async () => {
  await github.listen();
  folder = mkdtempSync(join(tmpdir(), "ci-deploy-"));
  const stackFile = readFileSync(join(ROOT, "Pulumi.prod.yaml"), "utf8");
  const ready = withUnpinnedImages(readyToRehearse(stackFile));
  writeFileSync(join(folder, "Pulumi.prod.yaml"), ready);
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh
cd "${folder}" && echo "$*" >> commands
while [ $# -gt 0 ]; do [ "$1" = --event-log ] && cp events "$2"; shift; done
echo "what Pulumi says"
exit $(cat status)
`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  for (const args of [
    ["init", "-q"],
    ["add", "Pulumi.prod.yaml"],
  ])
    execFileSync("git", args, { cwd: folder });
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  execFileSync("git", [...author, "commit", "-qm", "base"], { cwd: folder });
});
afterAll(() => {
  github.close();
  rmSync(folder, { recursive: true });
});

const metadata = (op: string, replicas: number) => {
  const side = (value: number) => ({ id: "x", inputs: { spec: { replicas: value } }, outputs: {} });
  const type = "kubernetes:apps/v1:Deployment";
  const urn = `urn:pulumi:prod::mastodon::mastodon:k8s:Streaming$${type}::streaming`;
  return { op, type, urn, old: side(2), new: side(replicas), detailedDiff: null };
};
const EVENTS = [
  { resourcePreEvent: { metadata: metadata("update", 3) } },
  { resOutputsEvent: { metadata: metadata("update", 3) } },
  { summaryEvent: { resourceChanges: { update: 1, same: 160 }, durationSeconds: 2 } },
];

/** Runs one step; the CLI writes these events and ends with this status. */
async function step(command: readonly string[], events: readonly object[], status = 0) {
  const lines = events.map((event, at) => JSON.stringify({ timestamp: 1_000 + at, ...event }));
  writeFileSync(join(folder, "events"), lines.join("\n"));
  writeFileSync(join(folder, "status"), String(status));
  for (const file of ["output", "summary"]) rmSync(join(folder, file), { force: true });
  const [file = "", ...args] = command;
  const child = spawn(process.execPath, [join(ROOT, "ops/ci", file), ...args], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env["PATH"]}`,
      RUNNER_TEMP: folder,
      PULUMI_CONFIG_PASSPHRASE: "set",
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "owner/name",
      GITHUB_RUN_ID: "1",
      GITHUB_TOKEN: "right",
      GITHUB_SHA: COMMIT,
      COMMIT: HEAD,
      BASE: "HEAD",
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const read = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
  const outputs: Record<string, string> = {};
  for (const [, name = "", , text = ""] of read("output").matchAll(
    /^(\w+)<<(\S+)\n([^]*?)\n\2$/gmu,
  ))
    outputs[name] = text;
  return { code, said, outputs, summary: read("summary") };
}

describe("the steps of a deploy, one after the other", () => {
  let handed: Record<string, string>;

  it("the preview leaves report, level and steps, and the same in the summary", async () => {
    const { code, said, outputs, summary } = await step(["pulumi.ts", "preview", "prod"], EVENTS);
    expect(code, said).toBe(0);
    expect(outputs["report"]).toMatch(/^<!-- mastodon-preview stack=prod -->\n/u);
    expect(outputs["level"]).toMatch(/^[0-3]$/u);
    expect(outputs["steps"]).toMatch(/^[0-9a-f]{64}$/u);
    expect(outputs["result"]).toBeUndefined();
    expect(readFileSync(join(folder, "preview.html"), "utf8")).toContain("</html>");
    expect(summary).toMatch(/^## /u);
    expect(summary).toContain("what Pulumi says");
    expect(readFileSync(join(folder, "commands"), "utf8")).toMatch(
      /^preview --stack prod --refresh --event-log \S+ --policy-pack \S+ /u,
    );
    handed = outputs;
  });

  /** The comment of the merged pull request, as the preview's workflow wrote it. */
  function reviewed(steps = handed["steps"]!): void {
    const run = { head: HEAD, base: BASE, url: "https://github.example/run/1" };
    const texts = { report: handed["report"]!, level: handed["level"]!, steps };
    github.comments.clear();
    for (let at = 0; at < 40; at += 1) github.say(7, `comment ${at}`);
    github.say(7, bodyOf("prod", ended(undefined, run, "success", texts)));
    expect(partsOf(github.commentsOf(7).at(-1)!.body).verdict?.steps).toBe(steps);
    github.answers.set("git/ref/heads/main", { object: { sha: COMMIT } });
    github.answers.set(`commits/${COMMIT}/pulls`, [
      { number: 7, merged_at: "2026", merge_commit_sha: COMMIT, head: { sha: HEAD } },
    ]);
  }

  it("the gate lets the same steps through, and says so", async () => {
    reviewed();
    const { code, said, outputs } = await step(["gate-command.ts", "prod"], []);
    expect(code, said).toBe(0);
    expect(said).toContain("The steps are those of #7");
    expect(outputs).toEqual({});
  });

  it("the gate stops other steps with 1, and leaves the sentence for the comment", async () => {
    reviewed("0".repeat(64));
    const { code, outputs, summary } = await step(["gate-command.ts", "prod"], []);
    expect(code).toBe(1);
    expect(outputs["result"]).toMatch(/^> 🛑 \*\*Not deployed\*\*: `aaaaaaa`\. The steps are not/u);
    expect(summary).toContain("🛑 The steps are not those of #7");
  });

  it("the update leaves what it did", async () => {
    const { code, said, outputs } = await step(["pulumi.ts", "up", "prod"], EVENTS);
    expect(code, said).toBe(0);
    expect(outputs["result"]).toMatch(/^> ✅ \*\*Deployed\*\* `aaaaaaa` in 2 s: 1 updated\./u);
  });

  it("the update keeps the reason of an unlock in the history of updates", async () => {
    const file = join(folder, "Pulumi.prod.yaml");
    const stackFile = readFileSync(file, "utf8");
    const entry = { id: "an-id", because: "grow to large", at: "20261129T010000Z" };
    const unlocked = { "postgres-pool": entry };
    writeFileSync(file, `${stackFile}  mastodon:unlocked: ${JSON.stringify(unlocked)}\n`);
    const { code, said } = await step(["pulumi.ts", "up", "prod"], EVENTS);
    writeFileSync(file, stackFile);
    expect(code, said).toBe(0);
    const typed = readFileSync(join(folder, "commands"), "utf8").trim().split("\n").at(-1);
    expect(typed).toContain(" --message unlocked: postgres-pool (grow to large) ");
  });

  it("a refused preview exits with 1 and has a report, although the program made no step", async () => {
    const refusal = { diagnosticEvent: { severity: "error", message: "mastodon:x is wrong" } };
    const { code, outputs } = await step(["pulumi.ts", "preview", "prod"], [refusal], 255);
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
    const { code, outputs } = await step(["pulumi.ts", "preview", "prod"], []);
    cpSync(join(folder, "pulumi.kept"), join(folder, "pulumi"));
    expect(code).toBe(1);
    expect(outputs["level"]).toBe("5");
    expect(outputs["report"]).toContain("panic: a crash");
  });

  it("the look for drift leaves the issue's text, count and set", async () => {
    const { code, said, outputs } = await step(["pulumi.ts", "drift", "prod"], []);
    expect(code, said).toBe(0);
    expect(outputs["count"]).toBe("0");
    expect(outputs["set"]).toMatch(/^[0-9a-f]{64}$/u);
  });
});
