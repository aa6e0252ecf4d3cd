import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { partsOf } from "./fields.ts";
import {
  headerOf,
  ownAnswer,
  withHeaders,
  type EdgeRequest,
  type EdgeResponse,
} from "./messages.ts";
import {
  ask,
  askSocket,
  originHeaders,
  type Backend,
  type OpenSocket,
  type Reply,
} from "./upstream.ts";
import { addressesOf, ingressFor, type EdgeTunnel, type Zone } from "./zone-view.ts";

/** Origins behind the edge. */
export interface Origins {
  /** Address of a connector that runs this tunnel; undefined if there is none. */
  connectorOf(tunnel: EdgeTunnel): Promise<string | undefined>;
  /** One of the ready pods of a Service, by the URL of the ingress; undefined if there is none. */
  backendOf(service: string, peer: string): Promise<Backend | undefined>;
  /** An object of a bucket; undefined if it does not exist. */
  objectOf(bucket: string, path: string): Promise<EdgeResponse | undefined>;
}

/** Path of a request, for the report. */
export interface Trace {
  /** The rule or setting that answered, if no origin was contacted. */
  by: string | undefined;
  /** The Service, bucket or address of the target. */
  service: string | undefined;
  /** The pod that got the request; undefined if none did. */
  pod: string | undefined;
  /** Refs of the rules that matched. */
  fitted: readonly string[];
  /** Seconds for which the edge keeps the answer. */
  keptSeconds: number | undefined;
}

/** A request in progress, with its trace. */
export interface Errand {
  readonly zone: Zone;
  readonly request: EdgeRequest;
  readonly ray: string;
  readonly trace: Trace;
}

/** Finds the origin of a host through its record, the tunnel and its ingress. */
export class ToOrigin {
  readonly #origins: Origins;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /**
   * Sends the request to the origin, and streams its answer. It never throws for a fault there,
   * which is an answer, too.
   */
  async fetch(errand: Errand, body: Readable | undefined): Promise<Reply> {
    const way = await this.#way(errand);
    if (!("socketPath" in way)) return way;
    const { request, ray } = errand;
    try {
      return await ask(way, request, originHeaders(request, ray, way.peer), body);
    } catch {
      // "Unable to reach the origin service": cloudflared answers 502 (cloudflare/cloudflared
      // `connection/http2.go`, `WriteErrorResponse`).
      return ownAnswer(502, "error code: 502");
    }
  }

  /**
   * Fetches the complete answer for the cache: by GET, without a range, and only with the cached
   * object's tag (https://developers.cloudflare.com/cache/reference/etag-headers/, "Important
   * remarks"; `concepts/cache-behavior/` for HEAD).
   */
  async fetchWhole(errand: Errand, known?: EdgeResponse): Promise<EdgeResponse> {
    const headers = withHeaders(errand.request.headers, {
      range: undefined,
      "if-range": undefined,
      "if-none-match": headerOf(known?.headers ?? {}, "etag"),
      "if-modified-since": headerOf(known?.headers ?? {}, "last-modified"),
    });
    const request = { ...errand.request, method: "GET", headers };
    const reply = await this.fetch({ ...errand, request }, undefined);
    return { ...reply, body: Buffer.isBuffer(reply.body) ? reply.body : await buffer(reply.body) };
  }

  /** Opens a WebSocket. */
  async open(errand: Errand): Promise<Reply | OpenSocket> {
    const way = await this.#way(errand);
    if (!("socketPath" in way)) return way;
    const { request, ray } = errand;
    try {
      return await askSocket(way, request, originHeaders(request, ray, way.peer));
    } catch {
      return ownAnswer(502, "error code: 502");
    }
  }

  /** A backend, or the answer if none can be found. */
  async #way({ zone, request, trace }: Errand): Promise<Backend | EdgeResponse> {
    const bucket = zone.buckets.get(request.host);
    const { path } = partsOf(request.target);
    if (bucket !== undefined) {
      trace.service = `R2 ${bucket}`;
      const object = await this.#origins.objectOf(bucket, path);
      if (object === undefined) return ownAnswer(404, "Object not found");
      const known = headerOf(request.headers, "if-none-match");
      // A conditional GET (RFC 9110, 13.1.2), as S3's and R2's.
      return known !== undefined && known === headerOf(object.headers, "etag")
        ? { status: 304, headers: object.headers, body: Buffer.alloc(0) }
        : object;
    }
    const [record] = addressesOf(zone, request.host);
    const id = /^(?<id>[0-9a-f-]+)\.cfargotunnel\.com$/u.exec(record?.content ?? "")?.groups?.[
      "id"
    ];
    if (id === undefined) {
      // No program listens at the address: the connection times out
      // (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/error-522/).
      trace.service = `${record?.type ?? "nothing"} ${record?.content ?? ""}`;
      return ownAnswer(522, "error code: 522");
    }
    const tunnel = zone.tunnels.get(id);
    const peer = tunnel === undefined ? undefined : await this.#origins.connectorOf(tunnel);
    // "Cloudflare is currently unable to resolve it": 530 with error 1033 in its body
    // (…/cloudflare-1xxx-errors/error-1033/, …/cloudflare-5xx-errors/error-530/).
    if (tunnel === undefined || peer === undefined) return ownAnswer(530, "error code: 1033");
    const rule = ingressFor(tunnel, request.host, path);
    // cloudflared without any rule: 503 (cloudflare/cloudflared `ingress/ingress.go`,
    // `ErrNoIngressRulesCLI`).
    const service = rule?.service ?? "http_status:503";
    trace.service = service;
    const status = /^http_status:(?<status>\d{3})$/u.exec(service)?.groups?.["status"];
    if (status !== undefined) return { status: Number(status), headers: {}, body: Buffer.alloc(0) };
    const backend = await this.#origins.backendOf(service, peer);
    trace.pod = backend?.pod;
    return backend ?? ownAnswer(502, "error code: 502");
  }
}
