import { execFile } from "node:child_process";
import { access, constants, realpath } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheHome } from "../build/cache.ts";
import { buildGoProgram, cachedGoProgram } from "../build/go-program.ts";
import type { Progress } from "../progress.ts";
import { installEngine } from "./install-engine.ts";
import { engineRecipe, pulumiVersion } from "./engine-recipe.ts";

const run = promisify(execFile);

/** A Pulumi CLI of the SDK's own version. */
export interface Engine {
  /** The folder that holds `bin/pulumi`: the `root` of the SDK's `PulumiCommand.get`. */
  readonly root: string;
  /** "3.259.0", without the v. */
  readonly version: string;
  readonly origin: "path" | "installed" | "built" | "cached";
  /** Seconds that the search took. */
  readonly seconds: number;
}

/**
 * Finds the Pulumi CLI of the version that `package.json` pins. The order: PATH, the cache of
 * earlier runs, the SDK's installer from get.pulumi.com, a build from Go modules. The build takes
 * minutes, once. Another version on PATH is ignored.
 * @throws as {@link buildGoProgram} if every source fails.
 */
export async function findEngine(progress: Progress): Promise<Engine> {
  const started = performance.now();
  const version = await pulumiVersion();
  // First: it throws if go.mod and package.json disagree.
  const recipe = await engineRecipe(version);
  const found = (root: string, origin: Engine["origin"]): Engine => ({
    root,
    version,
    origin,
    seconds: (performance.now() - started) / 1000,
  });

  const ready = await readyEngine(progress);
  if (ready !== undefined) return found(ready.root, ready.origin);
  const installed = installedRoot(version);
  // Without Go the recipe's cache key is unknown. The installer is then the last source, and the
  // build's error says what is missing.
  const earlier = await cachedGoProgram(recipe).catch(() => undefined);
  if (earlier !== undefined) return found(earlier, "cached");

  const refusal = await installEngine(installed, version, progress);
  if (refusal === undefined && (await versionOf(join(installed, "bin/pulumi"))) === version)
    return found(installed, "installed");
  progress(
    `Pulumi's installer can't be used (${refusal ?? "it installed another version"}): building pulumi ${version} from Go modules`,
  );
  const built = await buildGoProgram(recipe, progress);
  const stamped = await versionOf(built.path);
  if (stamped !== version)
    throw new Error(
      `${built.path} says it is version ${stamped ?? "unknown"}, not ${version}. Remove its folder and run again.`,
    );
  return found(built.folder, built.origin);
}

/** An engine that is installed already: on PATH or in the cache; else undefined. */
export async function readyEngine(
  progress: Progress = () => undefined,
): Promise<Pick<Engine, "root" | "origin"> | undefined> {
  const version = await pulumiVersion();
  const onPath = await engineOnPath(version, progress);
  if (onPath !== undefined) return { root: onPath, origin: "path" };
  const root = installedRoot(version);
  return (await versionOf(join(root, "bin/pulumi"))) === version
    ? { root, origin: "cached" }
    : undefined;
}

function installedRoot(version: string): string {
  return join(cacheHome(), `pulumi-installed-${version}`);
}

/** Root of the right version on PATH, or undefined. Reports why a `pulumi` on PATH is not used. */
async function engineOnPath(version: string, progress: Progress): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (!folder.startsWith("/")) continue;
    const command = join(folder, "pulumi");
    if (!(await isExecutable(command))) continue;
    const here = await versionOf(command);
    if (here !== version) {
      progress(`${command} is version ${here ?? "unknown"}, the SDK is ${version}: not used`);
      return undefined; // As in a shell, the first one on PATH counts.
    }
    const bin = dirname(await realpath(command));
    if (basename(bin) === "bin") return dirname(bin);
    progress(`${command} is not in a folder named "bin", as the SDK wants it: not used`);
    return undefined;
  }
  return undefined;
}

/** "3.259.0" as `pulumi version` says it, or undefined if the file is absent or fails. */
async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: 20_000,
    });
    return stdout.trim().replace(/^v/, "");
  } catch {
    return undefined;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
