import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGoProgram, type BuiltProgram } from "../build/go-program.ts";
import { requiredVersion, type GoRecipe } from "../build/recipe.ts";
import type { Progress } from "../progress.ts";

/** Packages with the version that Kubernetes reports: one for the servers, one for the clients. */
const VERSION_PACKAGES = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];

/**
 * Recipe of programs that report the version of Kubernetes in their go.mod.
 * @param name the program's file name in the cache.
 * @param directory absolute path of the recipe's folder.
 */
export async function kubernetesRecipe(name: string, directory: string): Promise<GoRecipe> {
  const goMod = await readFile(join(directory, "go.mod"), "utf8");
  const version = requiredVersion(goMod, "k8s.io/kubernetes");
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  // Without a version the API server reports v0.0.0-master, and clients that ask for its version
  // refuse it.
  const stamps = VERSION_PACKAGES.flatMap((each) => [
    ...["-X", `${each}.gitVersion=${version}`],
    ...["-X", `${each}.gitMajor=${major}`],
    ...["-X", `${each}.gitMinor=${minor}`],
    ...["-X", `${each}.gitTreeState=clean`],
  ]);
  return { name, directory, package: ".", ldflags: ["-s", "-w", ...stamps] };
}

/**
 * Recipe of the control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok
 * and kubectl in one multi-call program.
 */
export async function controlPlaneRecipe(): Promise<GoRecipe> {
  return await kubernetesRecipe("control-plane", join(import.meta.dirname, "recipe"));
}

/**
 * Builds the control plane's program, or takes it from the cache. Throws as {@link buildGoProgram}.
 */
export async function findControlPlane(progress: Progress): Promise<BuiltProgram> {
  return buildGoProgram(await controlPlaneRecipe(), progress);
}
