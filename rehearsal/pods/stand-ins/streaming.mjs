// Mastodon's streaming server as an edge sees it (mastodon/mastodon `streaming/index.js`): the API, its metrics on the same port, WebSockets.
import { createServer } from "node:http";
import process from "node:process";
import { WebSocketServer } from "ws";

const NEVER = { "cache-control": "private, no-store", "access-control-allow-origin": "*" };
const sockets = new WebSocketServer({ noServer: true });

function tokenOf(request) {
  const { authorization, "sec-websocket-protocol": protocol } = request.headers;
  const query = new URL(request.url, "http://streaming").searchParams.get("access_token");
  return authorization?.replace(/^Bearer /u, "") ?? query ?? protocol;
}

const seenOf = (request) =>
  Buffer.from(
    JSON.stringify({ method: request.method, url: request.url, headers: request.headers }),
  ).toString("base64url");

const server = createServer((request, response) => {
  // Express looks at the path as it came: it tidies no `..` away.
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
  if (tokenOf(request) === undefined)
    return send(401, "application/json", '{"error":"Missing access token"}');
  // Server-sent events: a word at once, then silence.
  response.writeHead(200, {
    ...NEVER,
    "content-type": "text/event-stream",
    "x-accel-buffering": "no",
    "x-seen": seenOf(request),
  });
  response.write(":)\n");
});

server.on("upgrade", (request, socket, head) => {
  if (tokenOf(request) === undefined) {
    socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.send(JSON.stringify({ event: "opened", payload: seenOf(request) }));
    client.on("message", (data) =>
      client.send(JSON.stringify({ event: "echo", payload: String(data) })),
    );
  });
});

server.listen(Number(process.env.PORT), "127.0.0.1");
