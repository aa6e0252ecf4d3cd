/** Sums of words that every part of a report uses. */

/** "a, b and c"; more than five are counted. */
export function listed(words: readonly string[]): string {
  const all = [...new Set(words)];
  return joined(all.length > 6 ? [...all.slice(0, 5), `${all.length - 5} more`] : all);
}

/** "a, b and c", however many. */
export function joined(words: readonly string[]): string {
  return words.length < 2
    ? (words[0] ?? "")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** With a capital letter. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** A text, or its beginning with a sign that more follows. */
export function short(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
