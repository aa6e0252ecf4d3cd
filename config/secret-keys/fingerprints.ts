import { shortHash } from "../keys/values.ts";
import { scryptSync } from "node:crypto";
import { z } from "zod";
import { type SecretKey, SECRETS } from "./all.ts";
import type { SecretRow } from "./row.ts";

/**
 * A fingerprint: a short hash that identifies a secret without revealing it. It is committed in the
 * stack file. With it the next preview detects whether a key that must never change was changed or
 * lost.
 *
 * It must not help to guess the secret. A key that this program creates has 190 bits or more, which
 * no hash reveals. A migrated server may bring one that a person typed. So each guess costs
 * scrypt's 16 MiB and some hundredths of a second. The salt is the name of stack and key, so equal
 * keys under two names, or in two stacks, have different fingerprints. 96 bits are kept, enough
 * that no wrong key matches by chance.
 */

/**
 * Cost of one guess (RFC 7914). N = 2^14, r = 8, p = 1 are Node's own defaults, set here so that
 * they can't change.
 */
const COST = { N: 16_384, r: 8, p: 1 } as const;

const BYTES = 12;

/** Identifies the algorithm, and keeps YAML from reading 24 digits as a number. */
const VERSION = "v1-";

/**
 * The fingerprint of a secret, such as "v1-0123456789abcdef01234567".
 * @param stack the stack's short name ("prod"). Renaming the stack changes all fingerprints.
 */
export function fingerprintOf(stack: string, key: SecretKey, value: string): string {
  const salt = `mastodon-fingerprint ${stack} ${key}`;
  return VERSION + scryptSync(value, salt, BYTES, COST).toString("hex");
}

/**
 * `mastodon:fingerprints` of the stack file: by config key. Written by `npm run secrets`, never by
 * hand.
 */
export const FingerprintsSchema = z
  .strictObject(
    Object.fromEntries(
      SECRETS.filter((row: SecretRow) => row.recipe.kind !== "given").map(({ key }) => [
        key,
        shortHash(
          `By what \`${key}\` is known again.`,
          "a fingerprint as `npm run secrets -- init` writes it",
        ).optional(),
      ]),
    ),
  )
  .optional()
  .meta({
    description:
      "By what each secret is known again: a preview refuses a changed or lost one that must never change. Written by `npm run secrets`, never by hand.",
  });

/** The fingerprints of a stack. */
export type Fingerprints = { readonly [Key in SecretKey]?: string | undefined };
