import { open } from "node:fs/promises";

/** Only the owner may read it: even an encrypted bundle is needed by no other user. */
const OWNER_ONLY = 0o600;

/**
 * Writes a file of secrets that must not exist.
 * @param what it holds, with its article: "a bundle".
 * @throws Error in a sentence if it exists.
 */
export async function writeNew(file: string, text: string, what: string): Promise<void> {
  try {
    const handle = await open(file, "wx", OWNER_ONLY);
    try {
      await handle.writeFile(`${text.trimEnd()}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST")
      throw new Error(
        `${file} is there already, and ${what} is never overwritten: it may be the only one. Name another file by --out.`,
      );
    throw error;
  }
}
