/**
 * Forms of age's keys (https://age-encryption.org/v1): a recipient encrypts, its identity opens.
 * Both are Bech32, which excludes four characters. Only X25519 is accepted: the program in the pod
 * has no plug-in for others.
 */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/u;

/** Begin of an identity, in either case. */
const IDENTITY = /^\s*age-secret-key-/iu;

/** Whether a text has the form of an X25519 recipient. */
export function isRecipient(text: string): boolean {
  return RECIPIENT.test(text);
}

/** Whether a text is an identity, the half that must never be in a stack file. */
export function isIdentity(text: string): boolean {
  return IDENTITY.test(text);
}
