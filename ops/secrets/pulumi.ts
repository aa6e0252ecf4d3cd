import { spawn } from "node:child_process";

/**
 * Runs one command of the Pulumi CLI and returns its standard output.
 *
 * Values are passed through standard input, because every user of the machine can read a command
 * line. The Automation API's `setAllConfig` would put them there (`config set-all --secret
 * KEY=VALUE`).
 * @throws Error with the CLI's standard error; never with its output, which may contain secrets.
 */
export type RunPulumi = (args: readonly string[], input?: string) => Promise<string>;

/** Folder and environment of the CLI. */
export interface PulumiOptions {
  /** Folder of the project, with `Pulumi.yaml`. */
  readonly cwd: string;
  /** Added to the environment of this process. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program. Default: `pulumi` from PATH. */
  readonly command?: string;
}

/** The CLI of this machine. */
export function pulumiCli({ cwd, env = {}, command = "pulumi" }: PulumiOptions): RunPulumi {
  return (args, input = "") =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...args, "--non-interactive"], {
        cwd,
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
        stdio: "pipe",
      });
      let output = "";
      let complaint = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
      child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString("utf8")));
      child.once("error", (error: NodeJS.ErrnoException) =>
        reject(
          error.code === "ENOENT"
            ? new Error(
                `There is no \`${command}\` on this machine's PATH; nothing was changed. Install Pulumi's CLI (https://www.pulumi.com/docs/install/), of the version in package.json.`,
              )
            : error,
        ),
      );
      child.once("close", (code) => {
        if (code === 0) resolve(output);
        else
          reject(new Error(`\`pulumi ${args.slice(0, 2).join(" ")}\` failed: ${complaint.trim()}`));
      });
      // If the CLI ends before it reads its input, standard error has the reason.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
}
