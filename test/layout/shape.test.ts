import { globSync, readFileSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Imported files of this project by the importing one, types included. */
type Graph = ReadonlyMap<string, readonly string[]>;

function importsIn(path: string, text: string): readonly string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => normalize(join(dirname(path), fileName)));
}

/**
 * Files of an import circle from the first on, or none. A file that is in no circle is visited
 * once.
 */
function circleIn(graph: Graph): readonly string[] {
  const through = new Set<string>();
  const walk = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (through.has(path)) return [];
    for (const next of graph.get(path) ?? []) {
      const found = walk(next, [...way, path]);
      if (found.length > 0) return found;
    }
    through.add(path);
    return [];
  };
  for (const path of graph.keys()) {
    const found = walk(path, []);
    if (found.length > 0) return found;
  }
  return [];
}

/** Files with the same name as a folder next to them. */
function twinsIn(files: readonly string[]): readonly string[] {
  const folders = new Set(files.map((file) => dirname(file)));
  return files.filter((file) => folders.has(file.slice(0, -extname(file).length)));
}

const paths = globSync("**/*.{ts,js,mjs}", {
  cwd: ROOT,
  exclude: (name) => ["node_modules", ".git", ".ci", "out"].includes(name),
});

describe("files", () => {
  it("import each other in no circle: who reads one would have to read all of it", () => {
    expect(paths.length).toBeGreaterThan(500);
    const graph = new Map(
      paths.map((path) => [path, importsIn(path, readFileSync(join(ROOT, path), "utf8"))]),
    );
    expect(circleIn(graph), "give what closes it, most often a type, a file of its own").toEqual(
      [],
    );
  });

  it("have no name of a folder beside them: a reader would have to guess which of the two holds it", () => {
    expect(twinsIn(paths), "move the file into the folder, as all.ts or under its subject").toEqual(
      [],
    );
    expect(twinsIn(["a/b.ts", "a/b/c.ts", "a/d.ts"])).toEqual(["a/b.ts"]);
  });

  it("in a circle are named, the way round", () => {
    const graph = new Map([
      ["a.ts", ["b.ts", "d.ts"]],
      ["b.ts", ["c.ts"]],
      ["c.ts", importsIn("c.ts", 'import type { B } from "./b.ts";')],
    ]);
    expect(circleIn(graph)).toEqual(["b.ts", "c.ts", "b.ts"]);
  });
});
