import { execFile } from "node:child_process";
import { access, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Progress } from "../progress.ts";
import { KEYRING } from "./own-apt.ts";

const run = promisify(execFile);

/** A program that the rehearsal needs, with its Debian package. */
interface Needed {
  readonly path: string;
  readonly package: string;
  readonly for: string;
}

/** Folder in which dpkg records installed files: Postgres' folder has its version in the name. */
const INSTALLED = "/var/lib/dpkg/info";

/**
 * Programs of the machine's own that the rehearsal starts by their paths, beside those that
 * `needs.ts` looks for. All others come with the root file systems of images.
 */
export const NEEDED: readonly Needed[] = [
  { path: "/usr/bin/setpriv", package: "util-linux", for: "stopping servers with us" },
  { path: "/usr/sbin/pgbouncer", package: "pgbouncer", for: "the transaction pool" },
  { path: `${INSTALLED}/postgresql.list`, package: "postgresql", for: "an old server's database" },
  { path: "/usr/bin/bwrap", package: "bubblewrap", for: "running pods' programs as pods" },
  { path: "/usr/bin/nsenter", package: "util-linux", for: "asking a pod from inside its network" },
  { path: "/usr/bin/unshare", package: "util-linux", for: "pods' volumes in memory" },
  { path: "/usr/bin/socat", package: "socat", for: "the edge's way into a pod's network" },
  { path: KEYRING, package: "debian-archive-keyring", for: "Debian 13's packages" },
];

async function missing(): Promise<readonly Needed[]> {
  const found = await Promise.all(
    NEEDED.map(async (needed) => {
      try {
        await access(needed.path);
        return [];
      } catch {
        return [needed];
      }
    }),
  );
  return found.flat();
}

/** Debian packages of which a needed file is missing. */
export async function lackingPackages(): Promise<readonly string[]> {
  return [...new Set((await missing()).map((needed) => needed.package))];
}

/** Message for missing packages that this user can't install. */
export function missingSentence(packages: readonly string[], because: string): string {
  return `This machine lacks ${packages.length === 1 ? "a Debian package" : "Debian packages"} that the rehearsal needs (${because}). Run: apt-get install --no-install-recommends ${packages.join(" ")}`;
}

/**
 * Checks that the Debian programs exist; as root it installs the missing ones.
 * @returns the number of installed packages.
 * @throws Error with the command to run, if they can't be installed from here.
 */
export async function ensurePackages(progress: Progress): Promise<number> {
  const lacking = await missing();
  if (lacking.length === 0) return 0;
  const packages = lacking.map((needed) => needed.package);
  if (process.getuid?.() !== 0) throw new Error(missingSentence(packages, "and we are not root"));
  const allowServices = await forbidServices();
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // Of two runs at the same time, the second waits for dpkg's lock instead of failing.
  const options = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
  try {
    progress(`apt-get update, for ${packages.join(", ")}`);
    await run("apt-get", [...options, "update"], { env });
    progress(`apt-get install ${packages.join(" ")}`);
    await run("apt-get", [...options, "install", "-y", "--no-install-recommends", ...packages], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const text = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    throw new Error(missingSentence(packages, `apt-get could not: ${text}`), { cause: error });
  } finally {
    await allowServices();
  }
  const still = await missing();
  if (still.length > 0)
    throw new Error(
      missingSentence(
        still.map((needed) => needed.package),
        `apt-get ended well, but ${still.map((needed) => needed.path).join(", ")} is not there`,
      ),
    );
  return packages.length;
}

/**
 * Debian's packages start their servers after installation; this file forbids it (invoke-rc.d(8),
 * policy-rc.d). An existing file stays. Returns the function that removes it.
 */
async function forbidServices(): Promise<() => Promise<void>> {
  const policy = "/usr/sbin/policy-rc.d";
  try {
    await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return async () => undefined;
    throw error;
  }
  return async () => await rm(policy, { force: true });
}
