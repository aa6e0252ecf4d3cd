import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  LocalWorkspace,
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
import { eventLines } from "./event-log.ts";
import { AskedObjects, type AskedObject } from "./asked-objects.ts";
import { Haste } from "./haste.ts";
import { operationOf, type Operation, type StateResource } from "./operation.ts";
import {
  environmentOf,
  withVariables,
  workspaceOf,
  type EngineOptions,
  type Machine,
} from "./machine.ts";
import { ownConnections } from "./own-connections.ts";
import { makePolicyHost } from "./policy-host.ts";
import { withoutAfterwords, withoutLogs } from "./thrift.ts";
import { Written } from "./written.ts";

/** Options of a rehearsed stack. */
export interface RehearsedStackOptions extends EngineOptions {
  /** The project's folder, with `Pulumi.yaml` and `Pulumi.<stack>.yaml`. */
  readonly projectDirectory: string;
  /** The program of `pulumi up`: the default export of `index.ts`. */
  readonly program: PulumiFn;
}

/** Options of one operation. */
export interface RunOptions {
  /** Whether to refresh the state from the clouds first. */
  readonly refresh: boolean;
  /** Environment variables for this one command. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each event of the engine. */
  readonly told?: (event: EngineEvent) => void;
  /** Whether the engine runs the policy pack, which takes seconds. Default: no. */
  readonly policies?: boolean;
  /** Limits an update to this resource. Default: all. */
  readonly target?: string;
}

/**
 * Writes the state at the end only, for an operation that is not interrupted. With about 170
 * resources the many writes take two thirds of its time (pulumi/pulumi v3.259.0
 * `sdk/go/common/env/env.go`, SkipCheckpoints).
 */
export const WRITTEN_AT_THE_END = {
  PULUMI_EXPERIMENTAL: "true",
  PULUMI_SKIP_CHECKPOINTS: "true",
} as const;

/**
 * Resources that the engine handles in parallel. As in the official action, effectively unlimited.
 */
const PARALLEL = 256;

/** Changes to the program, and records of it. */
interface Watched {
  readonly haste: Haste;
  readonly objects: AskedObjects;
}

function watch({ haste, objects }: Watched, program: PulumiFn): PulumiFn {
  return objects.remembered(haste.shortened(program));
}

/**
 * The committed stack under the real engine, with the same program and config file. Its state is in
 * a folder of this run. One operation at a time.
 */
export class RehearsedStack {
  readonly #stack: Stack;
  readonly #options: RehearsedStackOptions;
  readonly #machine: Machine;
  readonly #watched: Watched;
  readonly #written = new Written();
  /** The CLI, in {@link folder}. */
  readonly pulumi: RunPulumi;

  private constructor(
    stack: Stack,
    options: RehearsedStackOptions,
    machine: Machine,
    watched: Watched,
  ) {
    this.#stack = withoutAfterwords(stack);
    this.#options = options;
    this.#machine = machine;
    this.#watched = watched;
    const run = pulumiCli({
      command: join(options.engineRoot, "bin", "pulumi"),
      cwd: machine.folder,
      env: { PULUMI_HOME: machine.home, ...environmentOf(options, machine) },
    });
    this.pulumi = (args, input) => {
      this.#written.commandLines += `pulumi ${args.join(" ")}\n`;
      return run(args, input);
    };
  }

  /**
   * Creates the stack and sets its secrets by standard input. Every user of the machine can read a
   * command line.
   * @param home `PULUMI_HOME`.
   * @param passphrase encrypts the state of this run; discarded after it.
   */
  static async open(
    options: RehearsedStackOptions,
    { home, passphrase }: Pick<Machine, "home" | "passphrase">,
  ): Promise<RehearsedStack> {
    ownConnections();
    const { directory, projectDirectory, stackName } = options;
    const workDir = join(directory, "work");
    // Without sidecar files: an empty one after a kill makes the whole state unreadable.
    const stateUrl = `file://${join(directory, "state")}?metadata=skip`;
    const machine = { folder: workDir, home, passphrase, stateUrl };
    for (const folder of ["state", "work", "tmp"])
      await mkdir(join(directory, folder), { recursive: true });
    await cp(join(projectDirectory, "Pulumi.yaml"), join(workDir, "Pulumi.yaml"));
    await withoutLogs(home);
    await makePolicyHost(options.path);
    const stackFile = `Pulumi.${stackName}.yaml`;
    // An operator's own secrets stay encrypted: this run creates its own with the same command.
    const committed = await readFile(join(projectDirectory, stackFile), "utf8");
    await writeFile(join(workDir, stackFile), withUnpinnedImages(readyToRehearse(committed)));
    const watched = { haste: new Haste(), objects: new AskedObjects() };
    const stack = await LocalWorkspace.createStack(
      ...(await workspaceOf(options, machine, watch(watched, options.program))),
    );
    const rehearsed = new RehearsedStack(stack, options, machine, watched);
    if (!(await rehearsed.secretsCommand(["init"])))
      throw new Error(`\`npm run secrets -- init\` failed: ${rehearsed.#written.said}`);
    return rehearsed;
  }

  /**
   * The same stack on another machine, with the same program. Its folder has the committed files
   * alone, as a clone has.
   */
  async on(machine: Machine): Promise<RehearsedStack> {
    await mkdir(machine.folder, { recursive: true });
    for (const file of [join(this.folder, "Pulumi.yaml"), this.stackFile])
      await cp(file, join(machine.folder, basename(file)));
    await withoutLogs(machine.home);
    const program = this.#stack.workspace.program ?? this.#options.program;
    const stack = await LocalWorkspace.selectStack(
      ...(await workspaceOf(this.#options, machine, program)),
    );
    return new RehearsedStack(stack, this.#options, machine, this.#watched);
  }

  /** `PULUMI_BACKEND_URL`. */
  get stateUrl(): string {
    return this.#machine.stateUrl;
  }

  /**
   * Runs `npm run secrets -- …` on this stack, as its operator does.
   * @returns whether the command succeeded.
   */
  async secretsCommand(args: readonly string[]): Promise<boolean> {
    return await runSecrets(args, {
      say: (text) => (this.#written.said += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      environment: environmentOf(this.#options, this.#machine),
      now: () => new Date(),
      pulumi: () => this.pulumi,
      cwd: this.folder,
      temporary: this.#options.directory,
    });
  }

  /** The secrets of this run, decrypted. */
  async secrets(): Promise<HeldSecrets> {
    return await new SecretStore(this.folder, this.#options.stackName, this.pulumi).held();
  }

  /**
   * Sets secrets of external services by standard input, as docs/secrets.md says: `pulumi config
   * set --secret`.
   */
  async giveSecrets(values: Readonly<Partial<Record<SecretKey, string>>>): Promise<void> {
    for (const [key, value] of Object.entries(values))
      await this.pulumi(
        ["config", "set", "--secret", `mastodon:${key}`, "--stack", this.#options.stackName],
        value,
      );
  }

  /** Edits the stack file as a person does in an editor; its secrets stay encrypted. */
  async editConfig(edit: (config: Document) => void): Promise<void> {
    const file = this.stackFile;
    const document = parseDocument(await readFile(file, "utf8"));
    edit(document);
    await writeFile(file, document.toString());
  }

  /** The folder of the operator's commands. */
  get folder(): string {
    return this.#machine.folder;
  }

  /** The stack file of this run. */
  get stackFile(): string {
    return join(this.folder, `Pulumi.${this.#options.stackName}.yaml`);
  }

  /** Sets the program of the next operations: that of another release. */
  deploy(program: PulumiFn): void {
    this.#stack.workspace.program = watch(this.#watched, program);
  }

  /** Outputs of the last update, even of a failed one. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const outputs = await this.#stack.workspace.stackOutputs(this.#stack.name);
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Removes from the output `running` the keys that an older program would not have written. */
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

  /** Previews an update. `refresh`: reads the clouds first, as a pull request's preview does. */
  async preview(options: RunOptions = { refresh: false }): Promise<Operation> {
    return await withVariables(this.#stack.workspace.envVars, options.environment, () =>
      this.#run(
        "preview",
        (common) =>
          this.#stack.preview({ ...common, ...this.#pack(options), refresh: options.refresh }),
        options.told,
      ),
    );
  }

  /** Applies the program. `refresh`: reads the clouds first. */
  async up(options: RunOptions = { refresh: false }): Promise<Operation> {
    const { refresh, told, target } = options;
    const limits = target === undefined ? {} : { target: [target] };
    return await withVariables(this.#stack.workspace.envVars, options.environment, () =>
      this.#run(
        "up",
        (common) => this.#stack.up({ ...common, ...this.#pack(options), refresh, ...limits }),
        told,
      ),
    );
  }

  #pack({ policies = false }: RunOptions): { readonly policyPacks?: string[] } {
    return policies ? { policyPacks: [join(this.#options.projectDirectory, "policy")] } : {};
  }

  /**
   * Deletes everything, as `pulumi destroy` does for a person. Its preview refuses while anything
   * is protected. Without that preview (`--skip-preview`) the engine deletes all unprotected
   * resources before it reports an error. `refresh`: reads the clouds first.
   */
  async destroy(options: Omit<RunOptions, "told"> = { refresh: false }): Promise<Operation> {
    const { refresh, environment = {} } = options;
    const preview = await this.#run("destroy", (common) =>
      this.#stack.previewDestroy({ ...common, refresh }),
    );
    if (preview.failure !== undefined) return preview;
    return await withVariables(this.#stack.workspace.envVars, environment, () =>
      this.#run("destroy", (common) => this.#stack.destroy({ ...common, refresh })),
    );
  }

  /** The documented unlock: `pulumi state unprotect --all`. */
  async unprotectAll(): Promise<void> {
    await this.pulumi(["state", "unprotect", "--all", "--yes", "--stack", this.#stack.name]);
  }

  /** Resources of the state, with decrypted secrets and the pauses that the program asked for. */
  async resources(): Promise<readonly StateResource[]> {
    const exported = (await this.#stack.exportStack()) as {
      deployment: { resources?: readonly StateResource[] };
    };
    return (exported.deployment.resources ?? []).map((each) => this.#watched.haste.asAsked(each));
  }

  /** An event of the engine, with the pauses that the program asked for. */
  asAsked(event: EngineEvent): EngineEvent {
    return this.#watched.haste.eventAsAsked(event);
  }

  /** Kubernetes objects that the program asked for in its last run. */
  askedObjects(): readonly AskedObject[] {
    return this.#watched.objects.all();
  }

  /** Every text that this stack wrote: state backend, stack file, events and output. */
  async haystacks(): Promise<readonly Haystack[]> {
    return await this.#written.haystacks(join(this.#options.directory, "state"), this.stackFile);
  }

  /** Printed text since the last call. Drops it afterwards: a long run would keep it all. */
  takePrinted(): string {
    return this.#written.takePrinted();
  }

  /** Writes the engine's events up to now, one JSON object a line. */
  async writeEventLog(file: string): Promise<void> {
    await writeFile(file, eventLines(this.#written.events));
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
          // The SDK's debug lines contain whole answers with decrypted secrets. The CLI shows them
          // only with --debug.
          if (isDebug(event)) return;
          events.push({ event, atMs: Date.now() });
          this.#written.events.push(event);
          told(event);
        },
        onOutput: (text) => {
          this.#written.output += text;
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

function isDebug(event: EngineEvent): boolean {
  return (event.diagnosticEvent?.severity as string | undefined) === "debug";
}
