import { createECDH } from "node:crypto";

/**
 * Key pair for signing and verifying push notifications: P-256, RFC 8292. Browsers bind a
 * subscription to the public half. If the private one belongs to another pair, every push is
 * refused without a reason.
 */

const CURVE = "prime256v1";
const SCALAR_BYTES = 32;

/**
 * URL-safe base64 with padding, as Mastodon's own task prints it (`rails
 * mastodon:webpush:generate_vapid_key`).
 */
export function urlSafeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/**
 * The private half of a scalar. Node omits leading zeros, so one key in 256 would be a byte short.
 */
export function privateHalf(scalar: Uint8Array): string {
  return urlSafeBase64(Buffer.concat([Buffer.alloc(SCALAR_BYTES), scalar]).subarray(-SCALAR_BYTES));
}

/**
 * The public half of a private key.
 * @param privateKey the scalar in URL-safe base64, padded or not.
 * @returns the uncompressed point in padded URL-safe base64; undefined if the text is no private
 * key of P-256.
 */
export function publicHalfOf(privateKey: string): string | undefined {
  const scalar = Buffer.from(privateKey, "base64url");
  if (scalar.length !== SCALAR_BYTES) return undefined;
  const ecdh = createECDH(CURVE);
  try {
    ecdh.setPrivateKey(scalar); // Throws for 0 and for what is not below the curve's order.
  } catch {
    return undefined;
  }
  return urlSafeBase64(ecdh.getPublicKey());
}

/** Whether two halves are of one pair; padding does not count. */
export function belongTogether(privateKey: string, publicKey: string): boolean {
  const unpadded = (text: string): string => text.replace(/=+$/u, "");
  const right = publicHalfOf(privateKey);
  return right !== undefined && unpadded(right) === unpadded(publicKey);
}
