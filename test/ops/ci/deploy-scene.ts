import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readyToRehearse, withUnpinnedImages } from "../../../plan/stack-file.ts";
import { GitHubStandIn } from "./stand-in.ts";

/** A repository, a fake CLI and a GitHub on loopback, for a deploy's steps as processes. */

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Commit of the pull request that is previewed. */
export const HEAD = "b".repeat(40);

/** An ended step. */
export interface EndedStep {
  readonly code: unknown;
  /** Both streams. */
  readonly said: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export class DeployScene {
  readonly github = new GitHubStandIn();
  readonly folder = mkdtempSync(join(tmpdir(), "ci-deploy-"));

  async open(): Promise<void> {
    await this.github.listen();
    const stackFile = readFileSync(join(ROOT, "Pulumi.prod.yaml"), "utf8");
    const ready = withUnpinnedImages(readyToRehearse(stackFile));
    writeFileSync(join(this.folder, "Pulumi.prod.yaml"), ready);
    writeFileSync(
      join(this.folder, "pulumi"),
      `#!/bin/sh
cd "${this.folder}" && echo "$*" >> commands
while [ $# -gt 0 ]; do [ "$1" = --event-log ] && cp events "$2"; shift; done
echo "what Pulumi says"
exit $(cat status)
`,
    );
    chmodSync(join(this.folder, "pulumi"), 0o755);
    this.git("init", "-q");
    this.git("add", "Pulumi.prod.yaml");
    this.land("base");
  }

  close(): void {
    this.github.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Puts a commit onto main, which then is there. Returns the commit. */
  land(subject: string): string {
    this.git("commit", "-q", "--allow-empty", "-m", subject);
    const commit = this.git("rev-parse", "HEAD").trim();
    this.github.answers.set("git/ref/heads/main", { object: { sha: commit } });
    this.github.answers.set(`commits/${commit}/pulls`, []);
    return commit;
  }

  git(...args: readonly string[]): string {
    const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    return execFileSync("git", [...author, ...args], { cwd: this.folder, encoding: "utf8" });
  }

  /** Content of a file that a step left; "" if there is none. */
  read(name: string): string {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Runs one step of `ops/ci/`; the CLI writes these events and ends with this status. */
  async step(
    [file = "", ...args]: readonly string[],
    events: readonly object[] = [],
    more: Readonly<Record<string, string>> = {},
  ): Promise<EndedStep> {
    const lines = events.map((event, at) => JSON.stringify({ timestamp: 1_000 + at, ...event }));
    writeFileSync(join(this.folder, "events"), lines.join("\n"));
    writeFileSync(join(this.folder, "status"), more["STATUS"] ?? "0");
    for (const name of ["output", "summary"]) rmSync(join(this.folder, name), { force: true });
    const child = spawn(process.execPath, [join(ROOT, "ops/ci", file), ...args], {
      cwd: this.folder,
      env: {
        PATH: `${this.folder}:${process.env["PATH"]}`,
        RUNNER_TEMP: this.folder,
        PULUMI_CONFIG_PASSPHRASE: "set",
        GITHUB_OUTPUT: join(this.folder, "output"),
        GITHUB_STEP_SUMMARY: join(this.folder, "summary"),
        GITHUB_API_URL: this.github.url,
        GITHUB_SERVER_URL: "https://github.example",
        GITHUB_REPOSITORY: "owner/name",
        GITHUB_RUN_ID: "1",
        GITHUB_TOKEN: "right",
        GITHUB_SHA: this.git("rev-parse", "HEAD").trim(),
        COMMIT: HEAD,
        BASE: "HEAD",
        ...more,
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (piece: string) => (said += piece));
    const code = await new Promise((resolve) => child.once("close", resolve));
    const outputs: Record<string, string> = {};
    for (const [, name = "", , text = ""] of this.read("output").matchAll(
      /^(\w+)<<(\S+)\n([^]*?)\n\2$/gmu,
    ))
      outputs[name] = text;
    return { code, said, outputs, summary: this.read("summary") };
  }
}

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Metadata of a step on a Deployment of this name, for an event of the engine. */
export function onDeployment(op: string, name: string, replicas = 3): object {
  const side = (value: number) => ({ id: "x", inputs: { spec: { replicas: value } }, outputs: {} });
  return {
    op,
    type: DEPLOYMENT,
    urn: `urn:pulumi:prod::mastodon::mastodon:k8s:Workload$${DEPLOYMENT}::${name}`,
    old: op === "create" ? null : side(2),
    new: op === "delete" ? null : side(replicas),
    detailedDiff: null,
  };
}

/** Events of a run that takes these steps, and leaves 160 resources as they are. */
export function eventsOf(...steps: readonly object[]): readonly object[] {
  return [
    ...steps.map((metadata) => ({ resourcePreEvent: { metadata } })),
    ...steps.map((metadata) => ({ resOutputsEvent: { metadata } })),
    { summaryEvent: { resourceChanges: { same: 160 }, durationSeconds: 2 } },
  ];
}
