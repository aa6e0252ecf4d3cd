import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheHome, publishFolder } from "../build/cache.ts";
import { withLock } from "../build/lock.ts";
import type { Progress } from "../progress.ts";
import { debianMirror } from "./debian-source.ts";

/** Mastodon's images are built on Debian 13 (its Dockerfile, `DEBIAN_VERSION`). */
const SUITE = "trixie";
/** Debian's keys, as its package `debian-archive-keyring` brings them. */
export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Packages of the root that images and sandboxes are made of, without versions: a mirror drops old
 * point releases. apt brings their dependencies, but no essential package: those are named.
 */
export const DEBIAN_PACKAGES: readonly string[] = [
  ...["bash", "coreutils", "dash", "findutils", "grep", "mawk", "procps", "sed", "util-linux"],
  ...["ca-certificates", "curl", "openssl", "tini"],
  // The preflight's gems, and a real Sidekiq and Puma with what Rails puts before an application.
  ...["ruby", "ruby-http", "ruby-pg", "ruby-redis", "ruby-sidekiq"],
  ...["puma", "ruby-actionpack", "ruby-rack"],
  ...["nginx", "postgresql-client-17", "valkey-server", "valkey-tools"],
];

/** A Debian 13 of our own: folders and files as its packages have them, no package script run. */
export interface DebianRoot {
  /** The folder that is its `/`. Shared with other runs: to be read only. */
  readonly root: string;
  /** Version of each package that came, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly origin: "built" | "cached";
  /** Seconds that it took to get it, waiting for another run included. */
  readonly seconds: number;
}

/** Makes the same Debian anew where its meaning changes: what `fill` writes besides the packages. */
const FORM = 1;

/** Folders of `/usr/share` that no program reads in English: a fifth of all bytes. */
const UNREAD = ["doc", "info", "locale", "man"] as const;

/** Users by name, as the images have them; where each is from stands beside its image. */
const USERS: Readonly<Record<string, number>> = {
  root: 0,
  nginx: 101,
  mastodon: 991,
  nobody: 65_534,
};

/**
 * Debian 13 in a folder, from the machine's own mirror, or from the user's cache where any checkout
 * asked for the same packages before. Neither the machine's lists nor its packages change, and no
 * root is needed. Safe against two runs at once and against an interrupted one.
 * @throws Error in a sentence, where the packages can't be had.
 */
export async function debianRoot(
  { packages }: { readonly packages: readonly string[] },
  progress: Progress,
): Promise<DebianRoot> {
  const started = performance.now();
  const names = [...new Set(packages)].sort();
  const hash = createHash("sha256").update(JSON.stringify([FORM, SUITE, process.arch, names]));
  const folder = join(cacheHome(), `debian-${hash.digest("hex").slice(0, 16)}`);
  const done = async (origin: DebianRoot["origin"]): Promise<DebianRoot> => ({
    root: join(folder, "root"),
    versions: JSON.parse(await readFile(join(folder, "versions.json"), "utf8")) as Record<
      string,
      string
    >,
    origin,
    seconds: (performance.now() - started) / 1000,
  });
  if (await isThere(folder)) return await done("cached");
  await mkdir(cacheHome(), { recursive: true });
  return await withLock(
    `${folder}.lock`,
    (seconds) => progress(`waiting for another run that unpacks Debian 13, ${seconds} s`),
    async () => {
      if (await isThere(folder)) return await done("cached");
      await publishFolder(folder, (partial) => fill(partial, names, progress));
      return await done("built");
    },
  );
}

async function fill(partial: string, names: readonly string[], progress: Progress): Promise<void> {
  const apt = join(partial, "apt");
  const configuration = await configureApt(apt);
  const env = { APT_CONFIG: configuration, LC_ALL: "C" };
  progress("reading what packages Debian 13 has");
  await say("Reading Debian 13's list of packages", ["apt-get", "-q", "update"], env);
  let loaded = 0;
  await say(
    "Downloading Debian 13's packages",
    [
      ...["apt-get", "-q", "--yes", "--download-only", "--no-install-recommends", "install"],
      ...names,
    ],
    env,
    (line) => {
      if (line.startsWith("Get:")) progress(`downloading Debian 13's packages: ${++loaded} so far`);
    },
  );
  const archives = join(apt, "archives");
  const files = (await readdir(archives)).filter((name) => name.endsWith(".deb")).sort();
  const root = join(partial, "root");
  await makeUsualLinks(root);
  let unpacked = 0;
  const left = [...files];
  const unpack = async (): Promise<void> => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) {
      await say(`Unpacking ${file}`, ["dpkg-deb", "--extract", join(archives, file), root], env);
      progress(`unpacking Debian 13's packages: ${++unpacked} of ${files.length}`);
    }
  };
  await Promise.all([unpack(), unpack()]);
  for (const name of UNREAD)
    await rm(join(root, "usr/share", name), { recursive: true, force: true });
  await writeEtc(root);
  await writeFile(join(partial, "versions.json"), `${JSON.stringify(versionsOf(files))}\n`);
  await rm(apt, { recursive: true });
  // Thousands of files: all at once, or a power cut could leave an empty library under a whole name.
  await say("Writing Debian 13 to disk", ["sync", "--file-system", partial], env);
}

/** An apt of our own, told of by a file: its lists, its archives, and no package installed. Answers the file. */
async function configureApt(apt: string): Promise<string> {
  for (const folder of ["lists/partial", "archives/partial"])
    await mkdir(join(apt, folder), { recursive: true });
  await writeFile(join(apt, "status"), "");
  const mirror = debianMirror(await machineSources(), await machineCodename());
  await writeFile(
    join(apt, "sources.list"),
    `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`,
  );
  const file = join(apt, "apt.conf");
  const lines = [
    // None of the machine's files, for they may run programs after an update; only how it gets out.
    ...["Dir::Etc::parts", "Dir::Etc::main", "Dir::Etc::sourceparts"].map(
      (key) => `${key} "/dev/null";`,
    ),
    ...(await machineWayOut()),
    `Dir::Etc::sourcelist "${join(apt, "sources.list")}";`,
    `Dir::State "${apt}";`,
    `Dir::State::status "${join(apt, "status")}";`,
    `Dir::Cache "${apt}";`,
    // Else apt, as root, gives up its rights and can't enter a folder of root's own.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

/** The machine's settings of apt's transport: a proxy, a time-out, a clock that is not to be trusted. */
async function machineWayOut(): Promise<readonly string[]> {
  const lines: string[] = [];
  await say("Reading apt's settings", ["apt-config", "dump", "Acquire"], { LC_ALL: "C" }, (line) =>
    lines.push(line),
  );
  return lines.filter((line) => /^Acquire::(?!IndexTargets)\S+ "[^"]+";$/u.test(line));
}

async function machineSources(): Promise<readonly string[]> {
  const folder = "/etc/apt/sources.list.d";
  const names = await readdir(folder).catch(() => []);
  const paths = ["/etc/apt/sources.list", ...names.map((name) => join(folder, name))];
  return await Promise.all(paths.map((path) => readFile(path, "utf8").catch(() => "")));
}

async function machineCodename(): Promise<string | undefined> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  if (!/^ID="?debian"?$/mu.test(text)) return undefined;
  return /^VERSION_CODENAME="?(?<name>\w+)/mu.exec(text)?.groups?.["name"];
}

/** Debian's merged `/usr`; `base-files` has the same links, and a hundred files that nobody needs. */
async function makeUsualLinks(root: string): Promise<void> {
  for (const name of ["bin", "lib", "lib64", "sbin"]) {
    await makeFolder(join(root, "usr", name), 0o755);
    await symlink(`usr/${name}`, join(root, name));
  }
}

/** Files that package scripts would have written. */
async function writeEtc(root: string): Promise<void> {
  for (const folder of ["etc/ssl/certs", "opt", "run", "var/lib", "proc", "sys", "dev"])
    await makeFolder(join(root, folder), 0o755);
  for (const folder of ["tmp", "var/tmp"]) await makeFolder(join(root, folder), 0o1777);
  const users = Object.entries(USERS);
  const line = ([name, id]: readonly [string, number]): string =>
    `${name}:x:${id}:${id}:${name}:/:/usr/sbin/nologin\n`;
  await writeFile(join(root, "etc/passwd"), users.map(line).join(""));
  await writeFile(
    join(root, "etc/group"),
    users.map(([name, id]) => `${name}:x:${id}:\n`).join(""),
  );
  await writeFile(join(root, "etc/nsswitch.conf"), "hosts: files dns\n");
  await symlink("mawk", join(root, "usr/bin/awk"));
}

/** Its mode set by itself, for our umask may take bits away: other users must pass through. */
async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await chmod(path, mode);
}

/** `name_version_architecture.deb`, a colon of the version as `%3a`. */
function versionsOf(files: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map((file) => {
      const [name = "", version = ""] = file.split("_");
      return [name, decodeURIComponent(version)];
    }),
  );
}

async function isThere(folder: string): Promise<boolean> {
  return await access(join(folder, "versions.json")).then(
    () => true,
    () => false,
  );
}

/**
 * Runs a program that ends with us, even after `kill -9`, and tells what it writes.
 * @throws Error in a sentence with its last words.
 */
async function say(
  doing: string,
  program: readonly string[],
  env: Readonly<Record<string, string>>,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  const child = spawn("setpriv", ["--pdeathsig=TERM", "--", ...program], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString("utf8")));
  createInterface({ input: child.stdout }).on("line", onLine);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status === 0) return;
  const why = words.trim().split("\n").at(-1) ?? "";
  throw new Error(
    `${doing} failed (status ${status}): ${why} The rehearsal takes Debian 13 from this machine's own mirror, signed by ${KEYRING}. See that \`apt-get update\` works here and that the package debian-archive-keyring is installed, then run it again.`,
  );
}
