import { open, readFile, stat } from "node:fs/promises";

/** Returns the text of an `.env` file. @throws Error if there is none. */
export async function readEnvFile(file: string): Promise<string> {
  await readable(file);
  return await readFile(file, "utf8");
}

/** @throws Error with a message if a file can't be read. */
export async function readable(file: string): Promise<void> {
  const code = await failureOf(file);
  if (code === "ENOENT") throw new Error(`There is no file ${file}; nothing was written.`);
  if (code === "EISDIR") throw new Error(`${file} is a folder. Name the file.`);
  if (code !== undefined) throw new Error(`${file} can't be read (${code}).`);
}

async function failureOf(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file);
    await handle.read(Buffer.alloc(1));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "no reason given";
  }
}

/**
 * Warns once, with the remedy, if other users may read the file: anyone who reads it controls the
 * server.
 */
export async function fileNotes(file: string): Promise<readonly string[]> {
  const { mode } = await stat(file);
  return (mode & 0o077) === 0
    ? []
    : [`Other users of this machine may read ${file}, with every secret in it: chmod 600 ${file}`];
}
