import { existsSync, readdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Fault } from "../../domain/fault.ts";
import { installPlugin, pluginFolder, programName } from "./leashed-plugin.ts";
import { sdkVersion } from "./sdk-version.ts";

/** Plugins for the two clouds: simulated ones that are attached, or the real ones. */
export type PluginKind = "simulated" | "real";

/** @throws Error in a sentence for a word that is no kind. */
export function pluginKindOf(word: string): PluginKind {
  if (word === "simulated" || word === "real") return word;
  throw new Error(
    `--plugins is "${word}"; say simulated, which are attached, or real, which are installed.`,
  );
}

/** The clouds whose real plugins can be rehearsed. */
export const CLOUDS = ["digitalocean", "cloudflare"] as const;
export type Cloud = (typeof CLOUDS)[number];

/** A real plugin that is installed. */
export interface CloudPlugin {
  readonly name: Cloud;
  /** "4.80.1". */
  readonly version: string;
  /** Absolute path of its program. */
  readonly program: string;
}

/** Loopback addresses that answer instead of the clouds' APIs. */
export interface CloudAddresses {
  readonly digitaloceanUrl: string;
  readonly cloudflareUrl: string;
}

/** Installed plugins of the SDKs' versions, in the layout of `pulumi plugin install`. */
export function installedPlugins(env: NodeJS.ProcessEnv): readonly CloudPlugin[] {
  return CLOUDS.flatMap((name) => {
    const version = sdkVersion(name);
    const program = join(pluginFolder(pulumiHome(env), name, version), programName(name));
    return existsSync(program) ? [{ name, version, program }] : [];
  });
}

/** Faults that prevent use of the real plugins, each as a sentence with its remedy. */
export function pluginFaults(env: NodeJS.ProcessEnv): readonly Fault[] {
  const installed = installedPlugins(env);
  const folder = join(pulumiHome(env), "plugins");
  return CLOUDS.filter((name) => !installed.some((each) => each.name === name)).map((name) => {
    const version = sdkVersion(name);
    const others = versionsIn(folder, name);
    const there =
      others.length === 0
        ? `${folder} has none of it`
        : `${folder} has ${others.join(", ")} of it, and the engine takes no other version`;
    return {
      code: "plugin",
      key: name,
      message: `The real plugin of @pulumi/${name} ${version} is not installed: ${there}. Run \`pulumi plugin install resource ${name} v${version}\` where the Internet can be reached, or leave --plugins real out: then the simulated one is attached.`,
      cures: [],
    };
  });
}

/**
 * The parent folder of Pulumi's plugins
 * (https://www.pulumi.com/docs/iac/cli/environment-variables/).
 */
function pulumiHome(env: NodeJS.ProcessEnv): string {
  return env["PULUMI_HOME"] ?? join(env["HOME"] ?? homedir(), ".pulumi");
}

function versionsIn(folder: string, name: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((each) => new RegExp(`^resource-${name}-v(?<version>[\\d.]+)$`, "u").exec(each) ?? [])
    .filter((each) => /^[\d.]+$/u.test(each))
    .sort();
}

/**
 * Environment variables that point each plugin at the simulated APIs. Documented at
 * https://registry.terraform.io/providers/digitalocean/digitalocean/2.99.1/docs and
 * https://registry.terraform.io/providers/cloudflare/cloudflare/5.22.0/docs. The tokens are random
 * for each run and valid at no cloud.
 */
export function cloudSettings(
  addresses: CloudAddresses,
): Readonly<Record<Cloud, Readonly<Record<string, string>>>> {
  return {
    digitalocean: {
      DIGITALOCEAN_API_URL: addresses.digitaloceanUrl,
      DIGITALOCEAN_TOKEN: `dop_v1_${randomBytes(32).toString("hex")}`,
      // Loopback answers at once. A retry would only hide a failure.
      DIGITALOCEAN_HTTP_RETRY_MAX: "0",
      // Buckets have host names of their own, which don't resolve here. Never the real Spaces.
      SPACES_ENDPOINT_URL: addresses.digitaloceanUrl,
    },
    cloudflare: {
      CLOUDFLARE_BASE_URL: addresses.cloudflareUrl,
      // The provider wants 40 letters, digits, "-" or "_".
      CLOUDFLARE_API_TOKEN: randomBytes(20).toString("hex"),
    },
  };
}

/** Variables of an operator's shell that would direct a plugin to a real account or address. */
export const WITHHELD: readonly string[] = [
  ...["DIGITALOCEAN_ACCESS_TOKEN", "SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"],
  ...["CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "CLOUDFLARE_API_USER_SERVICE_KEY"],
];

/** Installs the real plugins in the engine's plugin folder, pointed at the simulated APIs. */
export async function installCloudPlugins(
  home: string,
  plugins: readonly CloudPlugin[],
  addresses: CloudAddresses,
): Promise<void> {
  const settings = cloudSettings(addresses);
  for (const { name, program } of plugins)
    await installPlugin(home, {
      name,
      command: [program],
      environment: settings[name],
      withheld: WITHHELD,
    });
}
