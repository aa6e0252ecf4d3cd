import { Decrypter } from "age-encryption";
import { Readable } from "node:stream";
import { type Clouds, type Json, readAll } from "../recover/clouds.ts";

/** Source and room of a second database: a dump in plain, and the disk of its cluster. */

/** A dump of the bucket in plain, as a stream. Nothing of it is written here. */
export function decrypted(
  open: () => Promise<ReadableStream<Uint8Array>>,
  identity: string,
): () => Readable {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return () =>
    Readable.from(
      (async function* () {
        yield* await decrypter.decrypt(await open());
      })(),
    );
}

/** Disk of the Postgres cluster with this private host, bytes. */
export async function diskBytesOf(
  { digitalocean }: Pick<Clouds, "digitalocean">,
  host: string,
): Promise<number> {
  const all: readonly Json[] = await readAll(digitalocean.databases, "databases");
  const cluster = all.find(({ privateConnection }) => privateConnection?.host === host);
  if (cluster === undefined)
    throw new Error(
      `DigitalOcean shows this token no database with the host ${host}, so its room is not known. Nothing was changed. Set the right DIGITALOCEAN_TOKEN.`,
    );
  return Number(cluster.storageSizeMib) * 2 ** 20;
}
