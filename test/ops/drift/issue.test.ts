import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Drift } from "../../../ops/drift/differences.ts";
import { driftText } from "../../../ops/drift/issue-text.ts";
import { tellDrift } from "../../../ops/drift/issue.ts";
import { GitHubStandIn } from "../ci/stand-in.ts";

/** The one issue about drift, with a GitHub on loopback. */

const github = new GitHubStandIn();
beforeAll(() => github.listen());
afterAll(() => github.close());
beforeEach(() => {
  github.issues.length = 0;
  github.comments.clear();
});

const RUN = "https://github.example/run/1";
const scaled = (runs: string): Drift => ({
  urn: "urn:pulumi:prod::mastodon::kubernetes:apps/v1:Deployment::web",
  kind: "Deployment",
  name: "web",
  what: "changed",
  fields: [
    {
      path: "spec.replicas",
      program: "2",
      runs,
      adopt: {
        lines: "mastodon:web:\n  replicas: 5",
        command: "pulumi config set --path mastodon:web.replicas 5",
      },
    },
  ],
  words: "",
  putBack: "npm run up -- --refresh --target 'urn'",
});
const tell = (drift: readonly Drift[]): Promise<string> =>
  tellDrift(github.client(), "prod", driftText(drift, "prod"), RUN);
const notified = (): number => [...github.comments.values()].flat().length;

it("is opened, edited in silence, commented when the set changes, and closed by itself", async () => {
  for (let at = 0; at < 120; at += 1)
    github.open({ title: `issue ${at}`, body: "", user: { login: "member", type: "User" } });
  github.open({
    body: "<!-- mastodon-drift stack=prod -->",
    user: { login: "member", type: "User" },
  });
  expect(await tell([])).toBe("No drift.");
  expect(await tell([scaled("5")])).toMatch(/is open/u);
  const own = github.issues.at(-1)!;
  expect(own.title).toBe("Drift in prod: 1 difference");
  expect(own.body).toContain("| `spec.replicas` | `2` | `5` |");
  expect(own.body).toContain("pulumi config set --path mastodon:web.replicas 5");
  expect(own.body).toContain("npm run up -- --refresh --target 'urn'");

  expect(await tell([scaled("5")])).toMatch(/the same differences/u);
  expect(notified()).toBe(0);
  expect(await tell([scaled("6")])).toMatch(/other differences/u);
  expect(notified()).toBe(1);
  expect(own.body).toContain("| `spec.replicas` | `2` | `6` |");

  expect(await tell([])).toMatch(/is closed/u);
  expect(own.state).toBe("closed");
  expect(github.issues).toHaveLength(122);
  expect(await tell([scaled("5")])).toMatch(/is open/u);
  expect(github.issues).toHaveLength(123);
});

it("has one line for each difference beyond the fortieth, and no marker of a value's", async () => {
  const many = Array.from({ length: 60 }, (_, at) => ({
    ...scaled("`a|b\n<!-- set x -->`"),
    name: `n${at}`,
  }));
  await tell(many);
  const { body } = github.issues.at(-1)!;
  expect(body).toContain("And: `n40` (Deployment), ");
  expect(body).toContain("`'a\\|b &lt;!-- set x -->'`");
  expect(body.length).toBeLessThan(65_536);
});

it("is written by the command of the workflow", async () => {
  const { count, set, body } = driftText([scaled("5")], "prod");
  const command = fileURLToPath(new URL("../../../ops/drift/tell.ts", import.meta.url));
  const status = await new Promise((resolve) =>
    spawn(process.execPath, [command, "prod"], {
      env: {
        PATH: process.env["PATH"],
        GITHUB_API_URL: github.url,
        GITHUB_SERVER_URL: "https://github.example",
        GITHUB_REPOSITORY: "owner/name",
        GITHUB_RUN_ID: "1",
        GITHUB_TOKEN: "right",
        COUNT: String(count),
        SET: set,
        BODY: body,
      },
    }).once("close", resolve),
  );
  expect(status).toBe(0);
  expect(github.issues).toHaveLength(1);
});
