import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { headerOf, withHeaders, type EdgeRequest, type Headers } from "./messages.ts";

/** A program of a pod that answers for a Service. */
export interface Backend {
  readonly pod: string;
  /** The Unix socket behind which its port is. */
  readonly socketPath: string;
  /** The address of the connector that speaks to it: whom the program sees. */
  readonly peer: string;
}

/** An answer whose body may still be on its way. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer | Readable;
}

/** Headers that end at each hop (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "proxy-connection"],
];

/**
 * The header in which a stand-in is told who its peer would be: through a Unix socket nobody has an
 * address.
 */
export const PEER_HEADER = "x-rehearsal-peer";

/**
 * What Cloudflare and cloudflared send on: everything that came, and their own
 * (https://developers.cloudflare.com/fundamentals/reference/http-headers/).
 */
export function originHeaders(request: EdgeRequest, ray: string, peer: string): Headers {
  const { headers, clientAddress, scheme, host } = request;
  const before = headerOf(headers, "x-forwarded-for");
  const stripped = withHeaders(
    headers,
    Object.fromEntries(HOP_BY_HOP.map((name) => [name, undefined])),
  );
  return withHeaders(stripped, {
    host,
    "accept-encoding": "gzip, br",
    "cdn-loop": "cloudflare; loops=1",
    "cf-connecting-ip": clientAddress,
    "cf-ray": ray,
    "cf-visitor": JSON.stringify({ scheme }),
    "x-forwarded-for": before === undefined ? clientAddress : `${before},${clientAddress}`,
    "x-forwarded-proto": scheme,
    // "When no Worker subrequest is triggered … the x-real-ip header is stripped" (same page).
    "x-real-ip": undefined,
    [PEER_HEADER]: peer,
  });
}

/**
 * Asks a backend. @throws Error where it gives no answer: it is gone, or refuses the connection.
 */
export async function ask(
  backend: Backend,
  request: EdgeRequest,
  headers: Headers,
  body: Readable | undefined,
): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        socketPath: backend.socketPath,
        method: request.method,
        path: request.target,
        headers: flat(headers),
        agent: false,
        setHost: false,
      },
      (answer) =>
        resolve({ status: answer.statusCode ?? 502, headers: headersOf(answer), body: answer }),
    );
    sent.once("error", reject);
    if (body === undefined) sent.end();
    else {
      body.once("error", (error) => sent.destroy(error));
      body.pipe(sent);
    }
  });
}

/** A WebSocket that a backend opened: what it says, and the open line. */
export interface OpenSocket {
  readonly headers: Headers;
  readonly socket: Duplex;
  /** Bytes that arrived after its headers. */
  readonly head: Buffer;
}

/**
 * Asks a backend for a WebSocket. Answers an ordinary reply where it refuses. @throws Error as
 * `ask`.
 */
export async function askSocket(
  backend: Backend,
  request: EdgeRequest,
  headers: Headers,
): Promise<Reply | OpenSocket> {
  return await new Promise((resolve, reject) => {
    const sent = httpRequest({
      socketPath: backend.socketPath,
      method: request.method,
      path: request.target,
      headers: flat(withHeaders(headers, { connection: "Upgrade", upgrade: "websocket" })),
      agent: false,
      setHost: false,
    });
    sent.once("error", reject);
    sent.once("upgrade", (answer, socket, head) =>
      resolve({ headers: headersOf(answer), socket, head }),
    );
    sent.once("response", (answer) =>
      resolve({ status: answer.statusCode ?? 502, headers: headersOf(answer), body: answer }),
    );
    sent.end();
  });
}

/** The headers of a message, hop-by-hop ones left out. */
export function headersOf(message: Pick<IncomingMessage, "headersDistinct">): Headers {
  return withHeaders(
    message.headersDistinct as Headers,
    Object.fromEntries(HOP_BY_HOP.map((name) => [name, undefined])),
  );
}

/** As node:http takes them. */
export function flat(headers: Headers): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? "") : [...values],
    ]),
  );
}
