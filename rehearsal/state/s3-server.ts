import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LockedObject, type R2Store } from "../clouds/cloudflare/r2-store.ts";
import { refusedByR2, S3Refusal } from "./r2-refusals.ts";

/**
 * The S3 API over R2's objects on loopback, with the calls of Pulumi's CLI: by path, one call for
 * each object. It does not verify a signature, only the key's id. It refuses and records unknown
 * calls.
 */
export class S3Server {
  /** Unknown calls. */
  readonly notModelled: string[] = [];
  /** Calls that were refused as R2 refuses them. */
  readonly refused: string[] = [];
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  /** @param accessKeyId the only accepted key. */
  static async start(store: R2Store, accessKeyId: string): Promise<S3Server> {
    const server = createServer((request, response) => {
      void answer(request, response);
    });
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const sent = await bodyOf(request);
      try {
        const refusal = refusedByR2(request.headers, sent, accessKeyId);
        if (refusal !== undefined) throw refusal;
        serve(store, request, sent, response);
      } catch (error) {
        const refusal = refusalOf(error);
        const call = `${request.method} ${request.url}`;
        if (refusal.code === NOT_MODELLED) s3.notModelled.push(call);
        else if (refusal.status !== 404) s3.refused.push(`${call}: ${refusal.code}`);
        send(response, refusal.status, request.method === "HEAD" ? "" : errorOf(refusal));
      }
    };
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const s3 = new S3Server(
      `http://127.0.0.1:${port}`,
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    return s3;
  }

  async stop(): Promise<void> {
    await this.#close();
  }
}

const NOT_MODELLED = "NotModelled";

function serve(
  store: R2Store,
  { method = "", url = "", headers }: IncomingMessage,
  sent: Buffer,
  response: ServerResponse,
): void {
  const { pathname, searchParams: query } = new URL(url, "http://s3");
  const [bucket = "", ...rest] = pathname.slice(1).split("/").map(decodeURIComponent);
  const key = rest.join("/");
  if (method === "GET" && key === "" && query.get("list-type") === "2")
    return send(response, 200, listing(store, bucket, query));
  if (method === "HEAD" && key === "") return send(response, 200, "");
  if (key === "" || [...query.keys()].some((each) => each !== "x-id"))
    throw new S3Refusal(501, NOT_MODELLED, `The rehearsal's S3 knows no ${method} ${url}`);
  switch (method) {
    case "PUT": {
      const from = headers["x-amz-copy-source"];
      const body = from === undefined ? sent : found(store, ...sourceOf(String(from))).body;
      store.put(bucket, key, body);
      const copied = from === undefined ? "" : `<CopyObjectResult>${etag(body)}</CopyObjectResult>`;
      return send(response, 200, copied, { etag: `"${md5(body)}"` });
    }
    case "GET":
    case "HEAD": {
      const { body, modified } = found(store, bucket, key);
      return send(response, 200, method === "GET" ? body : "", {
        etag: `"${md5(body)}"`,
        "content-length": String(body.length),
        "content-type": "application/octet-stream",
        "last-modified": modified.toUTCString(),
      });
    }
    case "DELETE":
      store.delete(bucket, key);
      return send(response, 204, "");
    default:
      throw new S3Refusal(501, NOT_MODELLED, `The rehearsal's S3 knows no ${method}`);
  }
}

/** One page of a list: keys, and prefixes up to a delimiter. */
function listing(store: R2Store, bucket: string, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const most = Number(query.get("max-keys") ?? 1_000);
  const folders = new Set<string>();
  const files: string[] = [];
  let last = "";
  let truncated = false;
  for (const [key, { body, modified }] of store.list(bucket, prefix)) {
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (shown <= after || folders.has(shown)) continue;
    truncated = folders.size + files.length === most;
    if (truncated) break;
    last = shown;
    if (cut >= 0) folders.add(shown);
    else
      files.push(
        `<Contents><Key>${escaped(key)}</Key><Size>${body.length}</Size><LastModified>${modified.toISOString()}</LastModified>${etag(body)}</Contents>`,
      );
  }
  return `<ListBucketResult><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><IsTruncated>${truncated}</IsTruncated>${
    truncated ? `<NextContinuationToken>${escaped(last)}</NextContinuationToken>` : ""
  }${files.join("")}${[...folders]
    .map((each) => `<CommonPrefixes><Prefix>${escaped(each)}</Prefix></CommonPrefixes>`)
    .join("")}</ListBucketResult>`;
}

function found(store: R2Store, bucket: string, key: string) {
  const object = store.get(bucket, key);
  if (object === undefined)
    throw new S3Refusal(404, "NoSuchKey", "The specified key does not exist.");
  return object;
}

function sourceOf(header: string): [bucket: string, key: string] {
  const [bucket = "", ...key] = decodeURIComponent(header).replace(/^\//u, "").split("/");
  return [bucket, key.join("/")];
}

function refusalOf(error: unknown): S3Refusal {
  if (error instanceof S3Refusal) return error;
  // The name is in R2's list of errors; number and status are assumed.
  if (error instanceof LockedObject)
    return new S3Refusal(403, "ObjectLockedByBucketPolicy", error.message);
  throw error;
}

const md5 = (body: Buffer): string => createHash("md5").update(body).digest("hex");
const etag = (body: Buffer): string => `<ETag>&quot;${md5(body)}&quot;</ETag>`;
const errorOf = ({ code, message }: S3Refusal): string =>
  `<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = { "content-type": "application/xml" },
): void {
  response.writeHead(status, headers).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
