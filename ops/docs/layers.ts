/** Layers of the program, without `input` and the entry file. */
const WIRED = [
  "facts",
  "config",
  "domain",
  "infra",
  "k8s",
  "cdn",
  "observability",
  "stack",
] as const;

/** The program that `pulumi up` loads, without its first file. */
const PROGRAM = [...WIRED, "input", "index.ts"] as const;

/** The folders and files that `pulumi up` loads. */
export const PRODUCT: readonly string[] = [...PROGRAM, "index.mjs"];

const REHEARSAL = [...PROGRAM, "plan", "policy", "ops", "pages", "rehearsal"] as const;

/** Tests may import everything, and each other's helpers. */
const TESTS = [...REHEARSAL, "rehearsal/test", "test"] as const;

/**
 * The layers, with the folders and files of this project that each may import. A layer that is not
 * listed may import nothing. `test/layout/imports.test.ts` checks every import against it, and
 * `docs/architecture.md` has a picture of it.
 */
export const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  facts: ["facts"],
  config: ["facts", "config"],
  domain: ["facts", "config", "domain"],
  input: ["facts", "config", "domain", "input"],
  observability: ["observability"],
  infra: ["facts", "config", "domain", "infra"],
  k8s: ["facts", "config", "domain", "observability", "k8s"],
  cdn: ["facts", "config", "domain", "cdn"],
  stack: ["facts", "config", "domain", "infra", "k8s", "cdn", "stack"],
  "index.ts": ["config/images.ts", "domain", "input", "stack"],
  "index.mjs": ["index.ts"],
  // A function from a model to text: a page depends neither on a plan nor on a drill.
  pages: ["pages"],
  // Rules over a plan, a run of the engine and the inputs of its policy host.
  policy: ["facts", "config", "domain", "policy"],
  // From the commands only the readers of a stack file and of a command line.
  plan: [
    "facts",
    "config",
    "domain",
    "input",
    "stack",
    "plan",
    "ops/command-line.ts",
    "ops/stack-file/texts.ts",
    "ops/stack-file/yaml.ts",
  ],
  ops: ["facts", "config", "domain", "input", "observability", "policy", "pages", "ops"],
  rehearsal: REHEARSAL,
  "rehearsal/test": TESTS,
  test: TESTS,
  "eslint.config.js": [],
  "vitest.config.ts": [],
};
