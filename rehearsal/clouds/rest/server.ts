import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { Properties } from "../../providers/provider.ts";
import type { World } from "../world.ts";
import { Faults, type Disturbance } from "./faults.ts";
import {
  route,
  type CloudFace,
  type Method,
  type Operation,
  type RestAnswer,
  type RestRequest,
} from "./router.ts";

/** One request that an operation answered. */
export interface AskedOperation {
  readonly cloud: CloudFace["cloud"];
  readonly method: Method;
  /** Path of the operation, as in the table of operations. */
  readonly path: string;
  readonly status: number;
}

/**
 * Status for requests that the rehearsal does not model. A 404 would mean to an operator's command
 * that an object is gone. Clients do not retry this one (hashicorp/go-retryablehttp
 * `DefaultRetryPolicy`: every 5xx but 501).
 */
export const NOT_MODELLED = 501;

/** The HTTP API of one simulated cloud, on a loopback port. */
export class RestServer {
  readonly faults = new Faults();
  /** Every request that an operation answered, in order. */
  readonly asked: AskedOperation[] = [];
  /** Requests without an answer in the rehearsal, each in a sentence. */
  readonly notModelled: string[] = [];
  readonly #face: CloudFace;
  readonly #world: World;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #stopping = new AbortController();

  private constructor(face: CloudFace, world: World) {
    this.#face = face;
    this.#world = world;
    this.#server = createServer((message, response) => {
      this.#respond(message, response).catch(() => response.destroy());
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(face: CloudFace, world: World): Promise<RestServer> {
    const started = new RestServer(face, world);
    await new Promise<void>((resolve, reject) => {
      started.#server.once("error", reject);
      started.#server.listen(0, "127.0.0.1", resolve);
    });
    return started;
  }

  /** URL for a client of this cloud. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}${this.#face.basePath}`;
  }

  /** Closes every connection, including those that a slow fault delays. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(message.url ?? "/", this.url);
    const { basePath } = this.#face;
    // A path outside the base has no operation, so the message contains the whole path.
    const path = pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : pathname;
    const method = (message.method ?? "GET") as Method;
    const sent = await text(message);
    const fault = this.faults.take(method, path) ?? this.#outage(path);
    if (fault?.kind === "hang up" && fault.when === "before") return void response.destroy();
    const answer =
      fault?.kind === "answer"
        ? this.#disturbed(fault)
        : await this.#answer({
            method,
            path,
            query: searchParams,
            sent,
            headers: message.headers,
            token: tokenOf(message),
          });
    if (fault?.kind === "hang up") return void response.destroy();
    if (fault?.kind === "slow")
      await wait(fault.milliseconds, undefined, { signal: this.#stopping.signal });
    send(response, answer);
  }

  /** The failure of a call that names a thing in a region that is down. */
  #outage(path: string): Disturbance | undefined {
    return path.split("/").some((part) => this.#world.silent.has(part))
      ? { kind: "answer", status: 503 }
      : undefined;
  }

  #disturbed(fault: Disturbance & { kind: "answer" }): RestAnswer {
    const answer = this.#face.refuse(fault.status);
    if (fault.retryAfterSeconds === undefined) return answer;
    return {
      ...answer,
      headers: { ...answer.headers, "retry-after": String(fault.retryAfterSeconds) },
    };
  }

  async #answer(asked: Omit<RestRequest, "url" | "parameters" | "body">): Promise<RestAnswer> {
    const { method, path } = asked;
    const routed = route(this.#face.operations, method, path);
    const request = { ...asked, url: this.url };
    const unknown = this.#face.authenticate({ ...request, parameters: {}, body: {} }, this.#world);
    if (unknown !== undefined) return unknown;
    if (routed === undefined)
      return this.#gap(
        `The rehearsal has no operation ${method} ${path}: add it to a table in ` +
          `rehearsal/clouds/rest/${this.#face.cloud}/, with its source.`,
      );
    const body = isForm(asked.headers["content-type"]) ? {} : bodyOf(asked.sent);
    if (body === undefined) return this.#face.refuse(400, "The body is no JSON object.");
    const { operation, parameters } = routed;
    const answer = await this.#done(operation, { ...request, parameters, body });
    const { cloud } = this.#face;
    this.asked.push({ cloud, method, path: operation.path, status: answer.status });
    return answer;
  }

  async #done(operation: Operation, request: RestRequest): Promise<RestAnswer> {
    try {
      return await operation.answer(request, this.#world);
    } catch (error) {
      const refusal = this.#face.refusalOf(error);
      if (refusal !== undefined) return refusal;
      const words = error instanceof Error ? error.message : String(error);
      return this.#gap(`${request.method} ${request.path}: ${words}`);
    }
  }

  #gap(message: string): RestAnswer {
    this.notModelled.push(message);
    return this.#face.refuse(NOT_MODELLED, message);
  }
}

function tokenOf(message: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(message.headers.authorization ?? "")?.[1];
}

/** Whether a body is a form. Any other body is read as JSON, regardless of its content type. */
function isForm(type: RestRequest["headers"][string]): boolean {
  return String(type).startsWith("multipart/");
}

/** The body as an object; undefined if it is none. An empty body and `null` are an empty object. */
function bodyOf(sent: string): Properties | undefined {
  if (sent.trim() === "") return {};
  try {
    const body = JSON.parse(sent) as unknown;
    if (body === null) return {};
    return typeof body === "object" && !Array.isArray(body) ? (body as Properties) : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: RestAnswer): void {
  if (body === undefined) return void response.writeHead(status, headers).end();
  const ownType =
    Buffer.isBuffer(body) || (typeof body === "string" && headers["content-type"] !== undefined);
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
    .end(ownType ? body : JSON.stringify(body));
}
