import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { leastNode } from "../entry/old-node.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");
const LEAST = leastNode().join(".");
const OURS = read(".node-version").trim();

test("every page that says which Node is needed says what package.json says", () => {
  const pages = globSync(["*.md", "docs/**/*.md"], { cwd: ROOT }).filter(
    (path) => path !== "CHANGELOG.md",
  );
  const said = pages.flatMap((path) =>
    [...read(path).matchAll(/\bNode(?:\.js)? (\d+(?:\.\d+)*)(?: or later| and later|\+)/gu)].map(
      ([, version]) => `${path}: ${version}`,
    ),
  );
  expect(said).toContain(`README.md: ${LEAST}`);
  expect(said.filter((each) => !each.endsWith(`: ${LEAST}`))).toEqual([]);
});

test("the lock file asks for what package.json asks for", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    readonly packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } }>>;
  };
  expect(packages[""]?.engines?.node).toBe(`>=${LEAST}`);
});

test("version managers, npm's own and every workflow take one Node, and it is new enough", () => {
  const { devDependencies } = JSON.parse(read("package.json")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  expect(devDependencies["node"]?.split(".")[0]).toBe(OURS);
  expect(Number(OURS)).toBeGreaterThan(Number(LEAST.split(".")[0]));
  const asked = globSync(".github/workflows/*.yml", { cwd: ROOT }).flatMap((path) => {
    const { jobs } = parse(read(path)) as {
      readonly jobs: Readonly<
        Record<string, { readonly steps?: readonly { readonly with?: Record<string, unknown> }[] }>
      >;
    };
    return Object.values(jobs)
      .flatMap(({ steps = [] }) => steps)
      .flatMap(({ with: { "node-version": version, "node-version-file": file } = {} }) =>
        version === undefined && file === undefined
          ? []
          : [`${path}: ${file === ".node-version" ? OURS : String(version)}`],
      );
  });
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((each) => !each.endsWith(`: ${OURS}`))).toEqual([]);
});
