import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EdgeClock } from "../../edge/clock.ts";
import { Edge } from "../../edge/edge.ts";
import { EdgeServer } from "../../edge/server.ts";
import type { Origins } from "../../edge/to-origin.ts";
import type { Zone } from "../../edge/zone-view.ts";
import { HOST, SECRET, zoneWith } from "./zone.ts";

const KEEP = { action: "set_cache_settings", actionParameters: { cache: true } };
const KEEPING = { http_request_cache_settings: [KEEP] };

let folder: string;
let origin: Server;
let answers: RequestListener;
let asked: string[];
const open: EdgeServer[] = [];
/** The fault behind the edge. */
let away: "nothing" | "connector" | "pods" | "program";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "edge-test-"));
  asked = [];
  away = "nothing";
  answers = (_request, response) => response.end("body");
  origin = createServer((request, response) => {
    const { "if-none-match": tag, "x-forwarded-for": forwarded } = request.headers;
    asked.push([request.method, request.url, tag, forwarded].filter(Boolean).join(" "));
    answers(request, response);
  });
  await new Promise<void>((resolve) => origin.listen(join(folder, "origin.sock"), resolve));
});

afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
  origin.closeAllConnections();
  await new Promise((resolve) => origin.close(resolve));
  await rm(folder, { recursive: true });
});

const origins: Origins = {
  connectorOf: async ({ secret }) =>
    away === "connector" || secret !== SECRET ? undefined : "10.244.0.9",
  backendOf: async (_service, peer) =>
    away === "pods"
      ? undefined
      : { pod: "web-1", peer, socketPath: join(folder, away === "program" ? "no" : "origin.sock") },
  objectOf: async () => undefined,
};

async function edgeFor(zone: Zone = zoneWith()): Promise<{
  readonly ask: (path: string, more?: AskOptions) => Promise<Came>;
  readonly edge: Edge;
  readonly clock: EdgeClock;
  readonly port: number;
}> {
  const clock = new EdgeClock();
  const edge = new Edge({ zone, origins, clock });
  const server = await EdgeServer.start(edge);
  open.push(server);
  return { edge, clock, port: server.port, ask: (path, more) => ask(server.port, path, more) };
}

interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Came {
  readonly status: number;
  readonly cache: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

async function ask(port: number, path: string, options: AskOptions = {}): Promise<Came> {
  const { method = "GET", headers = {}, body = "" } = options;
  return await new Promise((resolve, reject) => {
    const all = { host: HOST, "user-agent": "test", ...headers };
    const sent = httpRequest({ port, host: "127.0.0.1", path, method, headers: all, agent: false });
    sent.once("error", reject);
    sent.once("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.once("end", () => {
        const cache = answer.headers["cf-cache-status"] as string | undefined;
        resolve({ status: answer.statusCode ?? 0, cache, headers: answer.headers, body: text });
      });
    });
    sent.end(body);
  });
}

/** An answer with a maximum age and a tag, which answers revalidations. */
const tagged =
  (control: string, tag = '"1"'): RequestListener =>
  (request, response) => {
    const same = request.headers["if-none-match"] === tag;
    response.writeHead(same ? 304 : 200, { "cache-control": control, etag: tag });
    response.end(same ? undefined : "body");
  };

describe("a copy's life", () => {
  test("MISS, HIT with its age, REVALIDATED, HIT", async () => {
    answers = tagged("public, max-age=60");
    const { ask, clock } = await edgeFor(zoneWith(KEEPING));
    expect(await ask("/a")).toMatchObject({ cache: "MISS", body: "body" });
    clock.advance(30);
    expect(await ask("/a")).toMatchObject({ cache: "HIT", body: "body", headers: { age: "30" } });
    clock.advance(31);
    expect(await ask("/a")).toMatchObject({ cache: "REVALIDATED", status: 200, body: "body" });
    expect(await ask("/a")).toMatchObject({ cache: "HIT", headers: { age: "0" } });
    expect(asked).toEqual(["GET /a 203.0.113.7", 'GET /a "1" 203.0.113.7']);
  });

  test("EXPIRED, where it has become another", async () => {
    answers = tagged("public, max-age=60");
    const { ask, clock } = await edgeFor(zoneWith(KEEPING));
    await ask("/a");
    clock.advance(61);
    answers = tagged("public, max-age=60", '"2"');
    expect(await ask("/a")).toMatchObject({ cache: "EXPIRED", headers: { etag: '"2"' } });
    expect(await ask("/a")).toMatchObject({ cache: "HIT", headers: { etag: '"2"' } });
  });

  test("UPDATING at once, and fresh for the next", async () => {
    answers = tagged("public, max-age=60, stale-while-revalidate=60");
    const { ask, clock } = await edgeFor(zoneWith(KEEPING));
    await ask("/a");
    clock.advance(61);
    expect((await ask("/a")).cache).toBe("UPDATING");
    await expect.poll(async () => (await ask("/a")).cache).toBe("HIT");
    expect(asked).toHaveLength(2);
  });

  test.each(["connector", "pods", "program"] as const)(
    "STALE while there is no %s, an error once that may no longer be",
    async (what) => {
      answers = tagged("public, max-age=60, stale-if-error=600");
      const { ask, clock } = await edgeFor(zoneWith(KEEPING));
      await ask("/a");
      away = what;
      expect((await ask("/a")).cache).toBe("HIT");
      clock.advance(61);
      expect(await ask("/a")).toMatchObject({ cache: "STALE", status: 200, body: "body" });
      clock.advance(600);
      expect((await ask("/a")).status).toBe(what === "connector" ? 530 : 502);
    },
  );

  test("a purge by file forgets one copy, and one by prefix those of every Origin", async () => {
    answers = tagged("public, max-age=60");
    const { ask, edge } = await edgeFor(zoneWith(KEEPING));
    const elsewhere = { headers: { origin: "https://elsewhere.example" } };
    await ask("/a");
    await ask("/a", elsewhere);
    await ask("/b");
    expect(edge.cache.purge({ files: [{ url: `https://${HOST}/a` }] })).toBe(1);
    expect(edge.cache.purge({ prefixes: [`${HOST}/a`] })).toBe(1);
    expect([(await ask("/a")).cache, (await ask("/b")).cache]).toEqual(["MISS", "HIT"]);
    expect(edge.cache.purge("everything")).toBe(2);
    expect((await ask("/a", elsewhere)).cache).toBe("MISS");
  });
});

describe("of one copy", () => {
  test("HEAD has the headers, asked for by GET", async () => {
    answers = tagged("public, max-age=60");
    const { ask } = await edgeFor(zoneWith(KEEPING));
    expect(await ask("/a", { method: "HEAD" })).toMatchObject({ cache: "MISS", body: "" });
    expect(await ask("/a")).toMatchObject({ cache: "HIT", body: "body" });
    expect(asked).toEqual(["GET /a 203.0.113.7"]);
  });

  test.each([
    ["bytes=1-2", 206, "od", "bytes 1-2/4"],
    ["bytes=2-", 206, "dy", "bytes 2-3/4"],
    ["bytes=-3", 206, "ody", "bytes 1-3/4"],
    ["bytes=0-99", 206, "body", "bytes 0-3/4"],
    ["bytes=4-", 416, "", "bytes */4"],
    ["bytes=-0", 416, "", "bytes */4"],
    ["bytes=0-1,3-3", 200, "body", undefined],
    ["lines=1-2", 200, "body", undefined],
  ])("the range %s is %i %j", async (range, status, body, contentRange) => {
    answers = tagged("public, max-age=60");
    const { ask } = await edgeFor(zoneWith(KEEPING));
    for (const cache of ["MISS", "HIT"])
      expect(await ask("/a", { headers: { range } })).toMatchObject({
        ...{ cache, status, body },
        headers: contentRange === undefined ? {} : { "content-range": contentRange },
      });
  });

  test("who has it is told so", async () => {
    answers = tagged("public, max-age=60");
    const { ask } = await edgeFor(zoneWith(KEEPING));
    await ask("/a");
    const headers = { "if-none-match": 'W/"1"' };
    expect(await ask("/a", { headers })).toMatchObject({ status: 304, cache: "HIT", body: "" });
  });

  test("a compressed one is read to who can't take it, with a weak tag", async () => {
    answers = (_request, response) =>
      response
        .writeHead(200, { "content-encoding": "gzip", "cache-control": "max-age=60", etag: '"1"' })
        .end(gzipSync("words"));
    const { ask } = await edgeFor(zoneWith(KEEPING));
    const plain = await ask("/a");
    expect(plain).toMatchObject({ body: "words", headers: { etag: 'W/"1"' } });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const headers = { "accept-encoding": "gzip" };
    expect((await ask("/a", { headers })).headers).toMatchObject({
      "content-encoding": "gzip",
      etag: '"1"',
    });
  });
});

describe("the way behind the edge", () => {
  test.each([
    ["connector", 530, "error code: 1033"],
    ["pods", 502, "error code: 502"],
    ["program", 502, "error code: 502"],
  ] as const)("no %s: %i", async (what, status, body) => {
    away = what;
    const { ask } = await edgeFor();
    expect(await ask("/")).toMatchObject({ status, body, cache: "DYNAMIC" });
  });

  test("a connector with another tunnel's secret runs nothing", async () => {
    const zone = zoneWith();
    const tunnels = new Map([...zone.tunnels].map(([id, one]) => [id, { ...one, secret: "new" }]));
    const { ask } = await edgeFor({ ...zone, tunnels });
    expect((await ask("/")).status).toBe(530);
  });

  test.each([
    ["a host without a record", { records: [] }, 530],
    [
      "one that is not proxied",
      { records: [{ name: HOST, type: "A", content: "192.0.2.1", proxied: false }] },
      530,
    ],
    [
      "an address where nothing is",
      { records: [{ name: HOST, type: "AAAA", content: "100::", proxied: true }] },
      522,
    ],
  ])("%s: %i", async (_name, change, status) => {
    const { ask } = await edgeFor({ ...zoneWith(), ...change });
    expect((await ask("/")).status).toBe(status);
    expect(asked).toEqual([]);
  });

  test("a body comes through whole, a larger one than the plan takes not at all", async () => {
    answers = (request, response) => void request.pipe(response);
    const { ask } = await edgeFor();
    const post = { method: "POST", body: "x".repeat(1_000) };
    expect(await ask("/", post)).toMatchObject({ status: 200, body: post.body, cache: "DYNAMIC" });
    expect((await ask("/", { ...post, body: `${post.body}x` })).status).toBe(413);
  });

  test("the visitor's address is added behind what he says of it", async () => {
    const { ask } = await edgeFor();
    await ask("/", { headers: { "x-forwarded-for": "192.0.2.1" } });
    expect(asked).toEqual(["GET / 192.0.2.1,203.0.113.7"]);
  });

  test("how it went can be asked by the answer's ray", async () => {
    const { ask, edge } = await edgeFor(zoneWith(KEEPING));
    const { headers } = await ask("/a.js");
    expect(edge.traceOf(String(headers["cf-ray"]))).toEqual({
      ...{ by: undefined, service: "http://web.test:3000", pod: "web-1" },
      ...{ fitted: ["rule_0"], keptSeconds: 7_200 },
    });
  });
});

test("a WebSocket is passed through, its handshake by the rules alone", async () => {
  origin.on("upgrade", (request, socket) => {
    asked.push(`upgrade ${request.url} ${request.headers["sec-websocket-key"]}`);
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\nhello",
    );
    socket.on("data", (data) => socket.end(`heard ${String(data)}`));
  });
  const block = { action: "block", expression: 'http.request.uri.path eq "/blocked"' };
  const zone = zoneWith({ http_request_firewall_custom: [block] });
  const upgrade = (port: number, path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = {
        ...{ host: HOST, "user-agent": "test", connection: "Upgrade", upgrade: "websocket" },
        "sec-websocket-key": "key",
      };
      const sent = httpRequest({ port, host: "127.0.0.1", path, headers, agent: false });
      sent.once("error", reject);
      sent.once("response", (answer) => {
        answer.resume();
        resolve(`refused ${answer.statusCode}`);
      });
      sent.once("upgrade", (_answer, socket, head) => {
        let text = String(head);
        socket.on("data", (data) => (text += String(data)));
        socket.once("end", () => resolve(text));
        socket.write("words");
      });
      sent.end();
    });
  const { port } = await edgeFor(zone);
  expect(await upgrade(port, "/stream")).toBe("helloheard words");
  expect(asked).toEqual(["upgrade /stream key"]);
  expect(await upgrade(port, "/blocked")).toBe("refused 403");
  const off = await edgeFor(zoneWith({}, { websockets: "off" }));
  expect(await upgrade(off.port, "/stream")).toBe("refused 200");
});

test("addresses in a page are replaced unless the zone says not to", async () => {
  answers = (_request, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<p>@a@example.social</p>");
  const changed = await edgeFor();
  expect((await changed.ask("/")).body).toContain("email-protection");
  const kept = await edgeFor(zoneWith({}, { email_obfuscation: "off" }));
  expect((await kept.ask("/")).body).toBe("<p>@a@example.social</p>");
});
