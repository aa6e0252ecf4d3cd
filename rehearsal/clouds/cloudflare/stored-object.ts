import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";

/** A part of a large object, in a file of its own that nothing changes. */
export interface FilePart {
  readonly path: string;
  readonly size: number;
}

/** Content of an object. A large one is on disk: no run could hold a database's dump in memory. */
export type Content = Buffer | readonly FilePart[];

/** One object. */
export class StoredObject {
  readonly content: Content;
  readonly size: number;
  readonly etag: string;
  readonly modified = new Date();
  /** Headers that came with it: its type, its ACL and `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(content: Content, etag?: string, headers: Readonly<Record<string, string>> = {}) {
    this.content = content;
    this.size = Buffer.isBuffer(content)
      ? content.length
      : content.reduce((sum, part) => sum + part.size, 0);
    this.etag = etag ?? md5Of(this.body);
    this.headers = headers;
  }

  /** The whole content in memory. */
  get body(): Buffer {
    const { content } = this;
    return Buffer.isBuffer(content)
      ? content
      : Buffer.concat(content.map(({ path }) => readFileSync(path)));
  }

  /** The bytes from `start` up to, but without, `end`. */
  read(start = 0, end = this.size): Readable {
    const { content } = this;
    return Buffer.isBuffer(content)
      ? Readable.from([content.subarray(start, end)])
      : Readable.from(readParts(content, start, end));
  }
}

async function* readParts(
  parts: readonly FilePart[],
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let at = 0;
  for (const { path, size } of parts) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, size)];
    at += size;
    // `end` of a stream is its last byte.
    if (from < to)
      yield* createReadStream(path, { start: from, end: to - 1 }) as AsyncIterable<Buffer>;
  }
}

function md5Of(body: Buffer): string {
  return createHash("md5").update(body).digest("hex");
}
