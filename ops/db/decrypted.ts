import { Decrypter } from "age-encryption";
import { Readable } from "node:stream";

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
