import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { fromCommandLine } from "../command-line.ts";
import { previewCommand, type PreviewWorld } from "./preview-command.ts";

/** `npm run preview`: see docs/operate.md. Exit status 1 if the update would be refused. */

/** Characters of standard error that a report may need. */
const TAIL = 4_000;

/**
 * Runs the CLI without its own display, whose content is in the report. If it must ask for the
 * passphrase, it gets the terminal.
 */
const pulumi: PreviewWorld["pulumi"] = (args) =>
  new Promise((resolve, reject) => {
    const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
    const asks =
      process.stdin.isTTY &&
      PULUMI_CONFIG_PASSPHRASE === undefined &&
      PULUMI_CONFIG_PASSPHRASE_FILE === undefined;
    const child = spawn(
      "pulumi",
      [...args, ...(asks ? [] : ["--non-interactive", "--color", "never"])],
      {
        stdio: [asks ? "inherit" : "ignore", asks ? "inherit" : "ignore", "pipe"],
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      },
    );
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
      stderr = (stderr + piece).slice(-TAIL);
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new Error(
              "There is no `pulumi` on the PATH. Install the version of package.json: https://www.pulumi.com/docs/iac/download-install/",
            )
          : error,
      ),
    );
    child.once("close", (status) => resolve({ status: status ?? 1, stderr }));
  });

const run = promisify(execFile);

await fromCommandLine(
  previewCommand({
    say: (text) => process.stdout.write(text),
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
    },
    pulumi,
    git: async (args) =>
      await run("git", args).then(
        ({ stdout }) => stdout,
        () => undefined,
      ),
    now: () => new Date(),
    color: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
    cwd: process.cwd(),
  }),
);
