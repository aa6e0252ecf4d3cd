import { createHash, randomBytes } from "node:crypto";
import type { R2Store } from "../clouds/cloudflare/r2-store.ts";
import { StoredObject, type FilePart } from "../clouds/cloudflare/stored-object.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { S3Refusal } from "./r2-refusals.ts";
import type { Received } from "./s3-received.ts";

/**
 * Uploads of objects in parts, with R2's limits (cloudflare/cloudflare-docs#9549; the names of its
 * refusals: developers.cloudflare.com/r2/api/error-codes, 2026-11-10). The object exists only once
 * it is completed: a client that is killed leaves parts, and no object.
 */

/** Fewest bytes of every part but the last. */
const SMALLEST_PART = 5 * 1_024 ** 2;
const MOST_PARTS = 10_000;

interface Part {
  readonly etag: string;
  readonly md5: string;
  readonly file: FilePart;
}

/** One that is not completed. */
interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, Part>;
}

/** The uploads of a server that are not completed. */
export class Uploads {
  readonly #store: R2Store;
  readonly #folder: string;
  readonly #open = new Map<string, Upload>();

  /** @param folder for parts. */
  constructor(store: R2Store, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  /** Number of uploads that nobody completed or aborted, in a bucket. */
  left(bucket: string): number {
    return [...this.#open.values()].filter((each) => each.bucket === bucket).length;
  }

  /** Bytes of parts in a bucket. */
  bytes(bucket: string): number {
    return [...this.#open.values()]
      .filter((each) => each.bucket === bucket)
      .flatMap(({ parts }) => [...parts.values()])
      .reduce((sum, { file }) => sum + file.size, 0);
  }

  /** Begins one. Returns its id. */
  begin(bucket: string, key: string, headers: Readonly<Record<string, string>>): string {
    const id = randomBytes(48).toString("base64url");
    this.#open.set(id, { bucket, key, headers, parts: new Map() });
    return id;
  }

  /** Takes a part. Returns its ETag: on R2 it is no digest (s3tools/s3cmd#1273). */
  part(id: string, number: number, { content, md5, size }: Received): string {
    const upload = this.#found(id);
    if (!(number >= 1 && number <= MOST_PARTS))
      throw new S3Refusal(400, "InvalidArgument", `partNumber is ${number}; 1 to ${MOST_PARTS}.`);
    const etag = randomBytes(96).toString("base64");
    upload.parts.set(number, { etag, md5, file: this.#fileOf(content, size) });
    return etag;
  }

  /** Joins the parts that a list names into the object. Returns its ETag. */
  complete(id: string, body: Buffer): string {
    const { bucket, key, headers, parts } = this.#found(id);
    const text = body.toString("utf8");
    const named = [...text.matchAll(/<Part>.*?<\/Part>/gsu)].map(([one]) => ({
      number: Number(/<PartNumber>(\d+)/u.exec(one)?.[1]),
      etag: /<ETag>(.*?)<\/ETag>/su.exec(one)?.[1]?.replaceAll(/&quot;|&#34;|"/gu, ""),
    }));
    const list = named.map(({ number, etag }) => {
      const part = parts.get(number);
      if (part === undefined || part.etag !== etag)
        throw new S3Refusal(
          400,
          "InvalidPart",
          `One or more of the specified parts could not be found: ${number}.`,
        );
      return part;
    });
    const first = list[0]?.file.size ?? 0;
    for (const [at, { file }] of list.entries()) {
      const last = at === list.length - 1;
      if (last ? file.size > first : file.size !== first)
        throw new S3Refusal(
          400,
          "InvalidPart",
          `All non-trailing parts must have the same length. Expected part ${at + 1} to have size ${first}, found ${file.size}`,
        );
      if (!last && file.size < SMALLEST_PART)
        throw new S3Refusal(
          400,
          "EntityTooSmall",
          "Your proposed upload is smaller than the minimum allowed object size.",
        );
    }
    const digests = Buffer.concat(list.map(({ md5 }) => Buffer.from(md5, "hex")));
    const etag = `${createHash("md5").update(digests).digest("hex")}-${list.length}`;
    const files = list.map(({ file }) => file);
    this.#store.put(bucket, key, new StoredObject(files, etag, headers));
    this.#open.delete(id);
    return etag;
  }

  /** Forgets one. */
  abort(id: string): void {
    this.#found(id);
    this.#open.delete(id);
  }

  #found(id: string): Upload {
    const upload = this.#open.get(id);
    if (upload === undefined)
      throw new S3Refusal(404, "NoSuchUpload", "The specified multipart upload does not exist.");
    return upload;
  }

  /** Parts are files, so that an object of many small ones is not in memory either. */
  #fileOf(content: Received["content"], size: number): FilePart {
    const [file] = Buffer.isBuffer(content) ? [] : content;
    if (file !== undefined) return file;
    const path = join(this.#folder, randomBytes(16).toString("hex"));
    writeFileSync(path, content as Buffer, { mode: 0o600 });
    return { path, size };
  }
}
