import { request as httpRequest } from "node:http";
import { PEER_HEADER, type Backend } from "../edge/upstream.ts";
import { checkOf, type Check } from "./check.ts";

/** An address of cloudflared, and one of a visitor, as production's web gets them. */
const CONNECTOR = "10.244.1.7";
const VISITOR = "203.0.113.9";

/**
 * Headers that a trusted proxy would not send, and the status of the request. Measured with Rack
 * 3.1.20, ActionPack 7.2 and Mastodon's extension of it, 2026-11-28. Rack reads `Forwarded` before
 * `X-Forwarded-For` (rack/rack v3.1 `lib/rack/request.rb`, `forwarded_priority`).
 */
const BELIEVED: readonly (readonly [
  what: string,
  headers: Readonly<Record<string, string>>,
  status: number,
  client: string | undefined,
])[] = [
  ["nothing more", {}, 200, VISITOR],
  ["a longer chain", { "x-forwarded-for": `6.6.6.6, ${VISITOR}` }, 200, VISITOR],
  ["Forwarded", { forwarded: "for=6.6.6.6" }, 200, "6.6.6.6"],
  ["Forwarded, inside the cluster", { forwarded: "for=10.244.9.9" }, 200, "10.244.9.9"],
  ["Forwarded without encryption", { forwarded: "proto=http" }, 301, VISITOR],
  ["Client-Ip", { "client-ip": "6.6.6.6" }, 500, undefined],
  ["X-Forwarded-Host", { "x-forwarded-host": "evil.example" }, 403, VISITOR],
  ["no proxy before it", { [PEER_HEADER]: "198.51.100.7" }, 500, undefined],
];

/**
 * Sends requests to web directly, as cloudflared would. Web must trust the headers that it was
 * measured to trust. Otherwise the edge's table could not tell whether its rule is needed.
 * @param host host name of the server.
 */
export async function checkVisitorAddress(backend: Backend, host: string): Promise<Check> {
  const wrong: string[] = [];
  for (const [what, headers, status, client] of BELIEVED) {
    const saw = await ask(backend, { host, ...headers });
    if (saw.status !== status) wrong.push(`${what}: ${saw.status} instead of ${status}`);
    if (saw.client !== client)
      wrong.push(
        `${what}: the visitor is ${saw.client ?? "nobody"} instead of ${client ?? "nobody"}`,
      );
  }
  return checkOf(
    "past the edge, Rack and Rails believe of a visitor what they were measured to believe",
    wrong,
    `${BELIEVED.length} requests to a real Puma`,
  );
}

async function ask(
  { socketPath }: Backend,
  more: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | undefined; readonly client: string | undefined }> {
  const headers = {
    "x-forwarded-for": VISITOR,
    "x-forwarded-proto": "https",
    [PEER_HEADER]: CONNECTOR,
    ...more,
  };
  return await new Promise((resolve, reject) => {
    httpRequest({ socketPath, path: "/about", headers }, (answer) => {
      answer.resume();
      const seen = Buffer.from(String(answer.headers["x-seen"] ?? "e30"), "base64url").toString();
      const { client } = JSON.parse(seen) as { readonly client?: string };
      resolve({ status: answer.statusCode, client });
    })
      .once("error", reject)
      .end();
  });
}
