import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { debianMirror } from "./debian-source.ts";

/** Mastodon's images are built on Debian 13 (its Dockerfile, `DEBIAN_VERSION`). */
export const SUITE = "trixie";
/** Debian's keys, from its package `debian-archive-keyring`. */
export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Configures a separate apt with its own lists and archives, and no installed package. Returns its
 * configuration file.
 */
export async function configureApt(apt: string): Promise<string> {
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
    // None of the machine's files, because they may run programs after an update; only its network
    // settings.
    ...["Dir::Etc::parts", "Dir::Etc::main", "Dir::Etc::sourceparts"].map(
      (key) => `${key} "/dev/null";`,
    ),
    ...(await machineWayOut()),
    `Dir::Etc::sourcelist "${join(apt, "sources.list")}";`,
    `Dir::State "${apt}";`,
    `Dir::State::status "${join(apt, "status")}";`,
    `Dir::Cache "${apt}";`,
    // Otherwise apt, as root, drops its privileges and can't enter a folder of root's.
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

/** The machine's settings of apt's transport: a proxy, a timeout, a clock that is not trusted. */
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

/**
 * Runs a program that ends with this process, even after `kill -9`, and reports its output.
 * @throws Error with a message that has its last lines.
 */
export async function say(
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
