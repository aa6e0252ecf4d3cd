import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GENERATED } from "./docs/generated.ts";

/** `npm run docs`: writes every page and part of a page that is made from the code. */
const root = fileURLToPath(new URL("..", import.meta.url));
for (const { path, generate } of GENERATED) {
  const file = join(root, path);
  const before = await readFile(file, "utf8").catch(() => "");
  const after = await generate(before);
  if (after !== before) await writeFile(file, after);
  console.log(`${after === before ? "unchanged" : "written  "}  ${path}`);
}
