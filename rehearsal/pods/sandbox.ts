import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mount } from "./volumes.ts";

/** A program to run as a container would run it. */
export interface SandboxOptions {
  readonly program: readonly string[];
  /** All of it; nothing is inherited. Never on a command line: every user of the machine can read those. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly uid: number;
  readonly gid: number;
  /** Host names that resolve inside, and nowhere else. */
  readonly hosts: ReadonlyMap<string, string>;
  /** The image's trust store, PEM: what stands at `/etc/ssl/certs/ca-certificates.crt`. */
  readonly trustStore: string;
  readonly timeoutMs: number;
  /** Ends the program early. */
  readonly signal?: AbortSignal;
}

/** How it ended. */
export interface SandboxResult {
  /** `undefined`: ended by a signal, ours after the time or another. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const POSTGRES_CLIENTS = "/usr/lib/postgresql";

/** Debian's `psql` on the PATH is a wrapper in Perl that looks for clusters in `/etc`; libpq's own is the one behind it. */
function pathOf(): string {
  const versions = readdirSync(POSTGRES_CLIENTS).sort((a, b) => Number(b) - Number(a));
  const clients = versions.map((version) => `${POSTGRES_CLIENTS}/${version}/bin`);
  return [...clients, "/usr/local/bin", "/usr/bin", "/bin"].join(":");
}

/** bwrap's arguments: the root put together from parts, read-only, then the container's own mounts. Holds no secret. */
export function sandboxArguments(
  options: Pick<SandboxOptions, "program" | "mounts" | "uid" | "gid">,
  files: { readonly hosts: string; readonly trustStore: string },
): readonly string[] {
  const symlinks = ["bin", "lib", "lib64", "sbin"].flatMap((name) => [
    "--symlink",
    `usr/${name}`,
    `/${name}`,
  ]);
  const etc = ["passwd", "group", "nsswitch.conf", "ld.so.cache", "alternatives"].flatMap(
    (name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`],
  );
  // bwrap makes missing folders for root alone (0700); the container's user must pass through them.
  const folders = parentsOf(["/etc/ssl/certs/x", ...options.mounts.map(({ target }) => target)]);
  const own = options.mounts.flatMap(({ source, target, readOnly }) => [
    readOnly ? "--ro-bind" : "--bind",
    source,
    target,
  ]);
  return [
    ...["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--new-session"],
    ...["--ro-bind", "/usr", "/usr", ...symlinks, "--proc", "/proc", "--dev", "/dev"],
    ...folders.flatMap((folder) => ["--perms", "0755", "--dir", folder]),
    ...[...etc, "--ro-bind", files.hosts, "/etc/hosts"],
    ...["--ro-bind", files.trustStore, "/etc/ssl/certs/ca-certificates.crt"],
    ...[...own, "--remount-ro", "/", "--chdir", "/"],
    ...["--", "/usr/bin/setpriv", `--reuid=${options.uid}`, `--regid=${options.gid}`],
    ...["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--", ...options.program],
  ];
}

/** Every folder above these paths, outermost first, each once; not those that are there anyway. */
function parentsOf(paths: readonly string[]): readonly string[] {
  const parents = paths.flatMap((path) => {
    const parts = path.split("/").slice(1, -1);
    return parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
  });
  return [...new Set(parents)].filter((folder) => !/^\/(usr|proc|dev)(\/|$)/u.test(folder)).sort();
}

/** Runs a program as a container's user, with its environment and mounts and nothing else, and waits for its end. */
export async function runInSandbox(options: SandboxOptions): Promise<SandboxResult> {
  const folder = await mkdtemp(join(tmpdir(), "mastodon-sandbox-"));
  const files = { hosts: join(folder, "hosts"), trustStore: join(folder, "trust.crt") };
  const hosts = [...options.hosts].map(([name, address]) => `${address} ${name}\n`);
  await writeFile(files.hosts, `127.0.0.1 localhost\n${hosts.join("")}`, { mode: 0o644 });
  await writeFile(files.trustStore, options.trustStore, { mode: 0o644 });
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn("/usr/bin/bwrap", sandboxArguments(options, files), {
        env: { PATH: pathOf(), ...options.environment },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: options.timeoutMs,
        killSignal: "SIGKILL",
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const text = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString("utf8")));
      child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString("utf8")));
      child.once("error", (error) => {
        if (error.name !== "AbortError")
          reject(new Error(`bwrap did not start: ${error.message}`, { cause: error }));
      });
      child.once("close", (code) => resolve({ exitCode: code ?? undefined, ...text }));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
