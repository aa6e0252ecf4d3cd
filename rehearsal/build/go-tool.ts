import { spawn } from "node:child_process";
import { homedir, tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { BUILD_ENV } from "./recipe.ts";

/** Output and exit status of `go`. */
interface GoRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** The last lines of stderr, without the progress lines that `onLine` took. */
  readonly complaint: string;
}

/** Folder and environment of `go`. */
export interface GoSetting {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Receives each line of stderr. It returns true for a progress line. */
  readonly onLine?: (line: string) => boolean;
}

/** Facts about the installed Go. */
export interface InstalledGo {
  /** As "1.26.8"; undefined if there is no Go, or it fails. */
  readonly release: string | undefined;
  /** As "go1.26.8 linux amd64". */
  readonly toolchain: string;
  /** Folders of compiled packages and of downloaded modules; empty if there are none. */
  readonly cache: string;
  readonly modules: string;
  /** Reason why it does not answer; undefined if it does. */
  readonly complaint: string | undefined;
}

/** Asks the `go` on PATH for its release and its folders. Never throws. */
export async function askGo(): Promise<InstalledGo> {
  // Outside the recipe's folder: with GOTOOLCHAIN=local an old Go does not run at all if go.mod
  // requires a newer one.
  const asked = ["GOVERSION", "GOOS", "GOARCH", "GOCACHE", "GOMODCACHE"];
  const run = await go(["env", ...asked], { directory: tmpdir(), env: {} }).catch(
    (error: unknown): GoRun => ({ ...NO_RUN, complaint: (error as Error).message }),
  );
  const [version = "", system = "", architecture = "", cache = "", modules = ""] =
    run.stdout.split("\n");
  const release = /^go(\d+\.\d+(?:\.\d+)?)/.exec(version)?.[1];
  const answers = run.status === 0 && release !== undefined;
  return {
    release: answers ? release : undefined,
    toolchain: [version, system, architecture].join(" "),
    ...{ cache, modules },
    complaint: answers
      ? undefined
      : run.status === NOT_FOUND
        ? "there is no `go` on PATH"
        : `\`go env GOVERSION\` fails: ${run.complaint || version}`,
  };
}

/**
 * Returns why the installed Go can't build a program, as a sentence with the command to run;
 * undefined if it can.
 * @param program name of the program, for the message.
 * @param oldest the oldest release that works.
 */
export function goFault(
  { release, complaint }: InstalledGo,
  program: string,
  oldest: string,
): string | undefined {
  const old = release !== undefined && compareReleases(release, oldest) < 0;
  const why = complaint ?? (old ? `the \`go\` on PATH is ${release}` : undefined);
  if (why === undefined) return undefined;
  const target = process.arch === "arm64" ? "arm64" : "amd64";
  return `${program} is built here from source, which needs Go ${oldest} or newer, but ${why}. Install it, for example with \`curl -fsSL https://go.dev/dl/go${oldest}.linux-${target}.tar.gz | tar -C /usr/local -xz && export PATH=/usr/local/go/bin:$PATH\`.`;
}

/**
 * Returns the installed Go. Throws a message with the command to run if there is none or it is
 * older than `oldest`.
 */
export async function installedGo(program: string, oldest: string): Promise<InstalledGo> {
  const found = await askGo();
  const fault = goFault(found, program, oldest);
  if (fault !== undefined) throw new Error(fault);
  return found;
}

/**
 * Runs `go`. If it fails, throws a message that names the step (`doing`) and the command to repeat
 * it by hand.
 */
export async function mustGo(
  doing: string,
  args: readonly string[],
  setting: GoSetting,
): Promise<string> {
  const run = await go(args, setting);
  if (run.status === 0) return run.stdout;
  const env = Object.entries({ ...BUILD_ENV, ...setting.env }).map(
    ([key, value]) => `${key}=${value}`,
  );
  const again = `cd ${setting.directory} && ${env.join(" ")} go ${args.map((arg) => (/^[\w./@=:-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ")}`;
  throw new Error(failure(doing, run, again));
}

/** Message for an operator about a failed run. */
export function failure(
  doing: string,
  run: Pick<GoRun, "status" | "signal" | "complaint">,
  again: string,
): string {
  if (run.signal !== null)
    return `${doing} was ended by ${run.signal}. If nobody did that, the machine ran out of memory: a build takes up to 2.6 GB. Free some and run it again.`;
  if (NO_NETWORK.test(run.complaint))
    return `${doing} failed because the Go module proxy can't be reached: ${run.complaint}\nCheck the network and \`go env GOPROXY\`, then run it again. What was downloaded so far is kept.`;
  if (/no space left on device/i.test(run.complaint))
    return `${doing} failed because the disk is full: ${run.complaint}\nA build needs about 5 GB for modules and compiled packages. \`go clean -cache\` frees what earlier builds left.`;
  return `${doing} failed (status ${run.status}): ${run.complaint}\nTo see it alone: ${again}`;
}

/**
 * Messages of Go's HTTP client if it can't reach the proxy. A checksum mismatch or a missing
 * version is none of these.
 */
const NO_NETWORK =
  /dial tcp|no such host|i\/o timeout|connection refused|network is unreachable|proxyconnect|TLS handshake timeout|context deadline exceeded/i;

/**
 * Returns -1, 0 or 1 if "1.26.0" is older than, the same as or newer than "1.25.3". A missing third
 * number is 0.
 */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((release) => release.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Exit status of setpriv, as of a shell, if the program does not exist. */
const NOT_FOUND = 127;
/** A run that did not start. */
const NO_RUN: GoRun = { status: null, signal: null, stdout: "", complaint: "" };

/**
 * The user's home folder: `HOME` or, if that is unset as under cron, the one in the user database.
 * Go reads only `HOME`, and has no folder for its caches without it.
 */
export function homeOf(env: NodeJS.ProcessEnv): string {
  return env["HOME"] ?? homedir();
}

/**
 * Runs `go` so that it ends with this process, even after `kill -9`. Otherwise an abandoned build
 * would keep every core busy for minutes (prctl(2) PR_SET_PDEATHSIG, through util-linux's
 * `setpriv`).
 */
async function go(args: readonly string[], setting: GoSetting): Promise<GoRun> {
  const child = spawn("setpriv", ["--pdeathsig=TERM", "--", "go", ...args], {
    cwd: setting.directory,
    env: { HOME: homeOf(process.env), ...process.env, ...BUILD_ENV, ...setting.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (setting.onLine?.(line) === true) return;
    complaints.push(line);
    if (complaints.length > 12) complaints.shift();
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise<GoRun>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      const stdout = Buffer.concat(output).toString("utf8");
      resolve({ status, signal, stdout, complaint: complaints.join("\n").trim() });
    });
  });
}
