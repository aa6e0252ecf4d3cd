import { chown, mkdir, readFile, writeFile } from "node:fs/promises";

/**
 * The user that database servers run as: Postgres refuses root, and initdb wants a name in
 * `/etc/passwd`.
 */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** `postgres` where Debian made it, else `nobody`, who is on every machine. */
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

/** Makes a folder that belongs to a user and nobody else. */
export async function makeFolderFor(user: ServerUser, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, user.uid, user.gid);
}

/** Writes a file that belongs to a user and that nobody else reads. */
export async function writeFileFor(user: ServerUser, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chown(path, user.uid, user.gid);
}
