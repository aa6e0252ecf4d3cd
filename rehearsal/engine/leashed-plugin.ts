import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quoted } from "../node/namespaces.ts";
import { sdkVersion } from "./sdk-version.ts";

/** A provider's plugin: its command and environment. */
export interface Plugin {
  /** Name of the provider: "digitalocean". */
  readonly name: string;
  /** The program with its arguments; those of the engine follow. */
  readonly command: readonly string[];
  /** Variables in addition to the engine's. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of the engine that the plugin does not get. Default none. */
  readonly withheld?: readonly string[];
}

/** The program name by which the engine finds a provider. */
export function programName(name: string): string {
  return `pulumi-resource-${name}`;
}

/** The folder below `PULUMI_HOME` that holds a provider's program of one version, "4.80.1". */
export function pluginFolder(home: string, name: string, version: string): string {
  return join(home, "plugins", `resource-${name}-v${version}`);
}

/**
 * Installs a provider as the plugin of the SDK's version. It ends with the engine, after `kill -9`
 * too. Otherwise a provider checks only every five minutes whether its engine lives (pulumi/pulumi
 * `sdk/go/common/resource/provider/main.go`).
 * @param home `PULUMI_HOME` of the run.
 */
export async function installPlugin(home: string, plugin: Plugin): Promise<void> {
  const { name, command, environment, withheld = [] } = plugin;
  const folder = pluginFolder(home, name, sdkVersion(name));
  const script = join(folder, programName(name));
  await mkdir(folder, { recursive: true });
  const lines = [
    "#!/bin/sh",
    ...withheld.map((variable) => `unset ${variable}`),
    ...Object.entries(environment).map(([key, value]) => `export ${key}=${quoted(value)}`),
    `exec setpriv --pdeathsig=KILL -- ${command.map(quoted).join(" ")} "$@"`,
  ];
  // Readable by its owner only: it may contain tokens.
  await writeFile(script, `${lines.join("\n")}\n`, { mode: 0o700 });
  await chmod(script, 0o700);
}
