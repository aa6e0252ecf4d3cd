import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { KeyPair } from "../authority.ts";
import { LockedObject, type R2Store } from "../clouds/cloudflare/r2-store.ts";
import { refusedByR2, S3Refusal, type Refusing } from "./r2-refusals.ts";
import { answerOf, NOT_MODELLED, targetOf, type S3Answer } from "./s3-calls.ts";
import { signerOf, type S3Keys } from "./s3-keys.ts";
import { escaped } from "./s3-listing.ts";
import { receive } from "./s3-received.ts";
import { Uploads } from "./s3-uploads.ts";

/** Port of public servers. */
export const HTTPS = 443;

/** Input of a server. */
export interface S3Options {
  readonly store: R2Store;
  readonly keys: S3Keys;
  /** Folder for large objects. Created if missing. */
  readonly directory: string;
  /** Whether a bucket exists behind a host. Default: every one does. */
  readonly exists?: (bucket: string, host: string) => boolean;
  /** Bucket in a host's name, where a client may write it; undefined for none. Default: never. */
  readonly bucketIn?: (host: string) => string | undefined;
  /** Refuses a call by its form. Default: as R2 does. */
  readonly refuses?: Refusing;
  /** Address and certificate. Default: a free port of loopback, without TLS. */
  readonly at?: KeyPair & { readonly address: string };
}

/** Faults that a drill sets, and takes back. */
export interface S3Faults {
  /** Bytes that still fit into all buckets. R2 has no such limit: it stands for a cap of a bill. */
  room?: number | undefined;
  /** Bytes of uploads after which each upload's connection is cut. */
  cutAfter?: number | undefined;
  /** Awaited with an object's key before its bytes are sent, so a drill can hold a download. */
  sending?: ((key: string) => Promise<void>) | undefined;
}

/**
 * The S3 API over R2's objects, with the calls of Pulumi's CLI and of rclone: by path, one call for
 * each object. It refuses and records unknown calls.
 */
export class S3Server {
  /** Unknown calls. */
  readonly notModelled: string[] = [];
  /** Calls that were refused as R2 refuses them. */
  readonly refused: string[] = [];
  readonly faults: S3Faults = {};
  readonly uploads: Uploads;
  readonly #options: S3Options;
  readonly #server: Server;
  #url = "";

  private constructor(options: S3Options) {
    this.#options = options;
    this.uploads = new Uploads(options.store, options.directory);
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      // A broken request no longer knows its socket.
      const { socket } = request;
      this.#answer(request, response).catch(() => socket.destroy());
    };
    const { at } = options;
    this.#server =
      at === undefined
        ? createServer(listener)
        : createTlsServer({ key: at.key, cert: at.certificate }, listener);
  }

  static async start(options: S3Options): Promise<S3Server> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const s3 = new S3Server(options);
    s3.#server.listen(options.at === undefined ? 0 : HTTPS, options.at?.address ?? "127.0.0.1");
    await once(s3.#server, "listening");
    s3.#url = `http://127.0.0.1:${(s3.#server.address() as AddressInfo).port}`;
    return s3;
  }

  /** Its URL, if it has no certificate. */
  get url(): string {
    return this.#url;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { store, keys, directory, exists = () => true, refuses = refusedByR2 } = this.#options;
    const call = `${request.method} ${request.url}`;
    const received = await receive(request, directory, (bytes) => this.#seen(bytes, request));
    try {
      const refusal = refuses(request.headers, received);
      if (refusal !== undefined) throw refusal;
      const key = signerOf(request, keys);
      const host = String(request.headers.host).split(":")[0] ?? "";
      const target = targetOf(request, this.#options.bucketIn?.(host));
      if (!key.may(target.what, target.bucket, host))
        throw new S3Refusal(403, "AccessDenied", "Access Denied");
      if (!exists(target.bucket, host))
        throw new S3Refusal(404, "NoSuchBucket", "The specified bucket does not exist.");
      if (request.method === "PUT") this.#fits(target.bucket, received.size);
      if (request.method === "GET" && target.key !== "") await this.faults.sending?.(target.key);
      const mayRead = (bucket: string): boolean => key.may("read", bucket, host);
      const objects = { store, uploads: this.uploads, mayRead };
      await send(response, answerOf(request, target, received, objects));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === NOT_MODELLED) this.notModelled.push(call);
      else if (refusal.status !== 404) this.refused.push(`${call}: ${refusal.code}`);
      const { code, message, status } = refusal;
      const body = `<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
      await send(response, { status, ...(request.method !== "HEAD" && { body }) });
    }
  }

  #seen(bytes: number, { method }: IncomingMessage): void {
    const { faults } = this;
    if (faults.cutAfter === undefined || method !== "PUT") return;
    faults.cutAfter -= bytes;
    if (faults.cutAfter < 0) throw new Error("The connection is cut.");
  }

  #fits(bucket: string, size: number): void {
    const { room } = this.faults;
    if (room === undefined) return;
    if (size > room)
      throw new S3Refusal(403, "QuotaExceeded", `The storage cap of ${bucket} is reached.`);
    this.faults.room = room - size;
  }
}

function refusalOf(error: unknown): S3Refusal {
  if (error instanceof S3Refusal) return error;
  // The name is in R2's list of errors; number and status are assumed.
  if (error instanceof LockedObject)
    return new S3Refusal(403, "ObjectLockedByBucketPolicy", error.message);
  throw error;
}

async function send(response: ServerResponse, { status, headers, body }: S3Answer): Promise<void> {
  const type = { "content-type": "application/xml" };
  response.writeHead(status, headers ?? (body === undefined ? {} : type));
  if (body === undefined || typeof body === "string") response.end(body);
  else await pipeline(body, response);
}
