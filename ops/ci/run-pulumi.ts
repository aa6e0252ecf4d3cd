import { spawn } from "node:child_process";

/** Result of a run of Pulumi: exit status and output. */
export interface Ended {
  /** 0 for success; 1 also for a program that a signal ended. */
  readonly status: number;
  /** All that it printed, both streams in order. */
  readonly text: string;
}

/** Options of a run: environment, time limit, receiver of the output, and signal. */
export interface RunOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** After so long it is asked to stop. */
  readonly limitMilliseconds: number;
  /** Told of each piece as it comes, and once of the request to stop. */
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** The arguments for `preview` and `up`. An `up` follows its own preview, so it makes none. */
export function argumentsOf(command: "preview" | "up", stack: string): readonly string[] {
  return [
    command,
    ...(command === "up" ? ["--yes", "--skip-preview"] : []),
    "--stack",
    stack,
    // Without a refresh a preview never asks the clouds, and a revoked token only shows in the
    // deploy.
    "--refresh",
    "--suppress-outputs",
    "--non-interactive",
    "--color",
    "never",
  ];
}

/**
 * Runs Pulumi and passes on what it prints. To stop, it gets one SIGINT and is waited for: it
 * begins nothing new and leaves no lock. A second one would end it at once, so it has a process
 * group of its own.
 */
export function runPulumi(args: readonly string[], options: RunOptions): Promise<Ended> {
  const { environment, limitMilliseconds, say, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, {
      env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
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
