import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { addressesOf, type Zone } from "./zone-view.ts";
import { EdgeCache } from "./cache.ts";
import type { EdgeClock } from "./clock.ts";
import { headerOf, ownAnswer, withHeaders, type EdgeRequest } from "./messages.ts";
import { obfuscated } from "./obfuscation.ts";
import { requestPhases, responsePhases, type Passage } from "./phases.ts";
import { PurgeApi } from "./purge-api.ts";
import { RateLimiter } from "./rate-limit.ts";
import { throughCache } from "./through-cache.ts";
import { ToOrigin, type Origins, type Trace } from "./to-origin.ts";
import type { OpenSocket, Reply } from "./upstream.ts";
import { routeFor, runWorker } from "./worker.ts";

/** Number of traces that are kept: more than a drill's table needs. */
const TRACES = 2_000;

/**
 * Cloudflare in front of one zone: phases, cache, tunnel. It opens no socket; `server.ts` listens.
 */
export class Edge {
  /** Must be read again after each `pulumi up`. */
  zone: Zone;
  readonly cache: EdgeCache;
  readonly #clock: EdgeClock;
  readonly #toOrigin: ToOrigin;
  readonly #limiter: RateLimiter;
  readonly #purgeApi: PurgeApi;
  readonly #traces = new Map<string, Trace>();

  constructor(options: {
    readonly zone: Zone;
    readonly origins: Origins;
    readonly clock: EdgeClock;
  }) {
    this.zone = options.zone;
    this.#toOrigin = new ToOrigin(options.origins);
    this.#clock = options.clock;
    this.cache = new EdgeCache(options.clock);
    this.#limiter = new RateLimiter(options.clock);
    this.#purgeApi = new PurgeApi(this.cache, options.clock);
  }

  /** Trace of the request whose answer has this `cf-ray`. */
  traceOf(ray: string): Trace | undefined {
    return this.#traces.get(ray);
  }

  /** Answers a request. `body` only if it has one. */
  async answer(request: EdgeRequest, body: Readable | undefined): Promise<Reply> {
    const { ray, trace, passage } = this.#begin(request);
    if (passage.kind === "answered") return this.#finished(request, ray, passage.response);
    const worker = routeFor(this.zone.workers, request);
    if (worker !== undefined) {
      trace.by = `Worker ${worker.name}`;
      const { purgeTokens } = this.zone;
      const made = await runWorker(worker, passage.request, (call) =>
        this.#purgeApi.answer(call, purgeTokens),
      );
      return this.#finished(passage.request, ray, made);
    }
    const { cache: settings, config } = passage;
    const errand = { zone: this.zone, request: passage.request, ray, trace };
    const { status, reply } = await throughCache(
      { cache: this.cache, clock: this.#clock, toOrigin: this.#toOrigin },
      { ...errand, settings },
      body,
    );
    const obfuscates = config.emailObfuscation ?? this.zone.settings["email_obfuscation"] === "on";
    const whole = obfuscates ? await obfuscated(reply) : reply;
    return this.#finished(passage.request, ray, whole, status);
  }

  /**
   * Opens a WebSocket, or returns a refusal. Only its handshake passes the phases, and no cache
   * (https://developers.cloudflare.com/network/websockets/). If WebSockets are off in the zone, the
   * request continues as an ordinary one. Cloudflare's behavior then isn't documented.
   */
  async upgrade(request: EdgeRequest): Promise<Reply | OpenSocket> {
    if (this.zone.settings["websockets"] !== "on") {
      const headers = withHeaders(request.headers, { upgrade: undefined, connection: undefined });
      return await this.answer({ ...request, headers }, undefined);
    }
    const { ray, trace, passage } = this.#begin(request);
    if (passage.kind === "answered") return this.#finished(request, ray, passage.response);
    const errand = { zone: this.zone, request: passage.request, ray, trace };
    const answer = await this.#toOrigin.open(errand);
    if ("status" in answer) return this.#finished(passage.request, ray, answer, "DYNAMIC");
    const opened = { status: 101, headers: answer.headers, body: Buffer.alloc(0) };
    const { headers } = this.#finished(passage.request, ray, opened);
    return { ...answer, headers };
  }

  #begin(request: EdgeRequest): {
    readonly ray: string;
    readonly trace: Trace;
    readonly passage: Passage;
  } {
    // "230b030023ae2822-SJC": sixteen digits and a data center, which is invented here.
    const ray = `${randomBytes(8).toString("hex")}-XXX`;
    const passage = this.#refused(request) ?? requestPhases(this.zone, request, this.#limiter);
    const trace: Trace = {
      by: passage.kind === "answered" ? passage.by : undefined,
      service: undefined,
      pod: undefined,
      fitted: passage.kind === "answered" ? [] : passage.fitted,
      keptSeconds: undefined,
    };
    this.#traces.set(ray, trace);
    if (this.#traces.size > TRACES) this.#traces.delete(this.#traces.keys().next().value ?? "");
    return { ray, trace, passage };
  }

  /**
   * Cloudflare's answer before any rule: for a host that it does not serve, and for a body that is
   * too large.
   */
  #refused(request: EdgeRequest): Passage | undefined {
    const served = addressesOf(this.zone, request.host).some(({ proxied }) => proxied);
    if (!served && !this.zone.buckets.has(request.host))
      // "A web request was sent to a Cloudflare IP address for a non-existent Cloudflare domain"
      // (its page on error 1001).
      return { kind: "answered", by: "DNS", response: ownAnswer(530, "error code: 1001") };
    if (Number(headerOf(request.headers, "content-length") ?? 0) > this.zone.maxUploadBytes)
      return {
        kind: "answered",
        by: "upload limit",
        response: ownAnswer(413, "413 Request Entity Too Large"),
      };
    return undefined;
  }

  /** The final answer: with Cloudflare's own headers, after the response phases. */
  #finished(request: EdgeRequest, ray: string, reply: Reply, status?: string): Reply {
    // Cloudflare removes these four headers
    // (https://developers.cloudflare.com/fundamentals/reference/http-headers/#removed-response-headers).
    const kept = ["buffering", "charset", "limit-rate", "redirect"].map((name) => [
      `x-accel-${name}`,
      undefined,
    ]);
    const headers = withHeaders(reply.headers, {
      ...Object.fromEntries(kept),
      server: "cloudflare",
      "cf-ray": ray,
      "cf-cache-status": status,
    });
    return responsePhases(this.zone, request, { ...reply, headers });
  }
}
