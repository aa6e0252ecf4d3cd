import { checkOf, type Check } from "../checks/check.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { contentOf, type Content, type Living } from "./nights/living.ts";
import type { DumpKeyPair } from "./dump-key.ts";
import type { StoredDump } from "./restore-dump.ts";
import type { Shape } from "./restore-sight.ts";

/** State that the phases share. */
export interface Restored {
  living?: Living;
  /** Content of the server before anything is lost. */
  before?: Content;
  /** Everything in its database then, with indexes, keys and sequences. */
  shape?: Shape;
  key?: DumpKeyPair;
  dump?: StoredDump;
}

/** Checks that the content is that of before. Jobs in Valkey are not part of a database. */
export async function sameContent(
  rehearsal: Rehearsal,
  { living, before }: Restored,
  when: string,
): Promise<readonly Check[]> {
  const now = await contentOf(rehearsal, living!);
  const of = ({ tables, actorKeys, otp }: Content) => ({ ...tables, ...actorKeys, otp });
  const [was, is] = [of(before!), of(now)] as Record<string, unknown>[];
  return [
    checkOf(
      `${when} every row, key and encrypted value is that of before`,
      Object.keys(was!)
        .filter((key) => was![key] !== is![key])
        .map((key) => `${key}: ${String(was![key])} before, ${String(is![key])} now`),
      `${Object.keys(before!.tables).length} tables by checksum, ${Object.keys(before!.actorKeys).length} actor keys`,
    ),
  ];
}
