import { readFile } from "node:fs/promises";

/**
 * The age identity that opens the dumps, from the operator's machine.
 * @param file path of a file as `age-keygen` writes it, with comments. If unset: that of
 * `BACKUP_IDENTITY_FILE`.
 * @throws Error with the ways to give it.
 */
export async function identityOf(file: string | undefined): Promise<string> {
  const path = file ?? process.env["BACKUP_IDENTITY_FILE"];
  if (path === undefined || path === "")
    throw new Error(
      "The dumps are encrypted, and their identity is not given. Nothing was changed. Add --identity FILE, or export BACKUP_IDENTITY_FILE. It is in the file that `npm run backup -- key` wrote, or in the escrow bundle (docs/secrets.md).",
    );
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} can't be read (${error.code ?? error.message}). Nothing was changed.`);
  });
  return text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-")) ?? text;
}
