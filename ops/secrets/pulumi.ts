import { spawn } from "node:child_process";

/**
 * Runs one command of the Pulumi CLI to its end and answers its standard output. Values go in by
 * standard input: a command line can be read by every user of the machine, and the Automation API's
 * `setAllConfig` puts them there (`config set-all --secret KEY=VALUE`).
 * @throws Error with what the CLI wrote to standard error; never with its output, which may hold
 * secrets.
 */
export type RunPulumi = (args: readonly string[], input?: string) => Promise<string>;

/** Folder and environment of the CLI. */
export interface PulumiOptions {
  /** The project's folder, where `Pulumi.yaml` stands. */
  readonly cwd: string;
  /** Added to our own environment. Default none. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program. Default `pulumi`, as PATH has it. */
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
      // A CLI that ends without reading has said why on standard error.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
}
