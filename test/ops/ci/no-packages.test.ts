import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Packages that a file and everything behind it import, without types. */
function packagesOf(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(join(ROOT, file), "utf8");
  // Without imports of types, as Node strips them.
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext },
  });
  return ts.preProcessFile(outputText, true, true).importedFiles.flatMap(({ fileName }) => {
    if (fileName.startsWith("node:")) return [];
    if (!fileName.startsWith(".")) return [`${file}: ${fileName}`];
    return packagesOf(normalize(join(dirname(file), fileName)), seen);
  });
}

it.each(["ops/ci/write-comment.ts", "ops/drift/tell.ts", "ops/ci/gate-command.ts"])(
  "%s loads no package: its job may write, or installs none",
  (file) => {
    expect(packagesOf(file)).toEqual([]);
  },
);

it("the same search finds a package behind another file", () => {
  expect(packagesOf("ops/drift/adopt.ts")).toContain("ops/drift/adopt.ts: yaml");
});
