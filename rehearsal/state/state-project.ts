import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  LocalWorkspace,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { pulumiCli, type RunPulumi } from "../../ops/secrets/pulumi.ts";
import { leashEngine } from "../engine/leashed-engine.ts";

/** A secret of the project, which must not be readable anywhere. */
export const SECRET_OUTPUT = "0f6f7a52-kept-in-the-state";

/** A program without a provider: its resources exist only in its state. */
const PROGRAM: PulumiFn = () => {
  const parent = new pulumi.ComponentResource("rehearsal:state:Parent", "parent");
  for (const name of ["one", "two", "three"])
    new pulumi.ComponentResource("rehearsal:state:Part", name, {}, { parent });
  return Promise.resolve({ kept: pulumi.secret(SECRET_OUTPUT) });
};

/** Parts of a project. */
export interface StateProjectOptions {
  /** The folder that contains `bin/pulumi`. */
  readonly engineRoot: string;
  /** An empty folder for this project. */
  readonly directory: string;
  /** Environment with the state's location and credentials. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A small stack whose state the real CLI stores at some location. */
export class StateProject {
  /** The operator's working folder. */
  readonly folder: string;
  readonly pulumi: RunPulumi;
  readonly #stack: Stack;

  private constructor(stack: Stack, folder: string, pulumi: RunPulumi) {
    this.#stack = stack;
    this.folder = folder;
    this.pulumi = pulumi;
  }

  /** Creates the stack `prod`. @throws Error with the CLI's message. */
  static async open(options: StateProjectOptions): Promise<StateProject> {
    const { engineRoot, directory } = options;
    const [folder, home] = [join(directory, "work"), join(directory, "home")];
    for (const each of [folder, home]) await mkdir(each, { recursive: true });
    // Not the repository's, which requires a server's whole configuration.
    await writeFile(join(folder, "Pulumi.yaml"), "name: mastodon\nruntime: nodejs\n");
    const engine = await leashEngine(engineRoot, directory);
    const environment = {
      ...options.environment,
      PULUMI_HOME: home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
    const stack = await LocalWorkspace.createStack(
      { stackName: "prod", projectName: "mastodon", program: PROGRAM },
      {
        workDir: folder,
        pulumiHome: home,
        pulumiCommand: await PulumiCommand.get({ root: engine.root }),
        secretsProvider: "passphrase",
        envVars: environment,
      },
    );
    const command = join(engineRoot, "bin", "pulumi");
    return new StateProject(stack, folder, pulumiCli({ cwd: folder, command, env: environment }));
  }

  /** Updates the stack. Returns the number of changed resources, or the reason of the failure. */
  async up(environment: Readonly<Record<string, string>> = {}): Promise<number | string> {
    const { envVars } = this.#stack.workspace;
    Object.assign(envVars, environment);
    try {
      const { summary } = await this.#stack.up({ color: "never", suppressProgress: true });
      const { same = 0, ...changed } = summary.resourceChanges ?? {};
      return same < 0 ? 0 : Object.values(changed).reduce((sum, count) => sum + count, 0);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      for (const name of Object.keys(environment)) delete envVars[name];
    }
  }

  /** URNs in the state, as the CLI reads it. @throws Error with its message. */
  async urns(): Promise<readonly string[]> {
    const text = await this.pulumi(["stack", "export", "--stack", "prod"]);
    const { deployment } = JSON.parse(text) as {
      readonly deployment: { readonly resources?: readonly { readonly urn: string }[] };
    };
    return (deployment.resources ?? []).map(({ urn }) => urn).toSorted();
  }
}
