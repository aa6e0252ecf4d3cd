import { spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PIPES } from "../../domain/backup/pod-files.ts";
import { DUMP_SCRIPT, SCRIPTS, SESSION_SQL, STREAM_SCRIPT } from "../../k8s/backup/dump-script.ts";
import encryptProgram from "../../k8s/backup/encrypt-program.json" with { type: "json" };
import { STORE_SCRIPT } from "../../k8s/backup/store-script.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { MANIFEST } from "./sample.ts";

/**
 * The three containers of a dump as processes of this machine, with their real scripts. Database
 * and bucket are stand-ins: small programs of their names, and a folder.
 */

/** Names of the containers. */
export type Container = "dump" | "encrypt" | "store";

/** Stand-in behavior; the default is a good night. */
export interface Night {
  /** Content of the dump. Default: 300 KB. */
  readonly content?: Buffer;
  /** Shell code in place of pg_dump; `$CONTENT` is the file. */
  readonly pgDump?: string;
  /** Shell code in place of pg_restore. */
  readonly pgRestore?: string;
  /** Shell code that runs before rclone's work, with its first argument in `$1`. */
  readonly rclone?: string;
  /** Version of the server. Default: 17.10. */
  readonly server?: string;
  /** Whether another one holds the lock. */
  readonly locked?: boolean;
  readonly stamp?: string;
  readonly localUsers?: number;
  /** Folder of the bucket. Default: a new one. */
  readonly bucket?: string;
  /** Folder of the second destination. Default: none. */
  readonly second?: string;
  readonly recipient: string;
}

/** A running pod. */
export interface Pod {
  readonly bucket: string;
  readonly processes: Readonly<Record<Container, ChildProcess>>;
  /** Resolves with the exit codes, once all three have ended. */
  readonly ended: Promise<Readonly<Record<Container, number | "killed">>>;
  readonly said: () => string;
}

const PSQL = `case "$*" in
  *--file=*)
    [ -z "$LOCKED" ] || exit 0
    echo "$STAMP" >stamp
    echo "$FACTS" >facts.json
    SNAPSHOT=1-1 sh "$SCRIPTS/stream.sh" </dev/null ;;
  *server_version*) echo "$SERVER" ;;
esac`;

/** The few calls that the script makes, on a folder. */
const RCLONE = `
case "$1" in
  lsf) case "$*" in
    *'--format s'*) wc -c <"$4" ;;
    *) cd "$6" && find . -name '*.json' | sed 's#^./##' ;;
  esac ;;
  cat) cat "$2" ;;
  rcat) mkdir -p "$(dirname "$2")" && cat >"$2" ;;
  copyto) [ "$2" != --no-check-dest ] || shift; mkdir -p "$(dirname "$3")" && cp "$2" "$3" ;;
esac`;

/** Starts the pod. Both ends of `containers` may be killed by the test. */
export function startPod(night: Night): Pod {
  const root = temporaryFolder("backup-pod");
  const folder = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path);
    return path;
  };
  const [pipes, scripts, programs] = [folder("pipes"), folder("scripts"), folder("bin")];
  const bucket = night.bucket ?? folder("bucket");
  const content = join(root, "content");
  writeFileSync(content, night.content ?? Buffer.alloc(300_000, "mastodon"));
  const here = (text: string): string => text.replaceAll(PIPES, pipes).replaceAll(SCRIPTS, scripts);
  const files = {
    "dump.sh": DUMP_SCRIPT,
    "session.sql": SESSION_SQL,
    "stream.sh": STREAM_SCRIPT,
    "encrypt.mjs": encryptProgram.source,
    "store.sh": STORE_SCRIPT,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scripts, name), here(text));
  const version = '[ "$1" != --version ] || { echo "pg_dump (PostgreSQL) 17.12"; exit 0; }';
  const programTexts = {
    psql: PSQL,
    pg_dump: `${version}\n${night.pgDump ?? 'cat "$CONTENT"'}`,
    pg_restore: night.pgRestore ?? "cat >/dev/null",
    rclone: `${night.rclone ?? ""}${RCLONE}`,
  };
  for (const [name, text] of Object.entries(programTexts)) {
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const { stack, domain, mastodon, fingerprints, ...rest } = MANIFEST;
  const { begun, client, schema, migrations, collation, databaseBytes } = rest;
  const server = night.server ?? "17.10";
  const counts = { ...MANIFEST.counts, localUsers: night.localUsers ?? 412 };
  const env = {
    PATH: `${programs}:${process.env["PATH"]}`,
    CONTENT: content,
    SCRIPTS: scripts,
    STAMP: night.stamp ?? "20261128T010000Z",
    SERVER: server,
    LOCKED: night.locked === true ? "yes" : "",
    FACTS: JSON.stringify({
      ...{ begun, server, client, schema, migrations, collation, databaseBytes, counts },
    }),
    SERVER_FACTS: JSON.stringify({ stack, domain, mastodon, fingerprints }),
    RECIPIENT: night.recipient,
    STACK: stack,
    BUCKET: bucket,
    SECOND: night.second ?? "",
  };
  let said = "";
  const start = (command: string, file: string): ChildProcess => {
    // A group of its own, which a test can kill as a kubelet does: all at once.
    const child = spawn(command, [join(scripts, file)], { env, detached: true });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => (said += text.toString()));
    return child;
  };
  const processes = {
    dump: start("sh", "dump.sh"),
    encrypt: start(process.execPath, "encrypt.mjs"),
    store: start("sh", "store.sh"),
  };
  const end = (child: ChildProcess): Promise<number | "killed"> =>
    new Promise((resolve) => child.once("close", (code) => resolve(code ?? "killed")));
  const ended = Promise.all(
    Object.entries(processes).map(async ([name, child]) => [name, await end(child)] as const),
  ).then((codes) => Object.fromEntries(codes) as Record<Container, number | "killed">);
  return { bucket, processes, ended, said: () => said };
}

/** Kills a container as a kubelet does: every process of it. */
export function kill(pod: Pod, container: Container): void {
  process.kill(-pod.processes[container].pid!, "SIGKILL");
}

/** Keys in the bucket. */
export function keysIn(bucket: string): readonly string[] {
  if (!existsSync(bucket)) return [];
  return readdirSync(bucket, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(bucket.length + 1))
    .sort();
}

/** An object of the bucket. */
export function objectIn(bucket: string, key: string): Buffer {
  return readFileSync(join(bucket, key));
}
