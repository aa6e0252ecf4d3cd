import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { searchScript } from "../../k8s/search-script.ts";

/**
 * Runs the Job's script with the real bash and curl, against a search server of four lines. Only
 * tootctl is a fake, which records its call.
 */
const PASSWORD = "a-p%ss:w#rd'$HOME";
let folder: string;
let server: Server;
let documents: Map<string, string>;
let asked: string[];
let status: number | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "search-script-"));
  await mkdir(join(folder, "bin"));
  await tootctl("exit 0");
  documents = new Map();
  asked = [];
  status = undefined;
  server = createServer((request, response) => {
    void answer(request).then(({ code, body }) => response.writeHead(code).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function answer(request: IncomingMessage): Promise<{ code: number; body: string }> {
  const [path = "", { authorization = "" }] = [request.url, request.headers];
  asked.push(`${request.method} ${path} ${authorization}`);
  if (status !== undefined) return { code: status, body: "no" };
  if (request.method === "PUT") {
    let body = "";
    for await (const part of request) body += String(part);
    documents.set(path, body);
    return { code: 201, body: "{}" };
  }
  const source = documents.get(path);
  return source === undefined
    ? { code: 404, body: '{"error":"index_not_found_exception"}' }
    : { code: 200, body: `{"_source":${source}}` };
}

async function tootctl(ends: string): Promise<void> {
  const file = join(folder, "bin", "tootctl");
  await writeFile(file, `#!/bin/sh\necho "$@" >> ${join(folder, "calls")}\n${ends}\n`);
  await chmod(file, 0o755);
}

const calls = async (): Promise<string> => readFile(join(folder, "calls"), "utf8").catch(() => "");

async function run(generation = "4.6", env: Readonly<Record<string, string>> = {}) {
  const { port } = server.address() as AddressInfo;
  return promisify(execFile)("bash", ["-c", searchScript({ threads: 2, generation })], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      ES_HOST: "http://127.0.0.1",
      ES_PORT: String(port),
      ...env,
    },
  });
}

describe("the search Job", () => {
  test("fills the indices once, and does nothing the next time: hours on a large server", async () => {
    await run();
    expect(await calls()).toBe("search deploy --concurrency 2\n");
    expect((await run()).stdout).toBe("The indices are those of Mastodon 4.6.\n");
    expect(await calls()).toBe("search deploy --concurrency 2\n");
  });

  test("fills them again for the next minor version, and when they are lost", async () => {
    await run();
    await run("4.7");
    documents.clear();
    await run("4.7");
    expect((await calls()).split("\n").filter(Boolean)).toHaveLength(3);
  });

  test("that was cut off in the middle begins again: the structure is locked in before the filling is done", async () => {
    await tootctl("exit 1");
    await expect(run()).rejects.toThrow();
    await tootctl("exit 0");
    await run();
    expect((await calls()).split("\n").filter(Boolean)).toHaveLength(2);
  });

  test("keeps its note apart by the prefix, and signs in without the password in a command line", async () => {
    await run("4.6", { ES_PREFIX: "social", ES_USER: "mastodon", ES_PASS: PASSWORD });
    const basic = `Basic ${Buffer.from(`mastodon:${PASSWORD}`).toString("base64")}`;
    expect(asked).toEqual([
      `GET /social_stack-deployed/_doc/search ${basic}`,
      `PUT /social_stack-deployed/_doc/search ${basic}`,
    ]);
    expect(searchScript({ threads: 2, generation: "4.6" })).not.toMatch(/curl[^\n]*(-u|--user)/u);
  });

  test.each([401, 503])("fails on an answer of %d instead of filling in the dark", async (code) => {
    status = code;
    await expect(run()).rejects.toThrow(`The search server answers ${code}: no`);
    expect(await calls()).toBe("");
  });
});
