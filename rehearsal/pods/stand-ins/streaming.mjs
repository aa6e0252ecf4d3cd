// A fake of Mastodon's streaming server (mastodon/mastodon `streaming/index.js`): the API, its
// metrics on the same port, and WebSockets.
//
// It also copies the measured behavior without its database or Valkey (v4.6.5 on Node 24, with a
// pod's environment). The health check always answers 200. A request with a token answers 500
// without the database. A broken idle connection of the pool ends the process, with status 0. A
// client that subscribes without Valkey ends it, too.
import { createServer } from "node:http";
import process from "node:process";
import Redis from "ioredis";
import pg from "pg";
import { WebSocketServer } from "ws";

const NEVER = { "cache-control": "private, no-store", "access-control-allow-origin": "*" };
// Milliseconds for which the real one's pool keeps an idle connection: pg's default.
const IDLE_MS = 10_000;
const { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASS, DB_POOL } = process.env;
const { PORT, BIND = "127.0.0.1", REDIS_URL } = process.env;

process.on("uncaughtException", () => process.exit(0));

// No listener for its errors, as in `streaming/database.js`: the error of an idle client is
// uncaught.
const database = new pg.Pool({
  ...{ host: DB_HOST, port: Number(DB_PORT), database: DB_NAME, user: DB_USER, password: DB_PASS },
  ...{ ssl: {}, max: Number(DB_POOL), idleTimeoutMillis: IDLE_MS, connectionTimeoutMillis: 5_000 },
});
// A server with members sends queries all the time, so at least one connection is always open and
// idle.
setInterval(() => void database.query("SELECT 1").catch(() => undefined), IDLE_MS / 4);

const sockets = new WebSocketServer({ noServer: true });
const redis = new Redis(REDIS_URL, {
  lazyConnect: true,
  retryStrategy: (times) => Math.min(times * 100, 1_000),
});
redis.on("error", () => undefined);
redis.connect().catch(() => undefined);

function tokenOf(request) {
  const { authorization, "sec-websocket-protocol": protocol } = request.headers;
  const query = new URL(request.url, "http://streaming").searchParams.get("access_token");
  return authorization?.replace(/^Bearer /u, "") ?? query ?? protocol;
}

/** 200 for a valid token, 401 for any other and for none, 500 if the database can't be reached. */
async function statusOf(request) {
  const token = tokenOf(request);
  if (token === undefined) return 401;
  try {
    const { rowCount } = await database.query(
      "SELECT id, resource_owner_id, scopes FROM oauth_access_tokens WHERE token = $1 AND revoked_at IS NULL",
      [token],
    );
    return rowCount === 1 ? 200 : 401;
  } catch (error) {
    console.error(`${error.code ?? ""} ${error.message}`);
    return 500;
  }
}

const seenOf = (request) =>
  Buffer.from(
    JSON.stringify({ method: request.method, url: request.url, headers: request.headers }),
  ).toString("base64url");

const server = createServer(async (request, response) => {
  // Express uses the original path and does not remove `..`.
  const [path] = request.url.split("?");
  const send = (status, type, body) => {
    response.writeHead(status, { ...NEVER, "content-type": type, "x-seen": seenOf(request) });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  if (request.method === "OPTIONS") return send(204, "text/plain", "");
  if (path === "/metrics") return send(200, "text/plain; version=0.0.4", "connected_clients 0\n");
  if (path === "/api/v1/streaming/health") return send(200, "text/plain", "OK");
  if (!/^\/api\/v1\/streaming(?:\/|$)/u.test(path))
    return send(400, "application/json", '{"error":"Missing channel"}');
  const status = await statusOf(request);
  if (status !== 200) return send(status, "application/json", `{"error":"${status}"}`);
  // Server-sent events: one at once, then none.
  response.writeHead(200, {
    ...NEVER,
    "content-type": "text/event-stream",
    "x-accel-buffering": "no",
    "x-seen": seenOf(request),
  });
  response.write(":)\n");
});

server.on("upgrade", async (request, socket, head) => {
  const status = await statusOf(request);
  if (status !== 200) {
    socket.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    return;
  }
  sockets.handleUpgrade(request, socket, head, async (client) => {
    client.send(JSON.stringify({ event: "opened", payload: seenOf(request) }));
    client.on("message", (data) =>
      client.send(JSON.stringify({ event: "echo", payload: String(data) })),
    );
    if (redis.status !== "ready") process.exit(0);
    await redis.subscribe("timeline:public");
  });
});

server.listen(Number(PORT), BIND);
// As a container's first process it would ignore the signal without this.
process.on("SIGTERM", () => {
  server.close();
  process.exit(0);
});
