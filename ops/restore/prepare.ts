import { Decrypter, identityToRecipient } from "age-encryption";
import type { Document } from "yaml";
import type { Manifest } from "../../domain/backup/manifest.ts";
import type { SecretStore } from "../secrets/store.ts";
import { type Former, ORIGIN, writeOrigin } from "./origin.ts";
import { changeStackFile } from "./stack-file.ts";

/** Writes a restore into the stack file. The next update does it. */

const STOPPED = "mastodon:stopped";
const FILE_KEY = "mastodon:dumpFileKey";

/** A dump that was judged (`judge.ts`), and the means to open it. */
export interface RestoreOrder {
  readonly manifest: Manifest;
  /** Begin of the encrypted object: its header, which is smaller than a KiB. */
  readonly header: Uint8Array;
  /** The age identity: `AGE-SECRET-KEY-1…`. It stays on this machine. */
  readonly identity: string;
  readonly former: Former;
}

/**
 * Takes the key of one dump out of its header, and writes it, encrypted, with `postgres.origin`
 * into the stack file. Sidekiq is stopped there, too. Returns the number of the new cluster.
 * @throws Error if the identity does not open the dump; nothing is written then.
 */
export async function prepareRestore(
  store: SecretStore,
  { manifest, header, identity, former }: RestoreOrder,
): Promise<number> {
  const fileKey = await fileKeyOf(manifest, header, identity);
  const held = await store.held();
  await store.write({ dumpFileKey: Buffer.from(fileKey).toString("base64") }, held);
  const { object, sha256, bytes } = manifest;
  return await writeOrigin(store.file, former, (document) => {
    document.setIn([...ORIGIN, "dump"], document.createNode({ object, sha256, bytes }));
    document.deleteIn([...ORIGIN, "cluster"]);
    stopSidekiq(document);
  });
}

/**
 * After the update of a restore: the next one deletes its Job and key, and starts Sidekiq.
 * @param file path of the stack file.
 */
export async function finishRestore(file: string): Promise<void> {
  await changeStackFile(file, (document) => {
    if (document.hasIn([...ORIGIN, "dump"])) document.setIn([...ORIGIN, "dump", "restored"], true);
    const others = stoppedIn(document).filter((each) => each !== "sidekiq");
    if (others.length === 0) document.deleteIn(["config", STOPPED]);
    else document.setIn(["config", STOPPED], document.createNode(others));
    document.deleteIn(["config", FILE_KEY]);
  });
}

/**
 * The 16 bytes that open one dump. age derives them from its header with the identity.
 * @throws Error if the identity is none, or that of another recipient.
 */
export async function fileKeyOf(
  { object, recipient }: Manifest,
  header: Uint8Array,
  identity: string,
): Promise<Uint8Array> {
  const other = await identityToRecipient(identity.trim()).catch(() => undefined);
  if (other === undefined)
    throw new Error(
      "The identity is no age identity: it begins with AGE-SECRET-KEY-1. Nothing was changed. It is in the escrow bundle (docs/secrets.md).",
    );
  if (other !== recipient)
    throw new Error(
      `${object} is encrypted to ${recipient}, and the identity is that of ${other}. Nothing was changed. Take the identity of that time, from its file or from the escrow bundle of then.`,
    );
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity.trim());
  try {
    return await decrypter.decryptHeader(header);
  } catch {
    throw new Error(
      `${object} can't be opened with the identity that its manifest names: its beginning is damaged. Nothing was changed. Take the dump before it.`,
    );
  }
}

function stoppedIn(document: Document): readonly string[] {
  const { config } = document.toJS() as { readonly config?: Record<string, unknown> };
  return (config?.[STOPPED] ?? []) as readonly string[];
}

/**
 * Stops Sidekiq in a stack file. Jobs of another time, scheduled deletions too, must not run before
 * somebody has looked at the data.
 */
export function stopSidekiq(document: Document): void {
  const all = stoppedIn(document);
  if (!all.includes("sidekiq"))
    document.setIn(["config", STOPPED], document.createNode([...all, "sidekiq"]));
}
