/**
 * Required strength of a passphrase. No message shows the passphrase, nor any of its characters.
 */

/**
 * Minimum number of characters. The encrypted data is committed, or can be stolen, so it can be
 * guessed offline without a time limit.
 */
export const SHORTEST_PASSPHRASE = 16;
/**
 * Minimum number of different characters: "aaaaaaaaaaaaaaaa" and "abcabcabcabcabcabc" are long, and
 * guessed first.
 */
const FEWEST_DIFFERENT = 6;

/**
 * Reason why a passphrase is too weak, to be read after "The passphrase …"; undefined if it is not.
 */
export function weaknessOf(passphrase: string): string | undefined {
  const characters = [...passphrase];
  if (characters.length < SHORTEST_PASSPHRASE)
    return `has ${characters.length === 1 ? "1 character" : `${characters.length} characters`}`;
  const different = new Set(characters).size;
  return different < FEWEST_DIFFERENT
    ? `is made of ${different === 1 ? "one character" : `${different} different characters`} alone`
    : undefined;
}

/**
 * Fault of the passphrase that encrypts stack file and state, with its remedy. Undefined if there
 * is none.
 */
export function statePassphraseFault(passphrase: string): string | undefined {
  const weakness = weaknessOf(passphrase);
  return weakness === undefined
    ? undefined
    : `The passphrase of the state ${weakness}; what it encrypts is committed, and can be guessed for ever. Take ${SHORTEST_PASSPHRASE} characters or more: \`npm run secrets -- passphrase\` makes one. Then \`pulumi stack change-secrets-provider passphrase\`. What was committed under the old one stays open to whoever guesses it: rotate what can be rotated (docs/secrets.md).`;
}
