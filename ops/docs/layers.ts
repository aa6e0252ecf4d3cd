/** The layers of the program, and the one that wires them. */
const WIRED = ["facts", "config", "infra", "k8s", "cdn", "stack"] as const;

/** The program that `pulumi up` loads, without its first file. */
const PROGRAM = [...WIRED, "index.ts"] as const;

/** The folders and files that `pulumi up` loads. */
export const PRODUCT: readonly string[] = [...PROGRAM, "index.mjs"];

/**
 * The layers: which folders and files of ours each may import. A layer that is not here may import
 * nothing. `test/layout/imports.test.ts` holds every import against it, and `docs/architecture.md`
 * has a picture of it.
 */
export const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  facts: ["facts"],
  config: ["facts", "config"],
  infra: ["facts", "config", "infra"],
  k8s: ["facts", "config", "k8s"],
  cdn: ["facts", "config", "cdn"],
  stack: ["facts", "config", "infra", "k8s", "cdn", "stack"],
  "index.ts": ["config", "stack"],
  "index.mjs": ["index.ts"],
  // A model in, text out: a page knows neither plan nor drill.
  pages: ["pages"],
  ops: ["facts", "config", "ops"],
  rehearsal: [...PROGRAM, "ops", "pages", "rehearsal"],
  test: [...WIRED, "index.ts", "ops", "pages", "rehearsal", "test"],
  "eslint.config.js": [],
  "vitest.config.ts": [],
};
