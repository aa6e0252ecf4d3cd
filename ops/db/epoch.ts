import { readFile, rename, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { changedStackFile } from "../secrets/stack-file.ts";

const KEY = "mastodon:postgres";

type Keys = Readonly<Record<string, unknown>>;

/**
 * Raises `postgres.origin.epoch` in a stack file, so that the next update runs the Jobs of a
 * release on the restored data. Returns the new epoch.
 */
export async function raiseEpoch(file: string): Promise<number> {
  const before = await readFile(file, "utf8");
  const { config } = parse(before) as { readonly config?: Keys };
  const postgres = (config?.[KEY] ?? {}) as { readonly origin?: Keys };
  const epoch = Number(postgres.origin?.["epoch"] ?? 1) + 1;
  const after = changedStackFile(before, {
    config: { [KEY]: { ...postgres, origin: { ...postgres.origin, epoch } } },
    top: {},
  });
  await writeFile(`${file}.new`, after);
  await rename(`${file}.new`, file);
  return epoch;
}
