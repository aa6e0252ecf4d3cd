import type { Document } from "yaml";
import { changeStackFile } from "./stack-file.ts";

/** `postgres.origin` in a stack file: the newest database cluster, and the source of its data. */

/** Fate of the database cluster before the new one. */
export type Former = "keep" | "release";

const POSTGRES = "mastodon:postgres";
export const ORIGIN = ["config", POSTGRES, "origin"] as const;

/** Writes an existing database cluster into the stack file. Returns its number. */
export async function writeCluster(
  file: string,
  { id, name }: { readonly id: string; readonly name: string },
  former: Former,
): Promise<number> {
  return await writeOrigin(file, former, (document) => {
    document.setIn([...ORIGIN, "cluster"], document.createNode({ id, name }));
    document.deleteIn([...ORIGIN, "dump"]);
  });
}

/**
 * Raises the number of the newest cluster, and writes the fate of the one before. Returns the
 * number.
 */
export async function writeOrigin(
  file: string,
  former: Former,
  change: (document: Document) => void,
): Promise<number> {
  let number = 1;
  await changeStackFile(file, (document) => {
    number = Number(document.getIn([...ORIGIN, "number"]) ?? 1) + 1;
    change(document);
    document.setIn([...ORIGIN, "number"], number);
    document.setIn(["config", POSTGRES, "former"], former);
  });
  return number;
}
