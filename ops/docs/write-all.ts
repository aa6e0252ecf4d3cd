import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GeneratedFile } from "./generated.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Writes each file whose generated text differs, and prints a line for each. */
export async function writeAll(files: readonly GeneratedFile[]): Promise<void> {
  for (const { path, generate } of files) {
    const file = join(ROOT, path);
    const before = await readFile(file, "utf8").catch(() => "");
    const after = await generate(before);
    if (after !== before) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, after);
    }
    console.log(`${after === before ? "unchanged" : "written  "}  ${path}`);
  }
}
