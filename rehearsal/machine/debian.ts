import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheHome, isThere, publishFolder } from "../build/cache.ts";
import { withLock } from "../build/lock.ts";
import type { Progress } from "../progress.ts";
import { formatDuration } from "../../pages/duration.ts";
import { configureApt, say, SUITE } from "./own-apt.ts";

/**
 * Packages of the root file system for images and sandboxes, without versions, because a mirror
 * deletes old point releases. apt adds their dependencies, but no essential package: those are
 * listed.
 */
export const DEBIAN_PACKAGES: readonly string[] = [
  ...["bash", "coreutils", "dash", "findutils", "grep", "mawk", "procps", "sed", "util-linux"],
  ...["ca-certificates", "curl", "openssl", "tini"],
  // The preflight's gems, and a real Sidekiq and Puma with the middleware that Rails puts before an
  // application.
  ...["ruby", "ruby-http", "ruby-pg", "ruby-redis", "ruby-sidekiq"],
  ...["puma", "ruby-actionpack", "ruby-activerecord", "ruby-rack"],
  ...["nginx", "postgresql-client-17", "valkey-server", "valkey-tools"],
  // The backup's upload, and a program that is not ours to read what the backup encrypted.
  ...["rclone", "age"],
];

/** A Debian 13 root file system from packages, without running a package script. */
export interface DebianRoot {
  /** Folder of its `/`. Other runs share it, so never write to it. */
  readonly root: string;
  /** Installed version of each package, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly origin: "built" | "cached";
  /** Seconds to get it, including the wait for another run. */
  readonly seconds: number;
}

/**
 * A new number rebuilds the same Debian after a change in what `fill` writes in addition to the
 * packages.
 */
const FORM = 1;

/** Folders of `/usr/share` that no program reads in English: a fifth of all bytes. */
const UNREAD = ["doc", "info", "locale", "man"] as const;

/** Users by name, with the ids of the images; the source of each is at its image. */
const USERS: Readonly<Record<string, number>> = {
  root: 0,
  nginx: 101,
  mastodon: 991,
  nobody: 65_534,
};

/**
 * Builds Debian 13 in a folder from the machine's own mirror, or takes it from the user's cache.
 * All checkouts share the cache, by the list of packages. It changes neither the machine's lists
 * nor its packages, and needs no root. Two runs at the same time, or an interrupted one, are safe.
 * @throws Error with a message, if the packages can't be downloaded.
 */
export async function debianRoot(
  { packages }: { readonly packages: readonly string[] },
  progress: Progress,
): Promise<DebianRoot> {
  const started = performance.now();
  const { names, folder } = cacheFolder(packages);
  const done = async (origin: DebianRoot["origin"]): Promise<DebianRoot> => ({
    root: join(folder, "root"),
    versions: JSON.parse(await readFile(join(folder, "versions.json"), "utf8")) as Record<
      string,
      string
    >,
    origin,
    seconds: (performance.now() - started) / 1000,
  });
  if (await isThere(join(folder, "versions.json"))) return await done("cached");
  await mkdir(cacheHome(), { recursive: true });
  return await withLock(
    `${folder}.lock`,
    (seconds) => progress(`waiting for another run that unpacks Debian 13, ${seconds} s`),
    async () => {
      if (await isThere(join(folder, "versions.json"))) return await done("cached");
      await publishFolder(folder, (partial) => fill(partial, names, progress));
      return await done("built");
    },
  );
}

/** The `/` of such a Debian 13 in the cache; undefined if it is not there. */
export async function cachedDebianRoot(packages: readonly string[]): Promise<string | undefined> {
  const { folder } = cacheFolder(packages);
  return (await isThere(join(folder, "versions.json"))) ? join(folder, "root") : undefined;
}

function cacheFolder(packages: readonly string[]): {
  readonly names: readonly string[];
  readonly folder: string;
} {
  const names = [...new Set(packages)].sort();
  const hash = createHash("sha256").update(JSON.stringify([FORM, SUITE, process.arch, names]));
  return { names, folder: join(cacheHome(), `debian-${hash.digest("hex").slice(0, 16)}`) };
}

async function fill(partial: string, names: readonly string[], progress: Progress): Promise<void> {
  const apt = join(partial, "apt");
  const configuration = await configureApt(apt);
  const env = { APT_CONFIG: configuration, LC_ALL: "C" };
  progress("reading what packages Debian 13 has");
  await say("Reading Debian 13's list of packages", ["apt-get", "-q", "update"], env);
  const started = performance.now();
  let loaded = 0;
  await say(
    "Downloading Debian 13's packages",
    [
      ...["apt-get", "-q", "-o", "APT::Status-Fd=1", "--yes", "--download-only"],
      ...["--no-install-recommends", "install", ...names],
    ],
    env,
    (line) => {
      if (line.startsWith("Get:")) loaded += 1;
      // For programs: the share of all bytes so far (apt's `progress-reporting.md`).
      const percent = Number(/^dlstatus:\d+:(?<percent>[\d.]+):/u.exec(line)?.groups?.["percent"]);
      if (percent > 0)
        progress(downloadLine(loaded, percent / 100, (performance.now() - started) / 1000));
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
  // All of the thousands of files in one call. Otherwise a power cut could leave an empty library
  // under its final name.
  await say("Writing Debian 13 to disk", ["sync", "--file-system", partial], env);
}

/** Progress of a download for an operator, with the estimated rest. */
function downloadLine(loaded: number, share: number, elapsed: number): string {
  const left = formatDuration(Math.round((elapsed / share) * (1 - share)));
  return `downloading Debian 13's packages: ${loaded} so far, ${Math.round(share * 100)} %, about ${left} left`;
}

/** Debian's merged `/usr`. `base-files` has the same links, and a hundred unneeded files. */
async function makeUsualLinks(root: string): Promise<void> {
  for (const name of ["bin", "lib", "lib64", "sbin"]) {
    await makeFolder(join(root, "usr", name), 0o755);
    await symlink(`usr/${name}`, join(root, name));
  }
}

/** Files that package scripts would create. */
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

/** Sets the mode separately, because the umask may remove bits: other users must pass through. */
async function makeFolder(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await chmod(path, mode);
}

/** Parses `name_version_architecture.deb`; a colon of the version is `%3a`. */
function versionsOf(files: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map((file) => {
      const [name = "", version = ""] = file.split("_");
      return [name, decodeURIComponent(version)];
    }),
  );
}
