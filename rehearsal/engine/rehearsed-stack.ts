import { spawn } from "node:child_process";
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { parseDocument, type Document } from "yaml";
import type { Haystack } from "../checks/secret-search.ts";
import { operationOf, type Operation, type StateResource } from "./operation.ts";

/** What a rehearsed stack is made of. */
export interface RehearsedStackOptions {
  /** The folder that holds `bin/pulumi`. */
  readonly engineRoot: string;
  /** The project's own folder: where `Pulumi.yaml` and `Pulumi.<stack>.yaml` stand. */
  readonly projectDirectory: string;
  /** An empty folder of this run: work dir, state, Pulumi home. */
  readonly directory: string;
  readonly stackName: string;
  /** What `pulumi up` would run: the default export of `index.ts`. */
  readonly program: PulumiFn;
  /** The value of `PULUMI_DEBUG_PROVIDERS`: where the attached providers listen. */
  readonly debugProviders: string;
  /** Config secrets by full key (`mastodon:secretKeyBase`). */
  readonly secrets: Readonly<Record<string, string>>;
  /** Encrypts the state of this run; thrown away with it. */
  readonly passphrase: string;
}

/** How many resources the engine works on at once: as the official action does, in effect no limit. */
const PARALLEL = 256;

/**
 * The committed stack under the real engine: same program, same config file, state in a folder of this run. One
 * operation at a time.
 */
export class RehearsedStack {
  readonly #stack: Stack;
  readonly #options: RehearsedStackOptions;
  readonly #events: EngineEvent[] = [];
  #output = "";

  private constructor(stack: Stack, options: RehearsedStackOptions) {
    this.#stack = stack;
    this.#options = options;
  }

  /** Makes the stack and gives it its secrets, by standard input: a command line can be read by every user of the machine. */
  static async open(options: RehearsedStackOptions): Promise<RehearsedStack> {
    const { directory, projectDirectory, stackName, program } = options;
    const workDir = join(directory, "work");
    await mkdir(join(directory, "state"), { recursive: true });
    await mkdir(workDir, { recursive: true });
    for (const file of ["Pulumi.yaml", `Pulumi.${stackName}.yaml`])
      await cp(join(projectDirectory, file), join(workDir, file));
    const stack = await LocalWorkspace.createStack(
      { stackName, projectName: "mastodon", program },
      {
        workDir,
        pulumiHome: join(directory, "home"),
        pulumiCommand: await PulumiCommand.get({ root: options.engineRoot }),
        secretsProvider: "passphrase",
        envVars: environmentOf(options),
      },
    );
    const rehearsed = new RehearsedStack(stack, options);
    for (const [key, value] of Object.entries(options.secrets))
      await rehearsed.#pulumi(["config", "set", "--secret", key, "--stack", stackName], value);
    return rehearsed;
  }

  /** Changes the stack file as a person with an editor does; secrets in it stay encrypted. */
  async editConfig(edit: (config: Document) => void): Promise<void> {
    const file = join(this.#options.directory, "work", `Pulumi.${this.#options.stackName}.yaml`);
    const document = parseDocument(await readFile(file, "utf8"));
    edit(document);
    await writeFile(file, document.toString());
  }

  /** What an update would do. `refresh`: asked of what is really there, as the preview of a pull request is. */
  async preview(options: { readonly refresh: boolean } = { refresh: false }): Promise<Operation> {
    return await this.#run("preview", (common) =>
      this.#stack.preview({ ...common, refresh: options.refresh }),
    );
  }

  /** Makes the world as the program says. `refresh`: first ask the clouds what is really there. */
  async up(options: { readonly refresh: boolean } = { refresh: false }): Promise<Operation> {
    return await this.#run("up", (common) =>
      this.#stack.up({ ...common, refresh: options.refresh }),
    );
  }

  /** Asks the clouds what is really there, and changes nothing but the state. */
  async refresh(): Promise<Operation> {
    return await this.#run("refresh", (common) => this.#stack.refresh(common));
  }

  /**
   * Deletes everything, as `pulumi destroy` does for a person: a preview first, which refuses while anything is protected. Without
   * that preview (`--skip-preview`) the engine deletes all that is not protected before it says so.
   */
  async destroy(): Promise<Operation> {
    const preview = await this.#run("destroy", (common) => this.#stack.previewDestroy(common));
    if (preview.failure !== undefined) return preview;
    return await this.#run("destroy", (common) => this.#stack.destroy(common));
  }

  /** The documented unlock: `pulumi state unprotect --all`. */
  async unprotectAll(): Promise<void> {
    await this.#pulumi(["state", "unprotect", "--all", "--yes", "--stack", this.#stack.name]);
  }

  /** The resources in the state, secrets decrypted. */
  async resources(): Promise<readonly StateResource[]> {
    const exported = (await this.#stack.exportStack()) as {
      deployment: { resources?: readonly StateResource[] };
    };
    return exported.deployment.resources ?? [];
  }

  /** All that this stack wrote anywhere: each file of the state backend, the stack file, the events, the output. */
  async haystacks(): Promise<readonly Haystack[]> {
    const state = join(this.#options.directory, "state");
    const entries = await readdir(state, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => ({
          name: `state file ${entry.name}`,
          text: await readFile(join(entry.parentPath, entry.name), "utf8"),
        })),
    );
    const stackFile = `Pulumi.${this.#options.stackName}.yaml`;
    return [
      ...files.filter(({ text }) => text.length > 0),
      {
        name: stackFile,
        text: await readFile(join(this.#options.directory, "work", stackFile), "utf8"),
      },
      { name: "event log", text: JSON.stringify(this.#events) },
      { name: "program output", text: this.#output },
    ];
  }

  /** Writes the engine's events so far, one JSON object a line. */
  async writeEventLog(file: string): Promise<void> {
    await writeFile(file, this.#events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }

  async #run(
    kind: Operation["kind"],
    run: (options: {
      onEvent: (event: EngineEvent) => void;
      onOutput: (text: string) => void;
      parallel: number;
      color: "never";
      suppressProgress: true;
    }) => Promise<unknown>,
  ): Promise<Operation> {
    const events: { event: EngineEvent; atMs: number }[] = [];
    const startedAtMs = Date.now();
    let failure: string | undefined;
    try {
      await run({
        onEvent: (event) => {
          // The SDK's own debug lines carry whole answers, secrets in the clear; the CLI shows them with --debug only.
          if (isDebug(event)) return;
          events.push({ event, atMs: Date.now() });
          this.#events.push(event);
        },
        onOutput: (text) => {
          this.#output += text;
        },
        parallel: PARALLEL,
        color: "never",
        suppressProgress: true,
      });
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    return operationOf(kind, events, startedAtMs, Date.now(), failure);
  }

  async #pulumi(args: readonly string[], input = ""): Promise<string> {
    return await new Promise((resolve, reject) => {
      const child = spawn(join(this.#options.engineRoot, "bin", "pulumi"), args, {
        cwd: join(this.#options.directory, "work"),
        env: {
          ...process.env,
          PULUMI_HOME: join(this.#options.directory, "home"),
          ...environmentOf(this.#options),
        },
        stdio: "pipe",
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(output);
        else reject(new Error(`pulumi ${args.slice(0, 3).join(" ")} failed (${code}): ${output}`));
      });
      child.stdin.end(input);
    });
  }
}

function environmentOf(options: RehearsedStackOptions): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(options.directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
    PULUMI_DEBUG_PROVIDERS: options.debugProviders,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

function isDebug(event: EngineEvent): boolean {
  return (event.diagnosticEvent?.severity as string | undefined) === "debug";
}
