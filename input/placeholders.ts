import type { SecretRow } from "../config/secret-keys/row.ts";

/**
 * Placeholders instead of secrets, from a template that was not filled in. Two of three encryption
 * keys of a large server were once deployed as their own names.
 */

/** Words that no random key of this program contains, and that templates often contain. */
const WORDS =
  /change_?-?me|replace_?-?(me|this|with)|place_?-?holder|your_?-?(secret|key|value|own)|my_?-?secret|secret_?-?(key|value|store|here)|^secret|password|example|insert_?-?|do_?-?not_?-?use|dummy|todo_|fixme/iu;

/**
 * Keys of Mastodon's own development setup, which are public (mastodon/mastodon
 * `.env.development`).
 */
const PUBLISHED: ReadonlySet<string> = new Set([
  "fkSxKD2bF396kdQbrP1EJ7WbU7ZgNokR",
  "r0hvVmzBVsjxC7AMlwhOzmtc36ZCOS1E",
  "PhdFyyfy5xJ7WVd2lWBpcPScRQHzRTNr",
]);

/**
 * With fewer different characters it is a row of x, not a key; 44 random characters have some 30.
 */
const FEWEST_CHARACTERS = 8;

/**
 * Fault of a value that was meant to be replaced, to be read after "mastodon:KEY"; undefined if it
 * could be a secret. It never contains the value.
 */
export function placeholderIn(row: SecretRow, value: string): string | undefined {
  const letters = bare(value);
  for (const name of [row.env, row.key])
    if (name !== undefined && letters.includes(bare(name)))
      return "holds its own name: a template that was not filled in";
  if (PUBLISHED.has(value))
    return "is a key of Mastodon's development set-up, which everyone can read";
  // Secrets of other services may contain a URL, and a URL contains words.
  if (row.recipe.kind === "given") return undefined;
  if (/^\s*(\$|<|\{\{|%\()/u.test(value)) return "is a variable that was not filled in";
  if (WORDS.test(value)) return "holds a word that placeholders are made of";
  if (new Set(value).size < FEWEST_CHARACTERS || /(.)\1{7}/u.test(value))
    return "is made of very few characters: a placeholder, not a key";
  if (/^(.{1,64}?)\1+$/u.test(value)) return "is one piece repeated: a placeholder, not a key";
  return undefined;
}

/** Without case and separators: `SECRET_KEY_BASE` and `secretKeyBase` are one name. */
function bare(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}
