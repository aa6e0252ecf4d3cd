import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { RunInPod } from "./pod.ts";

const DUMP = ["pg_dump", "--format=custom", "--compress=zstd:3", "--no-owner", "--no-privileges"];

/**
 * Writes a dump of the whole database to a file that only its owner may read. The file gets its
 * name only when it is complete.
 * @throws Error if the dump fails; no file is left then.
 */
export async function dumpTo(run: RunInPod, file: string): Promise<void> {
  const draft = `${file}.part`;
  const out = createWriteStream(draft, { mode: 0o600 });
  let said = "";
  const error = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString("utf8");
      done();
    },
  });
  try {
    const status = await run({ command: DUMP, out, error });
    out.end();
    await finished(out);
    if (status !== 0)
      throw new Error(`pg_dump failed, and no file was left: ${said.trim().split("\n").at(-1)}`);
    await rename(draft, file);
  } finally {
    out.destroy();
    await rm(draft, { force: true });
  }
}
