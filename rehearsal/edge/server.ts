import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Edge } from "./edge.ts";
import { headerOf, withHeaders, type EdgeRequest, type Headers } from "./messages.ts";
import { flat, headersOf } from "./upstream.ts";

/** Header of the rehearsal's clients with their address and scheme. The edge removes it at once. */
export const CLIENT_HEADER = "x-rehearsal-client";
export const SCHEME_HEADER = "x-rehearsal-scheme";

/** Default address of a visitor, from a range for documentation (RFC 5737). */
const DEFAULT_CLIENT = "203.0.113.7";

/**
 * The edge on a loopback port. Headers give the host and the scheme, because there are no names or
 * certificates here.
 */
export class EdgeServer {
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  readonly port: number;

  private constructor(server: Server, port: number, sockets: Set<Duplex>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async start(edge: Edge): Promise<EdgeServer> {
    const sockets = new Set<Duplex>();
    const server = createServer((message, response) => {
      answer(edge, message, response).catch((error: unknown) => {
        // A fault of the rehearsal itself, with a status that Cloudflare never sends, so that it is
        // seen.
        const text = error instanceof Error ? error.message : String(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(599, { "content-type": "text/plain" }).end(text);
      });
    });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      // No other listener is left, and an unhandled error ends the process.
      socket.on("error", () => socket.destroy());
      // Bytes that arrived before there was a listener are forwarded first.
      socket.unshift(head);
      upgrade(edge, message, socket).catch(() => socket.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    return new EdgeServer(server, (server.address() as AddressInfo).port, sockets);
  }

  /** Closes every connection, including long-lived ones. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

async function answer(
  edge: Edge,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const hasBody =
    message.headers["content-length"] !== undefined ||
    message.headers["transfer-encoding"] !== undefined;
  const { status, headers, body } = await edge.answer(
    requestOf(message),
    hasBody ? message : undefined,
  );
  response.writeHead(status, flat(headers));
  if (Buffer.isBuffer(body)) response.end(body);
  else await pipeline(body, response);
  message.resume(); // The unread rest of a refused upload.
}

async function upgrade(edge: Edge, message: IncomingMessage, socket: Duplex): Promise<void> {
  const request = requestOf(message);
  const answer = await edge.upgrade(request);
  if ("status" in answer) {
    socket.write(headOf(answer.status, withHeaders(answer.headers, { connection: "close" })));
    if (Buffer.isBuffer(answer.body)) socket.end(answer.body);
    else await pipeline(answer.body, socket);
    return;
  }
  const { socket: backend, head, headers } = answer;
  backend.on("error", () => socket.destroy());
  socket.once("close", () => backend.destroy());
  socket.write(headOf(101, withHeaders(headers, { connection: "Upgrade", upgrade: "websocket" })));
  socket.write(head);
  socket.pipe(backend).pipe(socket);
}

function headOf(status: number, headers: Headers): string {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${value}\r\n`),
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`;
}

function requestOf(message: IncomingMessage): EdgeRequest {
  const headers = headersOf(message);
  const [host = ""] = (headerOf(headers, "host") ?? "").toLowerCase().split(":");
  return {
    scheme: headerOf(headers, SCHEME_HEADER) === "http" ? "http" : "https",
    method: message.method ?? "GET",
    host,
    target: message.url ?? "/",
    headers: withHeaders(headers, { [CLIENT_HEADER]: undefined, [SCHEME_HEADER]: undefined }),
    clientAddress: headerOf(headers, CLIENT_HEADER) ?? DEFAULT_CLIENT,
  };
}
