import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { costOf } from "../../domain/cost.ts";
import { neededSecrets } from "../../input/needed-secrets.ts";
import { readConfig } from "../../input/stack-text.ts";
import { placeholderFaults } from "../../domain/shipped.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { planConfig } from "../../plan/plan-stack.ts";
import { readyToRehearse } from "../../plan/stack-file.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PATHS = globSync("examples/*.yaml", { cwd: ROOT });
const read = (path: string): string => readFileSync(ROOT + path, "utf8");
const configOf = (path: string, text = readyToRehearse(read(path), basename(path))) =>
  readConfig(stackTextOf(text, basename(path)));

test("there is a stack file to copy for each kind of server, and the README leads there", () => {
  expect(PATHS.map((path) => basename(path)).sort()).toEqual([
    "Pulumi.large.yaml",
    "Pulumi.medium.yaml",
    "Pulumi.solo.yaml",
  ]);
  expect(read("README.md")).toContain("](examples)");
});

describe.each(PATHS)("%s", (path) => {
  test("is accepted and planned as it is: a copied file that is refused is no example", async () => {
    const { resources } = await planConfig(() => configOf(path));
    expect(resources.length).toBeGreaterThan(100);
    expect(costOf(configOf(path)).dollars).toBeGreaterThan(50);
  });

  test("deploys nobody's server: each value that must be replaced is refused until then", () => {
    const faults = placeholderFaults(configOf(path, read(path))).join("\n");
    for (const key of ["domain", "webDomain", "cloudflare.accountId", "cloudflare.zoneId"])
      expect(faults).toContain(`mastodon:${key} is `);
  });

  test("names each secret of its options, and holds none", () => {
    const wanted = neededSecrets(configOf(path)).map(({ key }) => key);
    const named = [...read(path).matchAll(/config set --secret mastodon:(\w+)/gu)];
    expect(named.map(([, key]) => key).sort()).toEqual([...wanted].sort());
    expect(read(path)).not.toContain("secure:");
  });
});
