import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { StackConfig } from "../../config/schema.ts";
import { stampOf } from "../../domain/backup/names.ts";
import { changedStackFile, providerOf, recipientIn } from "./stack-file.ts";

/**
 * The record of the newest escrow bundle in the stack file. Secrets have no date of their own, so
 * it is a hash of their ciphertexts. Every new value has another one, whichever command set it.
 * Everyone can read the ciphertexts in the same file, so their hash reveals nothing more.
 */

/** The record: `mastodon:escrow`. */
export type EscrowRecord = NonNullable<StackConfig["escrow"]>;

const KEY = "mastodon:escrow";

/** Length of the hash, hexadecimal digits: 96 bits, as a fingerprint has. */
const DIGITS = 24;

/** Hash of everything in a stack file that a bundle holds and without which it is the wrong one. */
export function escrowedIn(stackFile: string): EscrowRecord["of"] {
  const { config } = parse(stackFile) as { readonly config?: unknown };
  const content = {
    secrets: ciphertextsIn(config),
    // A new passphrase has a new salt, and new ciphertexts.
    provider: providerOf(stackFile),
    recipient: recipientIn(stackFile) ?? null,
  };
  return `v1-${createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, DIGITS)}`;
}

/** The stack file with the record of a bundle that is written now. */
export function withEscrowRecord(stackFile: string, now: Date): string {
  const record: EscrowRecord = { at: stampOf(now), of: escrowedIn(stackFile) };
  return changedStackFile(stackFile, { config: { [KEY]: record }, top: {} });
}

/** Paths and ciphertexts of encrypted values at any depth, in the order of the paths. */
function ciphertextsIn(value: unknown, path = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .flatMap(([key, inner]: readonly [string, unknown]) =>
      key === "secure" && typeof inner === "string"
        ? [`${path} ${inner}`]
        : ciphertextsIn(inner, `${path}/${key}`),
    )
    .toSorted();
}
