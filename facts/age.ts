/**
 * Forms of age's keys (https://age-encryption.org/v1). Both are Bech32, which excludes four
 * characters.
 */

/**
 * A recipient: the half that encrypts. Only X25519, because the program in the backup pod has no
 * plug-in for others.
 */
export const AGE_RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/u;

/** Begin of an identity: the half that decrypts, in either case. */
export const AGE_IDENTITY = /^\s*age-secret-key-/iu;
