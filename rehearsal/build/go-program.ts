import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Progress } from "../progress.ts";
import { cacheHome, isWhole, programIn, publish } from "./cache.ts";
import { installedGo, mustGo, type GoSetting } from "./go-tool.ts";
import { withLock } from "./lock.ts";
import { paceLine } from "./pace.ts";
import { BUILD_FLAGS, recipeHash, requiredGo, type GoRecipe } from "./recipe.ts";

/** A program ready to run. */
export interface BuiltProgram {
  /** `<folder>/bin/<name>`. */
  readonly path: string;
  /** Its folder in the cache: `<name>-<hash of the recipe>`. */
  readonly folder: string;
  readonly origin: "built" | "cached";
  /** Seconds to get it, including the wait for another run. */
  readonly seconds: number;
}

/**
 * Builds a program from Go modules, or takes it from the user's cache. All checkouts share the
 * cache, by recipe and Go version. Of two runs at the same time the second waits, reports that, and
 * uses the first one's result. An interrupted build leaves nothing that a later run trusts. The
 * first build downloads modules through `GOPROXY`; later ones need no network.
 *
 * Throws a message with the command to run if the build fails. Go may be missing or too old, the
 * module proxy may not answer, the disk may be full, or the code may not compile.
 */
export async function buildGoProgram(recipe: GoRecipe, progress: Progress): Promise<BuiltProgram> {
  const started = performance.now();
  const done = (folder: string, origin: BuiltProgram["origin"]): BuiltProgram => ({
    path: programIn(folder, recipe.name),
    folder,
    origin,
    seconds: (performance.now() - started) / 1000,
  });
  const folder = await cacheFolder(recipe);
  if (await isWhole(folder, recipe.name)) return done(folder, "cached");

  await mkdir(dirname(folder), { recursive: true });
  return withLock(
    `${folder}.lock`,
    (seconds) => progress(`waiting for another run that builds ${recipe.name}, ${clock(seconds)}`),
    async () => {
      if (await isWhole(folder, recipe.name)) return done(folder, "cached");
      await publish(folder, recipe.name, (partial) =>
        compile(recipe, programIn(partial, recipe.name), progress),
      );
      return done(folder, "built");
    },
  );
}

/**
 * Folder of a program that is already built; undefined if it isn't. Throws if Go is missing or too
 * old.
 */
export async function cachedGoProgram(recipe: GoRecipe): Promise<string | undefined> {
  const folder = await cacheFolder(recipe);
  return (await isWhole(folder, recipe.name)) ? folder : undefined;
}

/**
 * Downloads the modules of programs one after the other while others are compiled, so that network
 * and compilers work at the same time. It ignores errors, because the build downloads again and
 * reports them.
 */
export async function fetchAhead(recipes: readonly GoRecipe[]): Promise<void> {
  for (const { name, directory, package: built, env = {} } of recipes)
    await mustGo(`Downloading the modules of ${name}`, ["list", "-deps", built], {
      directory,
      env,
    }).catch(() => undefined);
}

async function cacheFolder(recipe: GoRecipe): Promise<string> {
  const { toolchain } = await installedGo(recipe.name, await oldestGoOf(recipe));
  return await programFolder(recipe, toolchain);
}

/** Folder of a program for this version of Go, whether it exists or not. */
export async function programFolder(recipe: GoRecipe, toolchain: string): Promise<string> {
  return join(cacheHome(), `${recipe.name}-${await recipeHash(recipe, toolchain)}`);
}

/** The oldest Go that builds a recipe, as "1.26.0". */
export async function oldestGoOf({ directory }: GoRecipe): Promise<string> {
  return requiredGo(await readFile(join(directory, "go.mod"), "utf8"));
}

/** Downloads the modules, then compiles and links. Reports progress once a second. */
async function compile(recipe: GoRecipe, output: string, progress: Progress): Promise<void> {
  const started = performance.now();
  const since = (from: number): number => (performance.now() - from) / 1000;
  let state = (): string => `reading the packages of ${recipe.name}`;
  const tell = () => progress(`${state()}, ${clock(since(started))}`);
  const timer = setInterval(tell, 1_000);
  const setting = (onLine: GoSetting["onLine"]): GoSetting => ({
    directory: recipe.directory,
    env: recipe.env ?? {},
    ...(onLine && { onLine }),
  });
  const flags = [...BUILD_FLAGS, "-ldflags", recipe.ldflags.join(" ")];
  tell();
  try {
    // Downloads only the modules that the build needs, and lists the packages that are not compiled
    // yet.
    let downloads = 0;
    const list = await mustGo(
      `Downloading the modules of ${recipe.name}`,
      ["list", "-deps", ...flags, "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", recipe.package],
      setting((line) => {
        if (!line.startsWith("go: downloading ")) return false;
        downloads += 1;
        state = () => `downloading modules of ${recipe.name}: ${downloads} so far`;
        return true;
      }),
    );
    const needed = new Set(list.split("\n").filter((line) => line !== ""));
    const compiling = performance.now();
    const compiled = new Set<string>();
    const pace = (): string =>
      paceLine(recipe.name, {
        needed: needed.size,
        done: compiled.size,
        elapsed: since(compiling),
      });
    state = () =>
      compiled.size === needed.size
        ? `linking ${recipe.name}`
        : `compiling ${recipe.name}: ${pace()}`;
    tell();
    await mustGo(
      `Compiling ${recipe.name}`,
      ["build", "-v", ...flags, "-o", output, recipe.package],
      setting((line) => {
        if (!needed.has(line)) return line.startsWith("go: downloading ");
        compiled.add(line); // `-v` names each package as it is compiled.
        return true;
      }),
    );
  } finally {
    clearInterval(timer);
  }
}

/**
 * Formats seconds: 65.3 becomes "1m 05s". It rounds, because a timer of one second may fire a
 * millisecond early.
 */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, "0")}s`;
}
