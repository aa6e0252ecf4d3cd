import { readFile, rename, stat, writeFile } from "node:fs/promises";
import type { Document } from "yaml";
import { documentOf } from "../stack-file/yaml.ts";

/**
 * Changes a stack file, all at once or not at all, and keeps its comments.
 * @param change receives the file as a document of YAML.
 */
export async function changeStackFile(
  file: string,
  change: (document: Document) => void,
): Promise<void> {
  const before = await readFile(file, "utf8");
  const document = documentOf(before, file);
  change(document);
  const beside = `${file}.new`;
  await writeFile(beside, document.toString({ lineWidth: 0 }), { mode: (await stat(file)).mode });
  await rename(beside, file);
}
