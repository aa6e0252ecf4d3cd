import { spawn } from "node:child_process";
import { chmod, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HeldSecrets } from "../../input/secret-faults.ts";
import { pulumiCli } from "../../ops/secrets/pulumi.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import type { Haystack } from "../checks/secret-search.ts";

/** Input of a project. */
export interface KeysProjectOptions {
  /** The folder that contains `bin/pulumi`. */
  readonly engineRoot: string;
  /** Folder of the repository, with `ops/` and `Pulumi.yaml`. */
  readonly projectDirectory: string;
  /** An empty folder for this project. */
  readonly directory: string;
  /** Value for `pulumi stack init --secrets-provider`. */
  readonly secretsProvider: string;
  /** Credentials that decrypt the stack. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A stack after `pulumi stack init`, and an operator who types this repository's commands. Each is
 * a process of its own, with the real CLI on its PATH and a real key service or passphrase.
 */
export class KeysProject {
  readonly #options: KeysProjectOptions;
  readonly #work: string;
  readonly #commandLines: string;
  readonly #scratch: string;
  #said = "";

  private constructor(options: KeysProjectOptions) {
    this.#options = options;
    this.#work = join(options.directory, "work");
    this.#commandLines = join(options.directory, "command-lines");
    this.#scratch = join(options.directory, "scratch-files");
  }

  /** Creates the stack. @throws Error with the CLI's message. */
  static async open(options: KeysProjectOptions): Promise<KeysProject> {
    const project = new KeysProject(options);
    const { directory, engineRoot, projectDirectory, secretsProvider } = options;
    for (const folder of ["work", "state", "tmp", "bin"])
      await mkdir(join(directory, folder), { recursive: true });
    await cp(join(projectDirectory, "Pulumi.yaml"), join(project.#work, "Pulumi.yaml"));
    await writeFile(join(project.#work, "Pulumi.prod.yaml"), "# ours\nconfig: {}\n");
    // Records the arguments of each command and the contents of its scratch files, which the
    // command deletes at its end.
    const command = join(directory, "bin", "pulumi");
    await writeFile(
      command,
      `#!/bin/sh
printf '%s\\n' "pulumi $*" >>'${project.#commandLines}'
'${join(engineRoot, "bin", "pulumi")}' "$@"
status=$?
cat '${join(directory, "tmp")}'/*/*.yaml >>'${project.#scratch}' 2>/dev/null
exit $status
`,
    );
    await chmod(command, 0o755);
    await project.#pulumi(["stack", "init", "prod", "--secrets-provider", secretsProvider]);
    return project;
  }

  /** Runs one of `ops/`, as `npm run NAME -- …` does; returns whether its exit status was 0. */
  async type(name: "env" | "secrets", args: readonly string[]): Promise<boolean> {
    const script = join(this.#options.projectDirectory, "ops", name, "main.ts");
    const typed = [script, ...args, "--cwd", this.#work];
    await writeFile(this.#commandLines, `node ${typed.join(" ")}\n`, { flag: "a" });
    const child = spawn(process.execPath, typed, {
      cwd: this.#options.projectDirectory,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (this.#said += chunk.toString("utf8")));
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status === 0));
    });
  }

  /** Output of all commands so far. */
  get said(): string {
    return this.#said;
  }

  /** The current stack file. */
  async stackFile(): Promise<string> {
    return await readFile(join(this.#work, "Pulumi.prod.yaml"), "utf8");
  }

  /** The stack's secrets, decrypted. */
  async held(): Promise<HeldSecrets> {
    return await new SecretStore(this.#work, "prod", (args) => this.#pulumi(args)).held();
  }

  /** Every file that a command wrote, including deleted ones, its output, and each command line. */
  async haystacks(): Promise<readonly Haystack[]> {
    const { directory } = this.#options;
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => ({
          name: join(entry.parentPath, entry.name).slice(directory.length + 1),
          text: await readFile(join(entry.parentPath, entry.name), "utf8"),
        })),
    );
    return [
      ...files.filter(({ text }) => text.length > 0),
      { name: "what the commands printed", text: this.#said },
    ];
  }

  async #pulumi(args: readonly string[]): Promise<string> {
    const command = join(this.#options.directory, "bin", "pulumi");
    return await pulumiCli({ command, cwd: this.#work, env: this.#environment() })(args);
  }

  #environment(): Record<string, string> {
    const { directory, environment } = this.#options;
    return {
      PATH: `${join(directory, "bin")}:${process.env["PATH"] ?? ""}`,
      HOME: directory,
      TMPDIR: join(directory, "tmp"),
      PULUMI_HOME: join(directory, "home"),
      PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...environment,
    };
  }
}
