import {
  PulumiCommand,
  type InlineProgramArgs,
  type LocalWorkspaceOptions,
  type PulumiFn,
} from "@pulumi/pulumi/automation/index.js";
import { delimiter, join } from "node:path";

/** A machine on which an operator runs the engine. */

/** The engine of a run, which every machine of it uses. */
export interface EngineOptions {
  /** The folder that holds `bin/pulumi`. */
  readonly engineRoot: string;
  /** Folder of this run: working directory, state and temporary files. */
  readonly directory: string;
  /** Folder of programs that comes first in the engine's PATH. */
  readonly path: string;
  readonly stackName: string;
  /** Value of `PULUMI_DEBUG_PROVIDERS`: the ports of the attached providers. */
  readonly debugProviders: string;
}

/** The parts of an operator's machine that the engine needs. */
export interface Machine {
  /** The clone of the repository, where commands are typed. */
  readonly folder: string;
  /** `PULUMI_HOME`, with the plugins that are not attached. */
  readonly home: string;
  /** `PULUMI_BACKEND_URL`. */
  readonly stateUrl: string;
  /** `PULUMI_CONFIG_PASSPHRASE`. */
  readonly passphrase: string;
}

/** Arguments that the Automation API takes for a stack. */
export async function workspaceOf(
  options: EngineOptions,
  machine: Machine,
  program: PulumiFn,
): Promise<[InlineProgramArgs, LocalWorkspaceOptions]> {
  return [
    { stackName: options.stackName, projectName: "mastodon", program },
    {
      workDir: machine.folder,
      pulumiHome: machine.home,
      pulumiCommand: await PulumiCommand.get({ root: options.engineRoot }),
      secretsProvider: "passphrase",
      envVars: environmentOf(options, machine),
    },
  ];
}

/** Environment variables of the engine on a machine. */
export function environmentOf(
  options: EngineOptions,
  { stateUrl, passphrase }: Machine,
): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: stateUrl,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_DEBUG_PROVIDERS: options.debugProviders,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: `${options.path}${delimiter}${process.env["PATH"] ?? ""}`,
    // The provider's option `enablePatchForce`. The built source knows it only by this name.
    PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
    // The Kubernetes provider writes a kubeconfig there at each start.
    TMPDIR: join(options.directory, "tmp"),
  };
}

/**
 * Does work with more variables in a workspace of the engine, and in this process, in which the
 * program runs.
 */
export async function withVariables<T>(
  envVars: Record<string, string>,
  variables: Readonly<Record<string, string>> = {},
  work: () => Promise<T>,
): Promise<T> {
  // The workspace already has some of them, such as the passphrase.
  const own = { ...envVars };
  Object.assign(envVars, variables);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) {
      if (own[name] === undefined) delete envVars[name];
      else envVars[name] = own[name];
      delete process.env[name];
    }
  }
}
