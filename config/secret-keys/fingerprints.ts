import { scryptSync } from "node:crypto";
import { z } from "zod";
import { type SecretKey, SECRETS } from "./all.ts";
import type { SecretRow } from "./row.ts";

/**
 * By what a secret is known again without being known: a short text that stands in the clear in the
 * stack file, is committed with it, and tells at the next preview whether a key that must never
 * change has been changed or lost. Pure.
 *
 * It must not help to guess the secret. A key made by this program has 190 bits and more, so that
 * no hash could; but a server that moves in may bring one that a person typed, so each guess is
 * made to cost scrypt's 16 MiB and some hundredths of a second. The salt is the name of stack and
 * key: equal keys under two names, or in two stacks, don't show as equal. 96 bits stay of it:
 * enough that no wrong key passes by chance.
 */

/**
 * Cost of one guess (RFC 7914): N = 2^14, r = 8, p = 1 are Node's own defaults, written down so
 * that they can't move.
 */
const COST = { N: 16_384, r: 8, p: 1 } as const;

const BYTES = 12;

/** Names the recipe, and keeps YAML from reading 24 digits as a number. */
const VERSION = "v1-";

/**
 * The fingerprint of a secret, such as "v1-0123456789abcdef01234567".
 * @param stack the stack's short name ("prod"): whoever renames the stack makes the fingerprints
 * anew.
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
        z
          .string()
          .regex(/^v1-[0-9a-f]{24}$/u)
          .optional()
          .meta({
            description: `By what \`${key}\` is known again.`,
            allowed: "a fingerprint as `npm run secrets -- init` writes it",
            examples: ["v1-0123456789abcdef01234567"],
          }),
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
