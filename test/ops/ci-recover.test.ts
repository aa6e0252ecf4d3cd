import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The deploy's first step as a process of its own, with a fake CLI and a fake GitHub. */

const COMMAND = fileURLToPath(new URL("../../ops/ci/pulumi.ts", import.meta.url));

let folder: string;
let github: Server;
let status: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ci-recover-"));
  writeFileSync(join(folder, "Pulumi.prod.yaml"), "encryptionsalt: v1:abc=\nconfig: {}\n");
  writeFileSync(join(folder, "state.json"), '{"version":3,"deployment":{}}');
  // As in CLI 3.259.0: a rename is always refused, first because of a lock.
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh
cd "${folder}" && echo "$1 $2" >> commands
case "$1 $2" in
"stack export") cat state.json ;;
"cancel --stack") rm lock ;;
*) cat lock >&2 2>/dev/null || echo "error: a stack named prod already exists" >&2; exit 255 ;;
esac
`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  github = createServer((request, response) => {
    const isRight =
      request.headers.authorization === "Bearer token" &&
      request.url === "/repos/owner/name/actions/runs/123/attempts/1";
    response.writeHead(isRight ? 200 : 404).end(JSON.stringify({ status }));
  });
  await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  github.close();
  rmSync(folder, { recursive: true });
});

function lockedBy(host: string): void {
  writeFileSync(
    join(folder, "lock"),
    `error: locked\n  s3://state/.pulumi/locks/organization/mastodon/prod/1.json: created by runner@${host} (pid 7) at 2026-11-28T12:00:00Z\n`,
  );
}

async function recover() {
  const { port } = github.address() as { port: number };
  const child = spawn(process.execPath, [COMMAND, "recover", "prod"], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env["PATH"]}`,
      RUNNER_TEMP: folder,
      PULUMI_CONFIG_PASSPHRASE: "set",
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "owner/name",
      GITHUB_TOKEN: "token",
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const commands = readFileSync(join(folder, "commands"), "utf8").trim().split("\n");
  // A step that went well leaves nothing for the pull request's comment.
  expect(existsSync(join(folder, "output"))).toBe(code !== 0);
  const [summary, output] = ["summary", "output"].map((file) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : "",
  ) as [string, string];
  return { code, said, commands, summary, output };
}

describe("a deploy over an update that was cut off, or beside one that runs", () => {
  it("nothing pending: one line, and the deploy goes on", async () => {
    const { code, said, summary } = await recover();
    expect([code, said]).toEqual([
      0,
      "No operation of the stack prod is pending; nothing was changed.\n",
    ]);
    expect(summary).toContain("nothing was changed");
  });

  it("a lock of a run that has ended is taken away", async () => {
    lockedBy("run-123-1");
    status = "completed";
    const { code, said, commands } = await recover();
    expect(code, said).toBe(0);
    expect(commands).toEqual(["stack rename", "cancel --stack", "stack export"]);
  });

  it.each([
    ["run-123-1", "in_progress", "That run is in_progress"],
    ["run-456-1", "completed", "GitHub answered 404"],
    ["laptop", "completed", "That is no run of this workflow."],
  ])("a lock of %s, %s: it stays, and the deploy stops", async (host, at, words) => {
    lockedBy(host);
    status = at;
    const { code, said, commands, output } = await recover();
    expect(code).toBe(1);
    expect(said).toContain(words);
    expect(output).toContain("`pulumi cancel --stack prod`");
    expect(commands).toEqual(["stack rename"]);
    expect(existsSync(join(folder, "lock"))).toBe(true);
  });

  it("what can't be looked up without a token stops it, in a sentence", async () => {
    const resource = { urn: "urn::tag", type: "digitalocean:index/tag:Tag", inputs: { name: "a" } };
    const deployment = { pending_operations: [{ type: "creating", resource }] };
    writeFileSync(join(folder, "state.json"), JSON.stringify({ version: 3, deployment }));
    const { code, said } = await recover();
    expect(code).toBe(1);
    expect(said).toMatch(/1 operation is pending[^]*DIGITALOCEAN_TOKEN .* is not set/u);
  });
});
