import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";

/**
 * Active Record Encryption of one column, as Mastodon's `users.otp_secret` has it: AES-256-GCM with
 * a key of PBKDF2 (rails/rails 7.2 `activerecord/lib/active_record/encryption/cipher/
 * aes256_gcm.rb`, `key_generator.rb`; `activesupport/lib/active_support/key_generator.rb`).
 */

/** Default of `ActiveSupport::KeyGenerator`. */
const ITERATIONS = 2 ** 16;
const KEY_BYTES = 32;
/** Of GCM (`aes256_gcm.rb`, `iv_len`). */
const IV_BYTES = 12;

/** A pod's environment. */
type Environment = Readonly<Record<string, string>>;

function keyOf(environment: Environment): Buffer {
  const {
    ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: key,
    ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: salt,
  } = environment;
  if (key === undefined || salt === undefined)
    throw new Error("The pod has no keys for encrypted columns.");
  return pbkdf2Sync(key, salt, ITERATIONS, KEY_BYTES, "sha256");
}

/** The column's value for a plain text, with the keys of a pod. */
export function encrypted(plain: string, environment: Environment): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(environment), iv);
  const payload = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  const [p, ivText, at] = [payload, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
  return JSON.stringify({ p, h: { iv: ivText, at } });
}

/** The plain text of a column, with the keys of a pod. @throws Error if they are other ones. */
export function decrypted(column: string, environment: Environment): string {
  const { p, h } = JSON.parse(column) as {
    readonly p: string;
    readonly h: { readonly iv: string; readonly at: string };
  };
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(environment), bytes(h.iv));
  decipher.setAuthTag(bytes(h.at));
  return Buffer.concat([decipher.update(bytes(p)), decipher.final()]).toString("utf8");
}
