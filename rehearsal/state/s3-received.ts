import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Content } from "../clouds/cloudflare/stored-object.ts";
import type { Digests } from "./r2-refusals.ts";

/** The body of a request. */
export interface Received extends Digests {
  readonly content: Content;
  readonly size: number;
}

/** Bytes of a body that are held in memory. A larger one goes to a file. */
const IN_MEMORY = 1_000_000;

/**
 * Reads the body of a request.
 * @param folder for the files of large bodies.
 * @param seen receives the length of each piece; it may throw.
 * @throws Error if the connection breaks.
 */
export async function receive(
  request: IncomingMessage,
  folder: string,
  seen: (bytes: number) => void,
): Promise<Received> {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  const held: Buffer[] = [];
  let size = 0;
  let file: WriteStream | undefined;
  for await (const piece of request as AsyncIterable<Buffer>) {
    seen(piece.length);
    md5.update(piece);
    sha256.update(piece);
    size += piece.length;
    held.push(piece);
    if (size <= IN_MEMORY) continue;
    file ??= createWriteStream(join(folder, randomUUID()), { mode: 0o600 });
    for (const each of held.splice(0)) if (!file.write(each)) await once(file, "drain");
  }
  const digests = { md5: md5.digest("hex"), sha256: sha256.digest("hex"), size };
  if (file === undefined) return { ...digests, content: Buffer.concat(held) };
  file.end();
  await once(file, "close");
  return { ...digests, content: [{ path: String(file.path), size }] };
}
