import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Files of the project, except installed ones and those that a run writes. */
function files(pattern: string): string[] {
  return globSync(pattern, {
    cwd: ROOT,
    exclude: (name) => ["node_modules", ".git", "out"].includes(name),
  }).filter((path) => statSync(join(ROOT, path)).isFile());
}

const packageFile = JSON.parse(read("package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Every step of every workflow, with its file. */
const steps = files(".github/workflows/*.yml").flatMap((path) => {
  const { jobs } = parse(read(path)) as {
    readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
  };
  return Object.values(jobs).flatMap((job) => (job.steps ?? []).map((step) => ({ path, step })));
});

describe("the engine that deploys", () => {
  it("is of the SDK's version in every workflow: the rehearsal would else have rehearsed another one", () => {
    const engines = steps.filter(({ step }) => step.uses?.startsWith("pulumi/actions@"));
    expect(engines.length).toBeGreaterThan(0);
    for (const { path, step } of engines)
      expect(step.with?.["pulumi-version"], path).toBe(packageFile.dependencies["@pulumi/pulumi"]);
  });
});

describe("what is run is what was reviewed", () => {
  it("every npm package has one exact version", () => {
    const loose = Object.entries({ ...packageFile.dependencies, ...packageFile.devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/u.test(version))
      .map(([name, version]) => `${name} ${version}`);
    expect(loose).toEqual([]);
  });

  it("every action is named by its commit: a tag can be moved to other code, which would get our tokens", () => {
    const loose = steps.flatMap(({ path, step: { uses } }) =>
      uses === undefined || uses.startsWith("./") || /@[0-9a-f]{40}$/u.test(uses)
        ? []
        : [`${path}: ${uses}`],
    );
    expect(steps.length).toBeGreaterThan(5);
    expect(loose).toEqual([]);
  });
});

describe("the project", () => {
  it("names no path of the machine that it was written on: it would work there alone", () => {
    // Built from parts, because otherwise this file would contain the path.
    const local = new RegExp(["", "(work|root|home/\\w+|Users/\\w+)", ""].join("/"), "u");
    const found = files("**/*")
      .concat(files(".{github,ci}/**/*"))
      .filter((path) => path !== "package-lock.json")
      .flatMap((path) =>
        read(path)
          .split("\n")
          .flatMap((line, at) => (local.test(line) ? [`${path}:${at + 1}`] : [])),
      );
    expect(found).toEqual([]);
  });
});
