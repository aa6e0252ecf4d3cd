import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Result of a run of Pulumi: exit status and output. */
export interface Ended {
  /** 0 for success. 1 also if a signal ended the program. */
  readonly status: number;
  /** Everything that it printed, both streams in order. */
  readonly text: string;
}

/** Options of a run: environment, time limit, receiver of the output, and signal. */
export interface RunOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which Pulumi is asked to stop. */
  readonly limitMilliseconds: number;
  /** Receives each piece of output when it comes, and one line when Pulumi is asked to stop. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
  /** The project's folder. Default: this process's. */
  readonly cwd?: string;
}

/** The project's own policy pack, from whichever folder Pulumi is started. */
const POLICY_PACK = fileURLToPath(new URL("../../policy", import.meta.url));

/** Commands of Pulumi that a job runs. */
export type PulumiCommand = "preview" | "up";

/**
 * Arguments for `preview` and `up`. An `up` follows its own preview, so it skips Pulumi's.
 * @param options further options. Without `--refresh` a preview never calls the clouds, and a
 * revoked token shows only in the deploy.
 */
export function argumentsOf(
  command: PulumiCommand,
  stack: string,
  options: readonly string[] = ["--refresh"],
): readonly string[] {
  return [
    command,
    ...(command === "up" ? ["--yes", "--skip-preview"] : []),
    "--stack",
    stack,
    ...options,
    "--policy-pack",
    POLICY_PACK,
    "--suppress-outputs",
    "--non-interactive",
    "--color",
    "never",
  ];
}

/**
 * Runs Pulumi and forwards its output. To stop it, this sends one SIGINT and waits: Pulumi then
 * starts nothing new and releases its lock. A second SIGINT would end it at once, so Pulumi gets
 * its own process group.
 */
export function runPulumi(args: readonly string[], options: RunOptions): Promise<Ended> {
  const { environment, limitMilliseconds, say, signal, cwd } = options;
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let text = "";
    let asked = false;
    const stop = (why: string): void => {
      if (asked) return;
      asked = true;
      text += `${why}\n`;
      say(`${why}\n`);
      child.kill("SIGINT");
    };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        say(piece);
      });
    const timer = setTimeout(() => {
      stop(
        `Pulumi has run for ${Math.round(limitMilliseconds / 60_000)} minutes, and this job ends soon: it was asked to stop. It begins nothing new. See docs/operate.md, "A migration that takes longer".`,
      );
    }, limitMilliseconds);
    signal?.addEventListener("abort", () =>
      stop("The job was cancelled: Pulumi was asked to stop."),
    );
    child.once("error", reject);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, text });
    });
  });
}
