// A fake of Cloudflare's connector with its health and metrics (cloudflare/cloudflared
// `metrics/readiness.go`, `cmd/cloudflared/tunnel`). It is ready while it is connected to
// Cloudflare, which here it always is. After SIGTERM it is no longer ready, and ends after the
// grace period. It forwards no request.
import { createServer } from "node:http";
import process from "node:process";

const option = (name) => process.argv[process.argv.indexOf(name) + 1];
// `tunnel run` refuses a token that it can't parse; it contains account, tunnel and secret.
const { t: tunnel } = JSON.parse(Buffer.from(process.env.TUNNEL_TOKEN ?? "", "base64").toString());
const [, address, port] = /^(.*):(\d+)$/u.exec(option("--metrics"));
const graceSeconds = Number.parseInt(option("--grace-period"), 10);

let connections = 4;
const server = createServer((request, response) => {
  if (request.url === "/metrics")
    return response.end(`cloudflared_tunnel_ha_connections ${connections}\n`);
  if (request.url !== "/ready") return response.writeHead(404).end();
  response.writeHead(connections > 0 ? 200 : 503, { "content-type": "application/json" });
  response.end(
    JSON.stringify({ status: connections > 0 ? 200 : 503, readyConnections: connections }),
  );
});
server.listen(Number(port), address, () => console.log(`tunnel ${tunnel}: registered`));

process.on("SIGTERM", () => {
  connections = 0;
  // The real one ends earlier if there is no running request; here there is none.
  setTimeout(() => process.exit(0), Math.min(graceSeconds, 1) * 1_000);
});
