import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The minimum Node version in package.json, as numbers: [22, 18]. */
export function leastNode(): readonly number[] {
  const { engines } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { readonly engines: { readonly node: string } };
  return engines.node.replace(">=", "").split(".").map(Number);
}

/**
 * A real Node that is too old. It is that of `OLD_NODE`, which `.ci/run` downloads, or else the
 * first one on the PATH that npm did not add. Undefined if this machine has none.
 */
export function oldNode(): string | undefined {
  const named = process.env["OLD_NODE"];
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"));
  return [...(named === undefined ? [] : [named]), ...onPath].find(isTooOld);
}

function isTooOld(program: string): boolean {
  if (statSync(program, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const version = execFileSync(program, ["--version"], { encoding: "utf8" });
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = leastNode();
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
