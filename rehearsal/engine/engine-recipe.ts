import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requiredVersion, type GoRecipe } from "../build/recipe.ts";

/** The Go module of the CLI's commands and the engine. */
export const ENGINE_MODULE = "github.com/pulumi/pulumi/pkg/v3";
/** Go modules of the CLI: the engine's, and the SDK's that it shares with programs. */
const MODULES = [ENGINE_MODULE, "github.com/pulumi/pulumi/sdk/v3"] as const;

/**
 * The pinned version of Pulumi, "3.259.0", from the SDK's entry in `package.json`. Engine and SDK
 * are released together, and their protocol grows with each release. So both have the same version.
 */
export async function pulumiVersion(): Promise<string> {
  const file = join(import.meta.dirname, "../../package.json");
  const manifest = JSON.parse(await readFile(file, "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const version = manifest.dependencies["@pulumi/pulumi"];
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(
      `package.json asks for @pulumi/pulumi ${version ?? "not at all"}; the engine needs one exact version, like "3.259.0".`,
    );
  return version;
}

/**
 * The build recipe of the `pulumi` command.
 * @throws Error if go.mod names another version than package.json. An engine of another version
 * than the SDK fails in mid-run, with an unrelated error.
 */
export async function engineRecipe(version: string): Promise<GoRecipe> {
  const directory = join(import.meta.dirname, "recipe");
  const goMod = await readFile(join(directory, "go.mod"), "utf8");
  for (const module of MODULES) {
    const required = requiredVersion(goMod, module);
    if (required !== `v${version}`)
      throw new Error(
        `package.json pins @pulumi/pulumi ${version}, but rehearsal/engine/recipe/go.mod requires ${module} ${required}. ` +
          `Make them one: \`cd rehearsal/engine/recipe && GOFLAGS=-mod=mod go get ${MODULES.map((each) => `${each}@v${version}`).join(" ")} && go build -o /dev/null github.com/pulumi/pulumi/pkg/v3/cmd/pulumi\`.`,
      );
  }
  return {
    name: "pulumi",
    directory,
    package: `${ENGINE_MODULE}/cmd/pulumi`,
    // As in official releases. Without it `pulumi version` is empty, and the Automation API refuses
    // the command.
    ldflags: [
      "-s",
      "-w",
      "-X",
      `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
    ],
  };
}
