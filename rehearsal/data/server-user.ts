import { readFile } from "node:fs/promises";

/** The user that database servers run as: Postgres refuses root, and initdb wants a name in `/etc/passwd`. */
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
