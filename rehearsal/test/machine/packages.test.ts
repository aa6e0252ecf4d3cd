import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NEEDED } from "../../machine/packages.ts";

/** Programs that run inside a root file system of ours: an image's, or a node's. */
const INSIDE = ["sleep", "tini", "tini-static", "valkey-server", "xtables-nft-multi", "awk"];
/** Paths that nothing starts. */
const WRITTEN = ["nologin", "policy-rc.d"];

/**
 * CI had a Ruby until one day it had none, and the drill of upgrades ended there. Nothing had said
 * that the machine must have it.
 */
test("the rehearsal starts no program of the machine that it does not install", () => {
  const named = readdirSync("rehearsal", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/^(test|out)\//u.test(file))
    .flatMap((file) => {
      const text = readFileSync(join("rehearsal", file), "utf8");
      return [...text.matchAll(/usr\/s?bin\/(?<name>[\w.-]+)/gu)].map((match) => ({
        file,
        path: `/${match[0]}`,
        name: match.groups?.["name"] ?? "",
      }));
    });
  const installed = new Set(NEEDED.map(({ path }) => path));
  const strangers = named
    .filter(({ path, name }) => !installed.has(path) && ![...INSIDE, ...WRITTEN].includes(name))
    .map(({ file, path }) => `${file}: ${path}`);
  expect(strangers).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});
