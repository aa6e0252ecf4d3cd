import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { parseDocument, type Document } from "yaml";
import type { HeldSecrets } from "../../input/secret-faults.ts";
import type { SecretKey } from "../../config/secret-keys/all.ts";
import { runSecrets } from "../../ops/secrets/command.ts";
import { pulumiCli, type RunPulumi } from "../../ops/secrets/pulumi.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import type { Haystack } from "../checks/secret-search.ts";
import { readyToRehearse, withUnpinnedImages } from "../../plan/stack-file.ts";
import { AskedObjects, type AskedObject } from "./asked-objects.ts";
import { Haste } from "./haste.ts";
import { operationOf, type Operation, type StateResource } from "./operation.ts";
import { ownConnections } from "./own-connections.ts";
import { withoutAfterwords, withoutLogs } from "./thrift.ts";

/** What a rehearsed stack is made of. */
export interface RehearsedStackOptions {
  /** The folder that holds `bin/pulumi`. */
  readonly engineRoot: string;
  /** The project's own folder: where `Pulumi.yaml` and `Pulumi.<stack>.yaml` stand. */
  readonly projectDirectory: string;
  /** A folder of this run: work dir, state, temporary files. */
  readonly directory: string;
  /** `PULUMI_HOME`, with the plugins that are not attached. */
  readonly home: string;
  /** A folder with programs that the engine finds before all others. */
  readonly path: string;
  readonly stackName: string;
  /** What `pulumi up` would run: the default export of `index.ts`. */
  readonly program: PulumiFn;
  /** The value of `PULUMI_DEBUG_PROVIDERS`: where the attached providers listen. */
  readonly debugProviders: string;
  /** Encrypts the state of this run; thrown away with it. */
  readonly passphrase: string;
}

/** How an operation is run. */
export interface RunOptions {
  /** Whether the clouds are first asked what is really there. */
  readonly refresh: boolean;
  /** Variables that the operator's shell has for this one command. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told of each event of the engine as it comes. */
  readonly told?: (event: EngineEvent) => void;
}

/**
 * The state is written at the end only, for an operation that nobody cuts off: with about 170
 * resources the many writes are two thirds of its time (pulumi/pulumi v3.259.0
 * `sdk/go/common/env/env.go`, SkipCheckpoints).
 */
export const WRITTEN_AT_THE_END = {
  PULUMI_EXPERIMENTAL: "true",
  PULUMI_SKIP_CHECKPOINTS: "true",
} as const;

/** How many resources the engine works on at once: as the official action does, in effect no limit. */
const PARALLEL = 256;

/** What is done to the program, and seen of it. */
interface Watched {
  readonly haste: Haste;
  readonly objects: AskedObjects;
}

function watch({ haste, objects }: Watched, program: PulumiFn): PulumiFn {
  return objects.remembered(haste.shortened(program));
}

/**
 * The committed stack under the real engine: same program, same config file, state in a folder of this run. One
 * operation at a time.
 */
export class RehearsedStack {
  readonly #stack: Stack;
  readonly #options: RehearsedStackOptions;
  readonly #watched: Watched;
  readonly #events: EngineEvent[] = [];
  /** The CLI, in {@link folder}. */
  readonly pulumi: RunPulumi;
  #output = "";
  /** What the secrets command printed. */
  #said = "";
  /** What we ran ourselves: every user of the machine can read a command line. */
  #commandLines = "";

  private constructor(stack: Stack, options: RehearsedStackOptions, watched: Watched) {
    this.#stack = withoutAfterwords(stack);
    this.#options = options;
    this.#watched = watched;
    const run = pulumiCli({
      command: join(options.engineRoot, "bin", "pulumi"),
      cwd: join(options.directory, "work"),
      env: { PULUMI_HOME: options.home, ...environmentOf(options) },
    });
    this.pulumi = (args, input) => {
      this.#commandLines += `pulumi ${args.join(" ")}\n`;
      return run(args, input);
    };
  }

  /** Makes the stack and gives it its secrets, by standard input: a command line can be read by every user of the machine. */
  static async open(options: RehearsedStackOptions): Promise<RehearsedStack> {
    ownConnections();
    const { directory, projectDirectory, stackName, program } = options;
    const workDir = join(directory, "work");
    for (const folder of ["state", "work", "tmp"])
      await mkdir(join(directory, folder), { recursive: true });
    await cp(join(projectDirectory, "Pulumi.yaml"), join(workDir, "Pulumi.yaml"));
    await withoutLogs(options.home);
    const stackFile = `Pulumi.${stackName}.yaml`;
    // An operator's own secrets stay closed: this run makes its own, by the same command.
    const committed = await readFile(join(projectDirectory, stackFile), "utf8");
    await writeFile(join(workDir, stackFile), withUnpinnedImages(readyToRehearse(committed)));
    const watched = { haste: new Haste(), objects: new AskedObjects() };
    const stack = await LocalWorkspace.createStack(
      { stackName, projectName: "mastodon", program: watch(watched, program) },
      {
        workDir,
        pulumiHome: options.home,
        pulumiCommand: await PulumiCommand.get({ root: options.engineRoot }),
        secretsProvider: "passphrase",
        envVars: environmentOf(options),
      },
    );
    const rehearsed = new RehearsedStack(stack, options, watched);
    if (!(await rehearsed.secretsCommand(["init"])))
      throw new Error(`\`npm run secrets -- init\` failed: ${rehearsed.#said}`);
    return rehearsed;
  }

  /** Runs `npm run secrets -- …` on this stack, as its operator does. Answers whether all is well. */
  async secretsCommand(args: readonly string[]): Promise<boolean> {
    return await runSecrets(args, {
      say: (text) => (this.#said += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      environment: environmentOf(this.#options),
      now: () => new Date(),
      pulumi: () => this.pulumi,
      cwd: join(this.#options.directory, "work"),
      temporary: this.#options.directory,
    });
  }

  /** The secrets of this run, decrypted. */
  async secrets(): Promise<HeldSecrets> {
    const { directory, stackName } = this.#options;
    return await new SecretStore(join(directory, "work"), stackName, this.pulumi).held();
  }

  /** Sets secrets that come from elsewhere, as docs/secrets.md says: `pulumi config set --secret`, by standard input. */
  async giveSecrets(values: Readonly<Partial<Record<SecretKey, string>>>): Promise<void> {
    for (const [key, value] of Object.entries(values))
      await this.pulumi(
        ["config", "set", "--secret", `mastodon:${key}`, "--stack", this.#options.stackName],
        value,
      );
  }

  /** Changes the stack file as a person with an editor does; secrets in it stay encrypted. */
  async editConfig(edit: (config: Document) => void): Promise<void> {
    const file = join(this.#options.directory, "work", `Pulumi.${this.#options.stackName}.yaml`);
    const document = parseDocument(await readFile(file, "utf8"));
    edit(document);
    await writeFile(file, document.toString());
  }

  /** The folder in which an operator would type. */
  get folder(): string {
    return join(this.#options.directory, "work");
  }

  /** The stack file of this run. */
  get stackFile(): string {
    return join(this.#options.directory, "work", `Pulumi.${this.#options.stackName}.yaml`);
  }

  /** What is run from now on: the program of another release. */
  deploy(program: PulumiFn): void {
    this.#stack.workspace.program = watch(this.#watched, program);
  }

  /** The outputs of the last update, those of an update that failed included. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const outputs = await this.#stack.workspace.stackOutputs(this.#stack.name);
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Takes from the output `running` what an older program would not have written there. */
  async forget(keys: readonly string[]): Promise<void> {
    const exported = await this.#stack.exportStack();
    const { resources = [] } = exported.deployment as {
      resources?: readonly { readonly type: string; readonly outputs?: Record<string, unknown> }[];
    };
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
    const running = outputs?.["running"];
    if (outputs === undefined || typeof running !== "object" || running === null)
      throw new Error("The state has no output `running` to forget something of.");
    outputs["running"] = Object.fromEntries(
      Object.entries(running).filter(([key]) => !keys.includes(key)),
    );
    await this.#stack.importStack(exported);
  }

  /** What an update would do. `refresh`: asked of what is really there, as the preview of a pull request is. */
  async preview(options: { readonly refresh: boolean } = { refresh: false }): Promise<Operation> {
    return await this.#run("preview", (common) =>
      this.#stack.preview({ ...common, refresh: options.refresh }),
    );
  }

  /** Makes the world as the program says. `refresh`: first ask the clouds what is really there. */
  async up(options: RunOptions = { refresh: false }): Promise<Operation> {
    return await this.#withEnvironment(options.environment ?? {}, () =>
      this.#run(
        "up",
        (common) => this.#stack.up({ ...common, refresh: options.refresh }),
        options.told,
      ),
    );
  }

  /**
   * Deletes everything, as `pulumi destroy` does for a person: a preview first, which refuses while anything is protected. Without
   * that preview (`--skip-preview`) the engine deletes all that is not protected before it says so.
   * `refresh`: first ask the clouds what is really there.
   */
  async destroy(options: Omit<RunOptions, "told"> = { refresh: false }): Promise<Operation> {
    const { refresh, environment = {} } = options;
    const preview = await this.#run("destroy", (common) =>
      this.#stack.previewDestroy({ ...common, refresh }),
    );
    if (preview.failure !== undefined) return preview;
    return await this.#withEnvironment(environment, () =>
      this.#run("destroy", (common) => this.#stack.destroy({ ...common, refresh })),
    );
  }

  /** The documented unlock: `pulumi state unprotect --all`. */
  async unprotectAll(): Promise<void> {
    await this.pulumi(["state", "unprotect", "--all", "--yes", "--stack", this.#stack.name]);
  }

  /** The resources in the state, secrets decrypted, with the pauses that the program asked for. */
  async resources(): Promise<readonly StateResource[]> {
    const exported = (await this.#stack.exportStack()) as {
      deployment: { resources?: readonly StateResource[] };
    };
    return (exported.deployment.resources ?? []).map((each) => this.#watched.haste.asAsked(each));
  }

  /** The objects of Kubernetes that the program asked for when it last ran. */
  askedObjects(): readonly AskedObject[] {
    return this.#watched.objects.all();
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
      { name: "output of the secrets command", text: this.#said },
      { name: "command lines", text: this.#commandLines },
    ];
  }

  /** Text that a person has read since the last time. Forgets it: a long run would keep it all. */
  takePrinted(): string {
    const printed = `${this.#output}${this.#commandLines}`;
    [this.#output, this.#commandLines] = ["", ""];
    this.#events.length = 0;
    return printed;
  }

  /** Writes the engine's events so far, one JSON object a line. */
  async writeEventLog(file: string): Promise<void> {
    await writeFile(file, this.#events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }

  /** Sets variables as a shell does: for the engine, and for the program, which runs in this process. */
  async #withEnvironment<T>(
    variables: Readonly<Record<string, string>>,
    work: () => Promise<T>,
  ): Promise<T> {
    const { envVars } = this.#stack.workspace;
    Object.assign(envVars, variables);
    Object.assign(process.env, variables);
    try {
      return await work();
    } finally {
      for (const name of Object.keys(variables)) {
        delete envVars[name];
        delete process.env[name];
      }
    }
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
    told: RunOptions["told"] = () => {},
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
          told(event);
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
}

function environmentOf(options: RehearsedStackOptions): Record<string, string> {
  return {
    // Without the sidecar files: after a kill an empty one makes the whole state unreadable.
    PULUMI_BACKEND_URL: `file://${join(options.directory, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
    PULUMI_DEBUG_PROVIDERS: options.debugProviders,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: `${options.path}${delimiter}${process.env["PATH"] ?? ""}`,
    // The provider's option `enablePatchForce`, which the built source knows by this name alone.
    PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
    // The Kubernetes provider leaves a kubeconfig there at each start.
    TMPDIR: join(options.directory, "tmp"),
  };
}

function isDebug(event: EngineEvent): boolean {
  return (event.diagnosticEvent?.severity as string | undefined) === "debug";
}
