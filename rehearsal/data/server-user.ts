import { chown, mkdir, readFile, writeFile } from "node:fs/promises";

/**
 * The user of the database servers: Postgres refuses root, and initdb requires a name in
 * `/etc/passwd`.
 */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Finds `postgres` if Debian created it, else `nobody`, which exists on every machine. */
export async function findServerUser(): Promise<ServerUser> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    "Postgres can't run as root, and /etc/passwd has neither a user `postgres` nor `nobody`. Run: apt-get install postgresql-common",
  );
}

/** Creates a folder that only its user can enter. */
export async function makeFolderFor(user: ServerUser, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, user.uid, user.gid);
}

/** Writes a file that only its user can read. */
export async function writeFileFor(user: ServerUser, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chown(path, user.uid, user.gid);
}
