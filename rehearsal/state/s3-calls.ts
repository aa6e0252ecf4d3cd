import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { R2Store } from "../clouds/cloudflare/r2-store.ts";
import { StoredObject } from "../clouds/cloudflare/stored-object.ts";
import { S3Refusal } from "./r2-refusals.ts";
import { escaped, etagElement, listing } from "./s3-listing.ts";
import type { Received } from "./s3-received.ts";
import type { Uploads } from "./s3-uploads.ts";

/** Code of a refusal of an unknown call. */
export const NOT_MODELLED = "NotModelled";

/**
 * Header that says who may read an object. It is kept with the object and no answer has it
 * (docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html).
 */
export const ACL = "x-amz-acl";

/** Headers that an object keeps, besides its own metadata. */
const KEPT = [ACL, "cache-control", "content-type"];

/** Bucket and key of a call by path, and what it asks of them. */
export interface S3Target {
  readonly bucket: string;
  /** Empty for a call on the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly what: "read" | "write";
}

/** An answer. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

/** Objects of a server. */
export interface S3Objects {
  readonly store: R2Store;
  readonly uploads: Uploads;
  /** Whether the caller may read an object, for a copy. */
  readonly mayRead: (bucket: string) => boolean;
}

/**
 * Target of a request.
 * @param named the bucket that its host names. Default: the path begins with it.
 */
export function targetOf({ method = "", url = "" }: IncomingMessage, named?: string): S3Target {
  const { pathname, searchParams: query } = new URL(url, "http://s3");
  const parts = pathname.slice(1).split("/").map(decodeURIComponent);
  const [bucket = "", ...rest] = named === undefined ? parts : [named, ...parts];
  const what = method === "GET" || method === "HEAD" ? "read" : "write";
  return { bucket, key: rest.join("/"), query, what };
}

/** Answers a call whose form and key were accepted. */
export function answerOf(
  { method = "", url = "", headers }: IncomingMessage,
  { bucket, key, query }: S3Target,
  received: Received,
  objects: S3Objects,
): S3Answer {
  const { store, uploads } = objects;
  if (method === "GET" && key === "" && query.get("list-type") === "2")
    return { status: 200, body: listing(store, bucket, query) };
  if (method === "HEAD" && key === "") return { status: 200 };
  const id = query.get("uploadId");
  const known = [...query.keys()].every((each) =>
    ["x-id", "uploadId", "partNumber"].includes(each),
  );
  if (key !== "" && method === "POST" && query.has("uploads"))
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><UploadId>${uploads.begin(bucket, key, keptHeaders(headers))}</UploadId></InitiateMultipartUploadResult>`,
    };
  if (key === "" || !known) throw unknownCall(method, url);
  switch (id === null ? method : `${method} of an upload`) {
    case "PUT":
      return put(objects, { bucket, key }, headers, received);
    case "GET":
    case "HEAD":
      return get(found(store, bucket, key), method, headers);
    case "DELETE":
      store.delete(bucket, key);
      return { status: 204 };
    case "PUT of an upload": {
      const etag = uploads.part(id ?? "", Number(query.get("partNumber")), received);
      return { status: 200, headers: { etag: `"${etag}"` } };
    }
    case "POST of an upload": {
      const etag = uploads.complete(id ?? "", new StoredObject(received.content, "").body);
      return {
        status: 200,
        body: `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key>${etagElement(etag)}</CompleteMultipartUploadResult>`,
      };
    }
    case "DELETE of an upload":
      uploads.abort(id ?? "");
      return { status: 204 };
    default:
      throw unknownCall(method, url);
  }
}

function unknownCall(method: string, url: string): S3Refusal {
  return new S3Refusal(501, NOT_MODELLED, `The rehearsal's S3 knows no ${method} ${url}`);
}

/** Stores the body, or a copy of another object. */
function put(
  { store, mayRead }: S3Objects,
  { bucket, key }: Pick<S3Target, "bucket" | "key">,
  headers: IncomingHttpHeaders,
  { content, md5 }: Received,
): S3Answer {
  const from = headers["x-amz-copy-source"];
  if (from === undefined) {
    store.put(bucket, key, new StoredObject(content, md5, keptHeaders(headers)));
    return { status: 200, headers: { etag: `"${md5}"` } };
  }
  const [other, ...rest] = decodeURIComponent(String(from)).replace(/^\//u, "").split("/");
  if (other === undefined || !mayRead(other))
    throw new S3Refusal(403, "AccessDenied", "Access Denied");
  const source = found(store, other, rest.join("/"));
  const replaced = headers["x-amz-metadata-directive"] === "REPLACE";
  const copy = new StoredObject(
    source.content,
    source.etag,
    replaced ? keptHeaders(headers) : source.headers,
  );
  store.put(bucket, key, copy);
  return {
    status: 200,
    body: `<CopyObjectResult>${etagElement(copy.etag)}<LastModified>${copy.modified.toISOString()}</LastModified></CopyObjectResult>`,
  };
}

/** Sends an object, or the range of it that is asked for. */
function get(object: StoredObject, method: string, headers: IncomingHttpHeaders): S3Answer {
  const range = rangeOf(String(headers.range ?? ""), object.size);
  const [start, end] = range ?? [0, object.size];
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      "content-type": "application/octet-stream",
      ...readable(object.headers),
      etag: `"${object.etag}"`,
      "accept-ranges": "bytes",
      "content-length": String(end - start),
      "last-modified": object.modified.toUTCString(),
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${object.size}` }),
    },
    ...(method === "GET" && end > start && { body: object.read(start, end) }),
  };
}

/** The first byte and the one after the last; undefined for the whole object. */
function rangeOf(header: string, size: number): [start: number, end: number] | undefined {
  const [whole, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/u.exec(header) ?? [];
  if (whole === undefined) return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  if (start >= size)
    throw new S3Refusal(416, "InvalidRange", "The requested range is not satisfiable");
  return [start, end];
}

/** Headers that an object keeps. */
function keptHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => KEPT.includes(name) || name.startsWith("x-amz-meta-"))
      .map(([name, value]) => [name, String(value)]),
  );
}

/** Headers of an answer with an object. */
function readable({ [ACL]: _, ...headers }: StoredObject["headers"]): StoredObject["headers"] {
  return headers;
}

function found(store: R2Store, bucket: string, key: string): StoredObject {
  const object = store.get(bucket, key);
  if (object === undefined)
    throw new S3Refusal(404, "NoSuchKey", "The specified key does not exist.");
  return object;
}
