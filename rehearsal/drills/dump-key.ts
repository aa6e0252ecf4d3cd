import { generateX25519Identity, identityToRecipient } from "age-encryption";
import type { Rehearsal } from "../rehearsal.ts";

/** A key of dumps, as `npm run backup -- key` makes it. */
export interface DumpKeyPair {
  readonly identity: string;
  readonly recipient: string;
}

/** Makes a key. */
export async function makeDumpKey(): Promise<DumpKeyPair> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * Lets the server make dumps: the public half of a new key goes into the stack file, the other one
 * nowhere.
 */
export async function giveRecipient({ stack }: Pick<Rehearsal, "stack">): Promise<DumpKeyPair> {
  const key = await makeDumpKey();
  const { recipient } = key;
  await stack.editConfig((document) =>
    document.setIn(["config", "mastodon:backup"], document.createNode({ recipient })),
  );
  return key;
}
