import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { headerOf, withHeaders, type EdgeRequest, type Headers } from "./messages.ts";

/** A pod's program behind a Service. */
export interface Backend {
  readonly pod: string;
  /** The Unix socket of its port. */
  readonly socketPath: string;
  /** Address of the connector, which the program sees as its peer. */
  readonly peer: string;
}

/** An answer whose body may still be streaming. */
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

/** Header with the peer's address for a fake program, because a Unix socket has no addresses. */
export const PEER_HEADER = "x-rehearsal-peer";

/**
 * Headers that Cloudflare and cloudflared send to the origin: all received ones, and their own
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
 * Sends a request to a backend.
 * @throws Error if there is no answer: it is gone, or refuses the connection.
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

/** A WebSocket that a backend opened: its answer, and the open connection. */
export interface OpenSocket {
  readonly headers: Headers;
  readonly socket: Duplex;
  /** Bytes that arrived after its headers. */
  readonly head: Buffer;
}

/**
 * Requests a WebSocket from a backend. Returns an ordinary reply if it refuses.
 * @throws Error as `ask`.
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

/** Headers of a message without hop-by-hop ones. */
export function headersOf(message: Pick<IncomingMessage, "headersDistinct">): Headers {
  return withHeaders(
    message.headersDistinct as Headers,
    Object.fromEntries(HOP_BY_HOP.map((name) => [name, undefined])),
  );
}

/** In the form that node:http accepts. */
export function flat(headers: Headers): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? "") : [...values],
    ]),
  );
}
