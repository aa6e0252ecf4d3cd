import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Program that the engine starts for a policy pack where there is no language host (pulumi/pulumi
 * v3.259.0 `sdk/go/common/resource/plugin/analyzer_plugin.go`, NewPolicyAnalyzer).
 */
const HOST = "pulumi-analyzer-policy-nodejs";

/**
 * Writes the host of policy packs to a folder for the engine's PATH: the SDK's own, under this
 * Node. The engine warns that it takes a plugin from the PATH.
 */
export async function makePolicyHost(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const host = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const file = join(folder, HOST);
  await writeFile(
    file,
    `#!/bin/sh\nNODE_COMPILE_CACHE='${join(folder, "compiled")}' exec '${process.execPath}' '${host}' "$@"\n`,
  );
  await chmod(file, 0o755);
}
