import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { BUILD_ENV } from "./recipe.ts";

/** What `go` said and how it ended. */
interface GoRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** The last lines of stderr, without the progress lines that `onLine` took. */
  readonly complaint: string;
}

/** Where and how `go` runs. */
export interface GoSetting {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets each line of stderr; true means "a progress line, no complaint". */
  readonly onLine?: (line: string) => boolean;
}

/**
 * The Go that is installed: `{ release: "1.26.8", target: "go1.26.8 linux amd64" }`.
 * Throws, in a sentence with the command to run, where there is none or it is older than `oldest`.
 */
export async function installedGo(
  program: string,
  oldest: string,
): Promise<{ release: string; toolchain: string }> {
  const install = `Install it, for example with \`curl -fsSL https://go.dev/dl/go${oldest}.linux-${process.arch === "arm64" ? "arm64" : "amd64"}.tar.gz | tar -C /usr/local -xz && export PATH=/usr/local/go/bin:$PATH\`.`;
  const needs = `${program} is built here from source, which needs Go ${oldest} or newer`;
  // Outside the recipe: with GOTOOLCHAIN=local an old Go refuses to run at all where go.mod asks for a newer one.
  const run = await go(["env", "GOVERSION", "GOOS", "GOARCH"], { directory: tmpdir(), env: {} });
  if (run.status === NOT_FOUND)
    throw new Error(`${needs}, but there is no \`go\` on PATH. ${install}`);
  const [version = "", ...target] = run.stdout.trim().split("\n");
  const release = /^go(\d+\.\d+(?:\.\d+)?)/.exec(version)?.[1];
  if (run.status !== 0 || release === undefined)
    throw new Error(
      `${needs}, but \`go env GOVERSION\` fails: ${run.complaint || version}. ${install}`,
    );
  if (compareReleases(release, oldest) < 0)
    throw new Error(`${needs}, but the \`go\` on PATH is ${release}. ${install}`);
  return { release, toolchain: [version, ...target].join(" ") };
}

/** Runs `go`; throws a sentence if it fails, saying what `doing` was and the command to repeat it by hand. */
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

/** A sentence for a person out of a failed run. */
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

/** What Go's HTTP client says when there is no way to the proxy. A checksum mismatch or a missing version is none of these. */
const NO_NETWORK =
  /dial tcp|no such host|i\/o timeout|connection refused|network is unreachable|proxyconnect|TLS handshake timeout|context deadline exceeded/i;

/** -1, 0 or 1, as "1.26.0" is older than, the same as or newer than "1.25.3". A missing third number is 0. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((release) => release.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** What setpriv, like a shell, ends with when there is no such program. */
const NOT_FOUND = 127;

/**
 * Runs `go` so that it ends with us, even after `kill -9`: a build that goes on alone would hold every core for minutes
 * (prctl(2) PR_SET_PDEATHSIG, by util-linux's `setpriv`).
 */
async function go(args: readonly string[], setting: GoSetting): Promise<GoRun> {
  const child = spawn("setpriv", ["--pdeathsig=TERM", "--", "go", ...args], {
    cwd: setting.directory,
    env: { ...process.env, ...BUILD_ENV, ...setting.env },
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
