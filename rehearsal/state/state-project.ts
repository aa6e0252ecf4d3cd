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

/** A secret of the project, which must stand nowhere in the clear. */
export const SECRET_OUTPUT = "0f6f7a52-kept-in-the-state";

/** A program without a provider: what it makes stands in its state and nowhere else. */
const PROGRAM: PulumiFn = () => {
  const parent = new pulumi.ComponentResource("rehearsal:state:Parent", "parent");
  for (const name of ["one", "two", "three"])
    new pulumi.ComponentResource("rehearsal:state:Part", name, {}, { parent });
  return Promise.resolve({ kept: pulumi.secret(SECRET_OUTPUT) });
};

/** Parts of a project. */
export interface StateProjectOptions {
  /** The folder that holds `bin/pulumi`. */
  readonly engineRoot: string;
  /** An empty folder of this project. */
  readonly directory: string;
  /** Of the place of its state, and what opens it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A small stack whose state the real CLI keeps somewhere. */
export class StateProject {
  /** The folder in which an operator would type. */
  readonly folder: string;
  readonly pulumi: RunPulumi;
  readonly #stack: Stack;

  private constructor(stack: Stack, folder: string, pulumi: RunPulumi) {
    this.#stack = stack;
    this.folder = folder;
    this.pulumi = pulumi;
  }

  /** Makes the stack `prod`. @throws Error in the CLI's words. */
  static async open(options: StateProjectOptions): Promise<StateProject> {
    const { engineRoot, directory } = options;
    const [folder, home] = [join(directory, "work"), join(directory, "home")];
    for (const each of [folder, home]) await mkdir(each, { recursive: true });
    // Not the repository's: that one asks for a server's whole configuration.
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

  /** Updates the stack. Answers how many resources were changed, or why it failed. */
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

  /** URNs in the state, as the CLI reads it. @throws Error in its words. */
  async urns(): Promise<readonly string[]> {
    const text = await this.pulumi(["stack", "export", "--stack", "prod"]);
    const { deployment } = JSON.parse(text) as {
      readonly deployment: { readonly resources?: readonly { readonly urn: string }[] };
    };
    return (deployment.resources ?? []).map(({ urn }) => urn).toSorted();
  }
}
