import { Writable } from "node:stream";

/** A stream that keeps its content as text. */
export function collected(): { readonly out: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { out, text: () => Buffer.concat(chunks).toString("utf8") };
}
