import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ALLOWED_IMPORTS as ALLOWED, PRODUCT } from "../../ops/docs/layers.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One import: a path from the root for a file of this project, else the package's name. */
interface Import {
  readonly from: string;
  readonly to: string;
  readonly ours: boolean;
}

/**
 * Node's modules that only compute. They have no access to files, processes or the network, so a
 * plan stays free of side effects.
 */
const CALCULATES = ["node:crypto"];

/** The entry's first file checks Node's version and package.json before it imports the rest. */
const ENTRY_READS = ["node:fs"];

/** The rehearsal's tests are a layer of their own: the rehearsal may not import them. */
function layerOf(path: string): string {
  const [layer = path, room] = path.split("/");
  return room !== undefined && `${layer}/${room}` in ALLOWED ? `${layer}/${room}` : layer;
}

/** Each forbidden import, in a sentence. */
function faults(imports: readonly Import[], dependencies: readonly string[]): string[] {
  return imports.flatMap(({ from, to, ours }) => {
    const layer = layerOf(from);
    if (!ours)
      return PRODUCT.includes(layer) &&
        !dependencies.includes(packageOf(to)) &&
        !CALCULATES.includes(to) &&
        !(from === "index.mjs" && ENTRY_READS.includes(to))
        ? [
            `${from} imports ${to}: what runs in production may import only package.json's "dependencies"`,
          ]
        : [];
    const allowed = ALLOWED[layer] ?? [];
    return allowed.includes(layerOf(to)) || allowed.includes(to)
      ? []
      : [`${from} imports ${to}: ${layer} may import ${allowed.join(", ") || "nothing of ours"}`];
  });
}

/** `@pulumi/pulumi/proto/x.js` → `@pulumi/pulumi`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Imports of one file, with `import type` and `import()`, as the compiler reads them. */
function importsOf(path: string, text: string): Import[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith(".")
        ? { from: path, to: normalize(join(dirname(path), fileName)), ours: true }
        : { from: path, to: fileName, ours: false },
    );
}

function sources(): { readonly path: string; readonly text: string }[] {
  return globSync("**/*.{ts,js,mts,mjs}", {
    cwd: ROOT,
    exclude: (name) => ["node_modules", ".git", ".ci", "out"].includes(name),
  }).map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

describe("imports", () => {
  it("go one way only: facts ← config ← domain ← input; domain ← infra, k8s, cdn ← stack ← index, and nothing of the product knows the rehearsal", () => {
    const found = sources();
    expect(found.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "index.ts",
        "stack/stack.ts",
        "input/load.ts",
        "rehearsal/processes.ts",
      ]),
    );
    const imports = found.flatMap(({ path, text }) => importsOf(path, text));
    expect(faults(imports, Object.keys(dependencies))).toEqual([]);
  });

  it("of Pulumi stay out of facts, config, domain and input, but for the two files that ask it: for the configuration, and for what runs", () => {
    const running = sources()
      .filter(({ path }) => /^(?:facts|config|domain|input)\//u.test(path))
      .filter(({ text }) => /^import (?!type )[^;]*"@pulumi\//mu.test(text))
      .map(({ path }) => path);
    expect(running.sort()).toEqual(["input/last-update.ts", "input/load.ts"]);
  });

  it("of the entry is the program alone, and its one export is the default one: the SDK refuses an entry with both kinds", async () => {
    const { main } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      readonly main: string;
    };
    const own = importsOf(main, readFileSync(join(ROOT, main), "utf8")).filter(({ ours }) => ours);
    expect(own.map(({ to }) => to)).toEqual(["index.ts"]);
    expect(Object.keys(await import(join(ROOT, main)))).toEqual(["default"]);
  });

  it.each([
    [
      "infra/cluster.ts",
      "../k8s/pod.ts",
      "infra/cluster.ts imports k8s/pod.ts: infra may import facts, config, domain, infra",
    ],
    [
      "facts/mastodon/4.6.ts",
      "../../config/images.ts",
      "facts/mastodon/4.6.ts imports config/images.ts: facts may import facts",
    ],
    [
      "config/schema.ts",
      "../stack/stack.ts",
      "config/schema.ts imports stack/stack.ts: config may import facts, config",
    ],
    [
      "k8s/web.ts",
      "../rehearsal/clouds/world.ts",
      "k8s/web.ts imports rehearsal/clouds/world.ts: k8s may import facts, config, domain, observability, k8s",
    ],
    [
      "stack/stack.ts",
      "../index.ts",
      "stack/stack.ts imports index.ts: stack may import facts, config, domain, infra, k8s, cdn, stack",
    ],
    [
      "index.ts",
      "./infra/cluster.ts",
      "index.ts imports infra/cluster.ts: index.ts may import config/images.ts, domain, input, stack",
    ],
    [
      "rehearsal/main.ts",
      "../test/fakes.ts",
      "rehearsal/main.ts imports test/fakes.ts: rehearsal may import facts, config, domain, infra, k8s, cdn, observability, stack, input, index.ts, plan, policy, ops, pages, rehearsal",
    ],
    [
      "rehearsal/main.ts",
      "./test/clouds/cloud.ts",
      "rehearsal/main.ts imports rehearsal/test/clouds/cloud.ts: rehearsal may import facts, config, domain, infra, k8s, cdn, observability, stack, input, index.ts, plan, policy, ops, pages, rehearsal",
    ],
    [
      "domain/cost.ts",
      "../input/parse.ts",
      "domain/cost.ts imports input/parse.ts: domain may import facts, config, domain",
    ],
    [
      "plan/answers.ts",
      "../rehearsal/clouds/world.ts",
      "plan/answers.ts imports rehearsal/clouds/world.ts: plan may import facts, config, domain, input, stack, plan, ops/command-line.ts, ops/stack-file/texts.ts, ops/stack-file/yaml.ts",
    ],
    [
      "pages/gantt.ts",
      "../rehearsal/timeline/update-timeline.ts",
      "pages/gantt.ts imports rehearsal/timeline/update-timeline.ts: pages may import pages",
    ],
    [
      "newcomer/a.ts",
      "../config/schema.ts",
      "newcomer/a.ts imports config/schema.ts: newcomer may import nothing of ours",
    ],
    [
      "cdn/edge.ts",
      "pg",
      'cdn/edge.ts imports pg: what runs in production may import only package.json\'s "dependencies"',
    ],
  ])("of %s to %s are refused", (path, specifier, sentence) => {
    const texts = [
      `import { x } from "${specifier}";`,
      `export * from "${specifier}";`,
      `await import("${specifier}");`,
    ];
    for (const text of texts)
      expect(faults(importsOf(path, text), Object.keys(dependencies))).toEqual([sentence]);
  });
});
