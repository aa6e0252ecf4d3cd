import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(ROOT + path, "utf8");

/** `.devcontainer/devcontainer.json` without its comments, which are on lines of their own. */
const container = JSON.parse(
  read(".devcontainer/devcontainer.json").replaceAll(/^\s*\/\/.*$/gmu, ""),
) as {
  readonly image: string;
  readonly features: Readonly<Record<string, { readonly version: string }>>;
};

test("LICENSE is the Apache License 2.0, whole and unchanged, as package.json says", () => {
  // https://www.apache.org/licenses/LICENSE-2.0.txt
  expect(createHash("sha256").update(read("LICENSE")).digest("hex")).toBe(
    "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
  );
  expect(JSON.parse(read("package.json"))).toMatchObject({ license: "Apache-2.0" });
});

test("the container for development has the Node of .node-version, the Go of the recipes, and a digest", () => {
  const node = read(".node-version").trim();
  expect(container.image).toMatch(
    new RegExp(`^[a-z./-]+:\\d+\\.\\d+\\.\\d+-${node}-\\w+@sha256:[0-9a-f]{64}$`, "u"),
  );
  const [, go] = /^go (\d+\.\d+)/mu.exec(read("rehearsal/engine/recipe/go.mod")) ?? [];
  const [[feature, options] = []] = Object.entries(container.features);
  expect(feature).toMatch(/\/go:\d+\.\d+\.\d+$/u);
  expect(options?.version).toBe(go);
  expect(read("README.md")).toContain(`Go ${go}`);
});

test("the README fits a screen: a person who decides reads no further", () => {
  expect(read("README.md").split("\n").length).toBeLessThan(75);
});

test.each(["CONTRIBUTING.md", "SECURITY.md", ".editorconfig"])("%s is there", (path) => {
  expect(existsSync(ROOT + path)).toBe(true);
});
