import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttps, type Server } from "node:https";
import { request, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetsNginxConfig } from "../../k8s/assets-nginx.ts";
import { makeAuthority, type Authority } from "../../rehearsal/authority.ts";
import { cachedDebianRoot, DEBIAN_PACKAGES } from "../../rehearsal/machine/debian.ts";
import { freePorts } from "../../rehearsal/kubernetes/ports.ts";

/**
 * The media host of a Space, answered by the real nginx. The test has a DNS server, a Space with a
 * certificate, and nginx with the cluster's file. Only the addresses of the other two differ.
 */
const NGINX = await findNginx();
const BUCKET = "media-example-social.nyc3.digitaloceanspaces.com";
const HOST = "media.example.social";
const FILE = "/media_attachments/files/109/original/0a1b2c3d.mp4";

if (NGINX === undefined)
  console.warn("Skipped: there is no nginx on this machine; the media host is not asked.");

/** Debian 13's, with its own loader, if a rehearsal has installed it; else the machine's. */
async function findNginx(): Promise<readonly string[] | undefined> {
  const root = await cachedDebianRoot(DEBIAN_PACKAGES);
  const machines = "/usr/sbin/nginx";
  if (root === undefined) return existsSync(machines) ? [machines] : undefined;
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  const loader = join(root, "usr/lib64/ld-linux-x86-64.so.2");
  return [loader, "--library-path", libraries, join(root, machines)];
}

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let folder: string;
let authority: Authority;
let space: Server;
let dns: Socket;
let nginx: ChildProcess;
let port: number;
let asked: Asked[] = [];

describe.skipIf(NGINX === undefined)("the media host of a Space", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "media-proxy-"));
    authority = await makeAuthority("CN=roots");
    space = await openSpace(authority, BUCKET);
    dns = await openDns();
    [port] = (await freePorts(1)) as [number];
    nginx = await startNginx(port, authority);
  });

  afterAll(async () => {
    nginx.kill("SIGTERM");
    space.close();
    dns.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("answers a file with what browsers and the edge must know of it, and with nothing of the Space's own", async () => {
    const { status, headers, body } = await ask("GET", FILE);
    expect([status, body]).toEqual([200, "film"]);
    expect(headers).toMatchObject({
      "content-type": "video/mp4",
      "cache-control": "public, max-age=31536000, immutable",
      "access-control-allow-origin": "*",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; form-action 'none'",
      etag: '"abc"',
    });
    for (const name of ["set-cookie", "x-amz-request-id", "strict-transport-security", "vary"])
      expect(headers[name], name).toBeUndefined();
  });

  test("passes on a path and a range, and neither query nor cookie nor credential", async () => {
    asked = [];
    const answer = await ask("GET", `${FILE}?acl&X-Amz-Signature=1`, {
      cookie: "_session_id=1",
      authorization: "Bearer 1",
      range: "bytes=0-1",
      "if-none-match": '"abd"',
      "x-forwarded-for": "203.0.113.7",
    });
    expect(answer.status).toBe(206);
    expect(asked).toEqual([
      {
        path: FILE,
        headers: { host: BUCKET, range: "bytes=0-1", "if-none-match": '"abd"' },
      },
    ]);
  });

  test.each([
    "/",
    "/?list-type=2",
    "/media_attachments/",
    "/.env",
    "/a/../b",
    "/a/%2e%2e/b",
    "/%0d%0aX:%201",
    "/a//b",
  ])("does not ask the Space for %s", async (path) => {
    asked = [];
    const { status, headers } = await ask("GET", path);
    // A path that normalizes to a plain name may be requested; a bucket, a folder and hidden names
    // may not.
    if (asked.length === 0) expect([400, 404]).toContain(status);
    for (const each of asked) expect(each.path).toMatch(/^\/[a-z](?:\/[a-z])?$/u);
    if (status === 404) expect(headers["cache-control"]).toBe("public, max-age=30");
  });

  test.each(["POST", "PUT", "DELETE"])("refuses %s", async (method) => {
    asked = [];
    const { status, headers } = await ask(method, FILE);
    expect([status, headers["allow"], asked.length]).toEqual([405, "GET, HEAD, OPTIONS", 0]);
  });

  test("answers a browser's preflight itself", async () => {
    const { status, headers } = await ask("OPTIONS", FILE);
    expect([status, headers["access-control-allow-methods"]]).toEqual([204, "GET, HEAD, OPTIONS"]);
  });

  test("shows a refused file as one that isn't there, without the bucket's name", async () => {
    for (const path of ["/refused", "/missing"]) {
      const { status, headers, body } = await ask("GET", path);
      expect([status, headers["cache-control"]]).toEqual([404, "public, max-age=30"]);
      expect(body).not.toContain("media-example-social");
    }
  });

  test("keeps nothing of a Space that is in trouble", async () => {
    const { status, headers } = await ask("GET", "/broken");
    expect([status, headers["cache-control"]]).toEqual([503, "no-store"]);
  });

  test("speaks to nobody who can't prove to be the Space", async () => {
    const { port: spacePort } = space.address() as AddressInfo;
    const foreign = await openSpace(
      await makeAuthority("CN=somebody"),
      BUCKET,
      spacePort,
      "127.0.0.2",
    );
    const other = await openSpace(authority, "another.example", spacePort, "127.0.0.3");
    for (const address of ["127.0.0.2", "127.0.0.3"]) {
      answerWith = address;
      // The last DNS answer is valid for a second, and nginx counts whole seconds.
      await expect
        .poll(async () => (await ask("GET", FILE)).status, { timeout: 20_000, message: address })
        .toBe(503);
    }
    answerWith = "127.0.0.1";
    foreign.close();
    other.close();
  });

  test("leaves the assets host as it was", async () => {
    const { status, headers } = await ask("GET", "/health", { host: "assets.example.social" });
    expect([status, headers["content-security-policy"]]).toEqual([200, undefined]);
  });
});

let answerWith = "127.0.0.1";

async function openSpace(
  of: Authority,
  name: string,
  at = 0,
  address = "127.0.0.1",
): Promise<Server> {
  const { key, certificate } = await of.issue({
    subject: `CN=${name}`,
    usages: ["server"],
    dnsNames: [name],
  });
  const server = createHttps({ key, cert: certificate }, (incoming, answer) => {
    const { url = "", headers } = incoming;
    asked.push({ path: url, headers });
    const own = {
      "set-cookie": "a=b",
      "x-amz-request-id": "1",
      "strict-transport-security": "max-age=1",
      vary: "Origin",
      "access-control-allow-origin": "https://elsewhere.example",
    };
    const xml = "<Error><BucketName>media-example-social</BucketName></Error>";
    if (url === "/refused") answer.writeHead(403, own).end(xml);
    else if (url === "/missing") answer.writeHead(404, own).end(xml);
    else if (url === "/broken") answer.writeHead(500, own).end(xml);
    else {
      const file = {
        ...own,
        "content-type": "video/mp4",
        etag: '"abc"',
        "cache-control": "private",
      };
      if (headers.range === undefined) answer.writeHead(200, file).end("film");
      else answer.writeHead(206, { ...file, "content-range": "bytes 0-1/4" }).end("fi");
    }
  });
  await new Promise<void>((resolve) => server.listen(at, address, resolve));
  return server;
}

/** Answers every query for an address with `answerWith`, valid for a second. */
async function openDns(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (question, from) => {
    const end = question.indexOf(0, 12) + 5;
    const header = Buffer.from([question[0]!, question[1]!, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([
      0xc0,
      0x0c,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      1,
      0,
      4,
      ...answerWith.split(".").map(Number),
    ]);
    socket.send(
      Buffer.concat([header, question.subarray(12, end), record]),
      from.port,
      from.address,
    );
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}

async function startNginx(at: number, { pair }: Authority): Promise<ChildProcess> {
  const [config, roots, resolver] = ["nginx.conf", "roots.pem", "resolver.conf"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(resolver, `resolver 127.0.0.1:${dns.address().port} valid=1s ipv6=off;\n`);
  await writeFile(roots, pair.certificate);
  const text = assetsNginxConfig({
    port: at,
    staticPaths: [],
    root: folder,
    temporary: folder,
    shutdownSeconds: 1,
    media: {
      hosts: [HOST],
      origin: BUCKET,
      resolverFile: resolver,
      authorities: roots,
      originPort: (space.address() as AddressInfo).port,
    },
  });
  await writeFile(config, text);
  const [program = "", ...args] = NGINX ?? [];
  const said = await new Promise<string>((resolve, reject) => {
    execFile(program, [...args, "-e", "stderr", "-t", "-c", config], (error, _out, stderr) =>
      error === null ? resolve(stderr) : reject(new Error(stderr)),
    );
  });
  expect(said).not.toMatch(/\[(?:warn|emerg|alert|crit)\]/u);
  const child = spawn(program, [...args, "-e", "stderr", "-c", config], { stdio: "ignore" });
  for (let tries = 0; tries < 600; tries++) {
    const up = await ask("GET", "/health", { host: "assets" }, at).catch(() => undefined);
    if (up?.status === 200) return child;
    await sleep(50);
  }
  throw new Error("nginx did not answer.");
}

function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  at = port,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port: at, method, path, headers: { host: HOST, ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
