import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { TRUST_STORE, USUAL_PATH } from "../images/catalogue.ts";
import { RUN_PREFIX } from "../run-directory.ts";
import { childrenOf, signal } from "./process-tree.ts";
import type { Mount } from "./volumes.ts";

/** A program to run as in a container. */
export interface SandboxOptions {
  /** The Debian 13 root file system of the sandbox. */
  readonly root: string;
  readonly program: readonly string[];
  /**
   * The whole environment; nothing is inherited. It is never on a command line, which every user of
   * the machine can read.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly uid: number;
  readonly gid: number;
  /** Host names that resolve only inside. */
  readonly hosts: ReadonlyMap<string, string>;
  /** Host name inside: a pod's name. Default: this machine's. */
  readonly hostname?: string;
  /** The image's trust store, PEM, for `/etc/ssl/certs/ca-certificates.crt`. */
  readonly trustStore: string;
  /** Working directory of the program: the image's `WORKDIR`. Default `/`. */
  readonly workingDirectory?: string;
  /**
   * Whether the container may write to its own root, with its user's permissions
   * (`readOnlyRootFilesystem` unset). Default: no.
   */
  readonly writableRoot?: boolean;
  /** A process whose mounts it sees: those of a pod's volumes in memory. Default: this one's. */
  readonly mountsOfProcess?: number;
  /** Signal that stops a server, from its image. Default: SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
}

/** A program whose end is awaited. */
export interface RunOptions extends SandboxOptions {
  readonly timeoutMs: number;
  /** Ends the program early. */
  readonly signal?: AbortSignal;
  /** Receives the process id of bwrap, whose descendants are the container's processes. */
  readonly started?: (pid: number) => void;
  /** Standard input of the program. Default: nothing. */
  readonly input?: Readable;
  /** Receives its output, bytes. The result's `stdout` is then empty. */
  readonly output?: Writable;
}

/** Its ending. */
export interface SandboxResult {
  /** `undefined` if a signal ended it, after the timeout or for another reason. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that serves until it is stopped. */
export interface SandboxedServer {
  /**
   * Process id, on this machine, of the first process of its namespaces: bwrap's, the program's
   * parent. It stays root. For another user's process the kernel would not end it with this one.
   */
  readonly pid: number;
  /** Resolves when it has ended for any reason. */
  readonly ended: Promise<SandboxResult>;
  /**
   * Sends its stop signal, after `graceMs` SIGKILL. Resolves when it is gone, also if it already
   * was.
   */
  stop(graceMs: number): Promise<void>;
}

/** A folder of every image to which all users may write. */
export const ANYBODYS = "/var/tmp";

/** Files of the root's `/etc` that programs read. All others belong to the container. */
const ETC = ["passwd", "group", "nsswitch.conf", "ssl/openssl.cnf"] as const;

/** bwrap's arguments for a read-only Debian 13 without the machine's own programs. */
export function rootArguments(root: string): readonly string[] {
  const symlinks = ["bin", "lib", "lib64", "sbin"].flatMap((name) => [
    "--symlink",
    `usr/${name}`,
    `/${name}`,
  ]);
  const etc = ETC.flatMap((name) => ["--ro-bind", join(root, "etc", name), `/etc/${name}`]);
  return [
    ...["--ro-bind", join(root, "usr"), "/usr", ...symlinks, "--proc", "/proc", "--dev", "/dev"],
    ...foldersAbove(["/etc/ssl/certs/x"]),
    ...etc,
  ];
}

/** Files of the machine for a sandbox's `/etc`. */
interface SandboxFiles {
  readonly hosts: string;
  readonly nameservers: string;
  readonly trustStore: string;
}

/**
 * bwrap's arguments: the root from its parts, read-only, then the container's own mounts. They
 * contain no secret.
 */
export function sandboxArguments(
  options: Pick<
    SandboxOptions,
    "root" | "program" | "mounts" | "uid" | "gid" | "hostname" | "writableRoot" | "workingDirectory"
  >,
  files: SandboxFiles,
  more: readonly string[] = [],
): readonly string[] {
  const { workingDirectory = "/" } = options;
  const folders = foldersAbove([
    ANYBODYS,
    `${workingDirectory}/x`,
    ...options.mounts.map(({ target }) => target),
  ]);
  const own = options.mounts.flatMap(({ source, target, readOnly }) => [
    readOnly ? "--ro-bind" : "--bind",
    source,
    target,
  ]);
  return [
    ...["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--new-session"],
    ...more,
    ...(options.hostname === undefined ? [] : ["--hostname", options.hostname]),
    ...rootArguments(options.root),
    ...folders,
    // Every image has one to which all users may write, unless its root is read-only.
    ...["--perms", "1777", "--dir", ANYBODYS],
    ...["--ro-bind", files.hosts, "/etc/hosts"],
    ...["--ro-bind", files.nameservers, "/etc/resolv.conf"],
    ...["--ro-bind", files.trustStore, TRUST_STORE],
    ...[
      ...own,
      ...(options.writableRoot === true ? [] : ["--remount-ro", "/"]),
      "--chdir",
      workingDirectory,
    ],
    ...["--", "/usr/bin/setpriv", `--reuid=${options.uid}`, `--regid=${options.gid}`],
    ...["--clear-groups", "--no-new-privs", "--bounding-set=-all"],
    ...["--", ...options.program],
  ];
}

/**
 * Arguments that create the parent folders of these paths, unless they exist. bwrap creates missing
 * ones for root only (0700), and another user must pass through them.
 */
export function foldersAbove(paths: readonly string[]): readonly string[] {
  const parents = paths.flatMap((path) => {
    const parts = path.split("/").slice(1, -1);
    return parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
  });
  return [...new Set(parents)]
    .filter((folder) => !/^\/(usr|proc|dev)(\/|$)/u.test(folder))
    .sort()
    .flatMap((folder) => ["--perms", "0755", "--dir", folder]);
}

/** bwrap, or the program that starts it among other mounts, with its arguments. */
function bwrapAmong({ mountsOfProcess: pid }: SandboxOptions): [program: string, before: string[]] {
  if (pid === undefined) return ["/usr/bin/bwrap", []];
  return ["/usr/bin/nsenter", ["--target", String(pid), "--mount", "--", "/usr/bin/bwrap"]];
}

/**
 * Runs a program as a container's user, with only its environment and mounts, and waits for its
 * end.
 */
export async function runInSandbox(options: RunOptions): Promise<SandboxResult> {
  const prepared = await prepare(options);
  try {
    const [program, before] = bwrapAmong(options);
    const child = spawn(program, [...before, ...sandboxArguments(options, prepared.files)], {
      env: { PATH: USUAL_PATH, ...options.environment },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    if (child.pid !== undefined) options.started?.(child.pid);
    child.stdin?.on("error", () => undefined); // The program ended before it had read everything.
    if (child.stdin !== null) options.input?.pipe(child.stdin);
    const kill = (): void => void killWhole(child);
    const late = setTimeout(kill, options.timeoutMs);
    options.signal?.addEventListener("abort", kill, { once: true });
    if (options.signal?.aborted === true) kill();
    try {
      return await endOf(child, options.output);
    } finally {
      clearTimeout(late);
      options.signal?.removeEventListener("abort", kill);
    }
  } finally {
    await prepared.remove();
  }
}

/**
 * Starts a server as a container's user, in a network of its own. So all pods can use the same
 * port, and none of the machine's is opened. It ends with this process in any case
 * (`--die-with-parent`).
 * @throws Error with its last output, if it ends before it has started.
 */
export async function startInSandbox(options: SandboxOptions): Promise<SandboxedServer> {
  const prepared = await prepare(options);
  const child = spawn(
    "/usr/bin/bwrap",
    sandboxArguments(options, prepared.files, ["--unshare-net", "--info-fd", "3"]),
    {
      env: { PATH: USUAL_PATH, ...options.environment },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  );
  const ended = endOf(child).finally(() => prepared.remove());
  const pid = await Promise.race([childPidOf(child.stdio[3] as Readable), ended]);
  if (typeof pid !== "number")
    throw new Error(`${options.program[0] ?? ""} did not start: ${pid.stderr.trim()}`);
  return {
    pid,
    ended,
    async stop(graceMs) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // To the program itself, because its parent forwards no signal.
      for (const program of await childrenOf(pid)) signal(program, options.stopSignal ?? "SIGTERM");
      const hard = setTimeout(() => void killWhole(child), graceMs);
      await ended;
      clearTimeout(hard);
    },
  };
}

/**
 * Name server in a pod's configuration, as a kubelet sets it. Nothing answers there, unless a fake
 * is started in the pod's network. No query leaves the machine.
 */
export const NAMESERVER = "127.0.0.1";

/** Files that a sandbox needs in addition to the container's own mounts. */
async function prepare(options: SandboxOptions): Promise<{
  readonly files: SandboxFiles;
  readonly remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), `${RUN_PREFIX}${process.pid}-sandbox-`));
  const files = {
    hosts: join(folder, "hosts"),
    nameservers: join(folder, "resolv.conf"),
    trustStore: join(folder, "trust.crt"),
  };
  const hosts = [...options.hosts].map(([name, address]) => `${address} ${name}\n`);
  await writeFile(files.hosts, `127.0.0.1 localhost\n${hosts.join("")}`, { mode: 0o644 });
  await writeFile(files.nameservers, `nameserver ${NAMESERVER}\n`, { mode: 0o644 });
  await writeFile(files.trustStore, options.trustStore, { mode: 0o644 });
  return { files, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function endOf(child: ChildProcess, output?: Writable): Promise<SandboxResult> {
  return await new Promise((resolve, reject) => {
    const text = { stdout: "", stderr: "" };
    if (output === undefined)
      child.stdout?.on("data", (chunk: Buffer) => (text.stdout += chunk.toString("utf8")));
    else child.stdout?.pipe(output, { end: false });
    child.stderr?.on("data", (chunk: Buffer) => (text.stderr += chunk.toString("utf8")));
    child.once("error", (error) =>
      reject(new Error(`bwrap did not start: ${error.message}`, { cause: error })),
    );
    child.once("close", (code) => resolve({ exitCode: code ?? undefined, ...text }));
  });
}

/** Report of bwrap on `--info-fd`; never resolves if there is none. */
async function childPidOf(info: Readable): Promise<number> {
  return await new Promise((resolve) => {
    let text = "";
    info.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      const pid = /"child-pid": (?<pid>\d+)/u.exec(text)?.groups?.["pid"];
      if (pid !== undefined) resolve(Number(pid));
    });
  });
}

/**
 * Kills bwrap and all its children. If only bwrap were killed during its start, a child would wait
 * for it without end and keep the pipes open. The reason is that `--die-with-parent` applies only
 * later. It is stopped first, so that it starts no other child meanwhile.
 */
async function killWhole(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  signal(pid, "SIGSTOP");
  for (const started of await childrenOf(pid)) signal(started, "SIGKILL");
  signal(pid, "SIGKILL");
}
