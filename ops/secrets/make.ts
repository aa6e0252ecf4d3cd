import { createECDH, randomBytes } from "node:crypto";
import { type SecretKey, secretRow, SECRETS } from "../../config/secret-keys/all.ts";
import type { SecretRecipe } from "../../config/secret-keys/row.ts";
import { privateHalf, urlSafeBase64 } from "../../config/secret-keys/vapid.ts";
import { placeholderIn } from "../../input/placeholders.ts";

/** Creates secrets by the table of `config/secret-keys/all.ts`, from the system's random source. */

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** New values by key. */
export type MadeSecrets = Readonly<Partial<Record<SecretKey, string>>>;

/** Keys that this file creates, in the table's order. Others come from another service. */
export const MADE_KEYS: readonly SecretKey[] = SECRETS.map(({ key }) => key).filter(
  (key) => secretRow(key).recipe.kind !== "given",
);

/** Keys that can be created only together with this one, itself included. */
export function madeWith(key: SecretKey): readonly SecretKey[] {
  return secretRow(key).recipe.kind === "vapid"
    ? MADE_KEYS.filter((other) => secretRow(other).recipe.kind === "vapid")
    : [key];
}

/**
 * Creates new values for some keys. For half of a pair it creates the pair.
 *
 * One of some 50,000 sets of random keys contains "dummy" or "fixme". Validation would refuse it as
 * a placeholder, so another set is created.
 * @throws Error for a key that comes from another service.
 */
export function makeSecrets(
  keys: readonly SecretKey[] = MADE_KEYS,
  bytes: (count: number) => Buffer = randomBytes,
): MadeSecrets {
  const wanted = [...new Set(keys.flatMap((key) => madeWith(key)))];
  for (;;) {
    const pair = makeVapidPair();
    const made = wanted.map(
      (key) => [key, makeOne(key, secretRow(key).recipe, pair, bytes)] as const,
    );
    if (made.every(([key, value]) => placeholderIn(secretRow(key), value) === undefined))
      return Object.fromEntries(made);
  }
}

function makeOne(
  key: SecretKey,
  recipe: SecretRecipe,
  pair: Readonly<Record<"private" | "public", string>>,
  bytes: (count: number) => Buffer,
): string {
  switch (recipe.kind) {
    case "hex":
      return bytes(recipe.bytes).toString("hex");
    case "base64":
      return bytes(recipe.bytes).toString("base64");
    case "alphanumeric":
      return alphanumeric(recipe.length, bytes);
    case "vapid":
      return pair[recipe.half];
    case "given":
      throw new Error(`mastodon:${key} can't be made here: it comes from ${recipe.by}.`);
  }
}

/** A key pair for push notifications, in padded URL-safe base64. */
export function makeVapidPair(): Readonly<Record<"private" | "public", string>> {
  const ecdh = createECDH("prime256v1");
  ecdh.generateKeys();
  return { private: privateHalf(ecdh.getPrivateKey()), public: urlSafeBase64(ecdh.getPublicKey()) };
}

function alphanumeric(length: number, bytes: (count: number) => Buffer): string {
  // 248 = 4 × 62: with the bytes above, some letters would be more frequent.
  let text = "";
  while (text.length < length)
    for (const byte of bytes(length))
      if (byte < 248 && text.length < length) text += ALPHANUMERIC[byte % 62];
  return text;
}
