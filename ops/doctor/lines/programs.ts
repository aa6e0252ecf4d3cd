import { readFileSync } from "node:fs";
import { delimiter, sep } from "node:path";
import { fix, ok, type Line } from "../line.ts";
import type { Scene } from "../scene.ts";
import { NoProgram, type Environment } from "../world.ts";

/** The programs of the PATH that `pulumi up` starts. */

const packageFile = JSON.parse(
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
) as {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Answer of a program; undefined: there is none of that name. */
type Version = { readonly version: string } | undefined;

async function versionOf(
  { run }: Pick<Scene, "run">,
  program: string,
  argument: string,
  environment?: Environment,
): Promise<Version> {
  try {
    return { version: (await run(program, [argument], environment)).split("\n")[0] ?? "" };
  } catch (error) {
    if (error instanceof NoProgram) return undefined;
    throw error;
  }
}

/** The oldest Node that reads the program without a flag: package.json, `engines`. */
const [OLDEST = 0, OLDEST_MINOR = 0] = (packageFile.engines.node.match(/\d+/gu) ?? []).map(Number);

/** Version of the CLI: the SDK's. */
export const CLI = packageFile.dependencies["@pulumi/pulumi"] ?? "";

/**
 * The PATH outside npm, which puts the project's own Node first. `pulumi` that is typed without npm
 * starts the other one.
 */
export function pathOutsideNpm(path: string): string {
  return path
    .split(delimiter)
    .filter((each) => !each.includes(`${sep}node_modules${sep}`))
    .join(delimiter);
}

export const node: Line<Version> = {
  number: 1,
  name: "node",
  checks: "Node of the PATH, outside npm",
  async ask(scene) {
    const PATH = pathOutsideNpm(scene.environment["PATH"] ?? "");
    return await versionOf(scene, "node", "--version", { ...scene.environment, PATH });
  },
  judge(seen) {
    const cure =
      'npm exec -c "pulumi …", or npm run up: both take the Node that npm ci installed. Or install it: https://nodejs.org/en/download';
    if (seen === undefined)
      return fix("There is no node on the PATH outside npm, and `pulumi up` starts it.", cure);
    const [major = 0, minor = 0] = (seen.version.match(/\d+/gu) ?? []).map(Number);
    return major > OLDEST || (major === OLDEST && minor >= OLDEST_MINOR)
      ? ok(`node ${seen.version}`)
      : fix(
          `node on the PATH is ${seen.version}, which can't read this program: ${packageFile.engines.node} is needed. \`pulumi up\` would end with "Unknown file extension".`,
          cure,
        );
  },
};

export const pulumi: Line<Version> = {
  number: 2,
  name: "pulumi",
  checks: "Pulumi's CLI, of the version in package.json",
  ask: (scene) => versionOf(scene, "pulumi", "version"),
  judge(seen) {
    const cure = `curl -fsSL https://get.pulumi.com | sh -s -- --version ${CLI}`;
    if (seen === undefined) return fix("There is no pulumi on the PATH.", cure);
    const version = seen.version.replace(/^v/u, "");
    return version === CLI
      ? ok(`pulumi ${version}`)
      : fix(
          `pulumi is ${version}, and the program was rehearsed with ${CLI}. Other versions could not write a state to R2 (pulumi/pulumi#23478, #23764, #24219).`,
          cure,
        );
  },
};

export const doctl: Line<Version> = {
  number: 3,
  name: "doctl",
  checks: "doctl, which makes the cluster's short-lived credential",
  ask: (scene) => versionOf(scene, "doctl", "version"),
  judge: (seen) =>
    seen === undefined
      ? fix(
          "There is no doctl on the PATH. `pulumi up` would fail in the middle, at the first object in the cluster.",
          "https://docs.digitalocean.com/reference/doctl/how-to/install/",
        )
      : ok(seen.version),
};
