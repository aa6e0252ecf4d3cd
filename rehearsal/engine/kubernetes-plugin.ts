import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requiredVersion } from "../build/recipe.ts";
import { controlPlaneRecipe } from "../kubernetes/binary.ts";
import { installPlugin, programName } from "./leashed-plugin.ts";
import { sdkVersion } from "./sdk-version.ts";

/** The Go module of the Kubernetes provider. */
export const PROVIDER_MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** The provider's version: the SDK's, plus the built commit after a `+`. */
async function pluginVersion(): Promise<string> {
  const { directory } = await controlPlaneRecipe();
  const goMod = await readFile(join(directory, "go.mod"), "utf8");
  return `${sdkVersion("kubernetes")}+${requiredVersion(goMod, PROVIDER_MODULE).split("-").at(-1)}`;
}

/**
 * Installs the real Kubernetes provider in the engine's plugin folder.
 * @param binary the multi-call program of `findControlPlane`.
 * @param home `PULUMI_HOME` of the run.
 */
export async function installKubernetesPlugin(binary: string, home: string): Promise<void> {
  await installPlugin(home, {
    name: "kubernetes",
    command: [binary, programName("kubernetes")],
    environment: { REHEARSAL_PROVIDER_VERSION: await pluginVersion() },
  });
}
