import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheHome, isThere, programIn } from "../build/cache.ts";
import { oldestGoOf, programFolder } from "../build/go-program.ts";
import { compareReleases, type InstalledGo } from "../build/go-tool.ts";
import { requiredVersion, type GoRecipe } from "../build/recipe.ts";
import { readyEngine } from "../engine/find-engine.ts";
import { engineRecipe, ENGINE_MODULE, pulumiVersion } from "../engine/engine-recipe.ts";
import { controlPlaneRecipe } from "../kubernetes/binary.ts";
import { nodeRecipe } from "../node/binary.ts";
import { NODE_PACKAGES } from "../node/packages.ts";
import { clusterProgramRecipe } from "../node/programs.ts";
import { cachedDebianRoot, DEBIAN_PACKAGES } from "./debian.ts";
import type { PartName } from "./parts.ts";

/** Parts of a drill that exist already. */
export interface FoundParts {
  /** Parts that are not in the cache, in the order in which they are built. */
  readonly missing: readonly PartName[];
  /** Parts whose modules Go has. */
  readonly compiled: readonly PartName[];
  /** The oldest Go that builds all of them, as "1.26.0". */
  readonly oldestGo: string;
}

/** Recipe of a part that Go compiles, and its main module. */
type Compiled = GoRecipe & { readonly module: string };

const KUBERNETES = "k8s.io/kubernetes";

/** Recipe of each part that Go compiles. */
export const RECIPES: Readonly<Partial<Record<PartName, () => Promise<Compiled>>>> = {
  engine: async () => ({ ...(await engineRecipe(await pulumiVersion())), module: ENGINE_MODULE }),
  "control plane": async () => ({ ...(await controlPlaneRecipe()), module: KUBERNETES }),
  node: async () => ({ ...(await nodeRecipe()), module: KUBERNETES }),
  coredns: () => Promise.resolve(clusterProgramRecipe("coredns")),
  "kube-router": () => Promise.resolve(clusterProgramRecipe("kube-router")),
  "metrics-server": () => Promise.resolve(clusterProgramRecipe("metrics-server")),
};

/**
 * Looks for existing parts. A damaged program counts as existing, because it is read completely
 * only when it is used.
 */
export async function findParts(parts: readonly PartName[], go: InstalledGo): Promise<FoundParts> {
  const looked = await Promise.all(parts.map(async (part) => await lookAt(part, go)));
  return {
    missing: looked.flatMap(({ part, there }) => (there ? [] : [part])),
    compiled: looked.flatMap(({ part, modules }) => (modules ? [part] : [])),
    oldestGo: looked
      .flatMap(({ oldestGo }) => oldestGo ?? [])
      .reduce((a, b) => (compareReleases(a, b) < 0 ? b : a), "1.0"),
  };
}

interface Looked {
  readonly part: PartName;
  readonly there: boolean;
  readonly modules?: boolean;
  readonly oldestGo?: string;
}

async function lookAt(part: PartName, go: InstalledGo): Promise<Looked> {
  const recipe = await RECIPES[part]?.();
  if (recipe === undefined) return { part, there: await isFetched(part) };
  const folder = await programFolder(recipe, go.toolchain);
  const goMod = await readFile(join(recipe.directory, "go.mod"), "utf8");
  const version = requiredVersion(goMod, recipe.module);
  return {
    part,
    there:
      (await isThere(programIn(folder, recipe.name))) ||
      (part === "engine" && (await readyEngine()) !== undefined),
    modules: existsSync(join(go.modules, `${recipe.module}@${version}`)),
    oldestGo: await oldestGoOf(recipe),
  };
}

async function isFetched(part: PartName): Promise<boolean> {
  if (part === "Debian 13") return (await cachedDebianRoot(DEBIAN_PACKAGES)) !== undefined;
  if (part === "Debian 13 of nodes") return (await cachedDebianRoot(NODE_PACKAGES)) !== undefined;
  // The matching images are known only when all programs exist; most of them stay as they are.
  const names = await readdir(cacheHome()).catch(() => []);
  return names.some((name) => /^image-store-[0-9a-f]{16}$/u.test(name));
}
