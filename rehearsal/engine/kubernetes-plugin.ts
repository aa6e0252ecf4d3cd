import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { requiredVersion } from "../build/recipe.ts";
import { controlPlaneRecipe } from "../kubernetes/binary.ts";

/** The Go module of the Kubernetes provider. */
export const PROVIDER_MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** The program in the multi-call binary; also the name that the engine gives a plugin's file. */
const PROGRAM = "pulumi-resource-kubernetes";

/** The version of `@pulumi/kubernetes`: the engine looks for a plugin of this one. */
function sdkVersion(): string {
  const require = createRequire(import.meta.url);
  return (require("@pulumi/kubernetes/package.json") as { readonly version: string }).version;
}

/** The provider's own version: the SDK's, and the commit that it is built from behind a plus. */
async function pluginVersion(): Promise<string> {
  const { directory } = await controlPlaneRecipe();
  const goMod = await readFile(join(directory, "go.mod"), "utf8");
  return `${sdkVersion()}+${requiredVersion(goMod, PROVIDER_MODULE).split("-").at(-1)}`;
}

/**
 * Puts the real Kubernetes provider where the engine looks for plugins.
 * @param binary the multi-call program of `findControlPlane`.
 * @param home `PULUMI_HOME` of the run.
 */
export async function installKubernetesPlugin(binary: string, home: string): Promise<void> {
  const folder = join(home, "plugins", `resource-kubernetes-v${sdkVersion()}`);
  const script = join(folder, PROGRAM);
  await mkdir(folder, { recursive: true });
  // The provider looks only every five minutes whether its engine lives (pulumi/pulumi
  // `sdk/go/common/resource/provider/main.go`). Tied to it, it goes with it, after `kill -9` too.
  await writeFile(
    script,
    `#!/bin/sh
export REHEARSAL_PROVIDER_VERSION='${await pluginVersion()}'
exec setpriv --pdeathsig=KILL -- '${binary}' ${PROGRAM} "$@"
`,
  );
  await chmod(script, 0o755);
}
