/**
 * Number of letters by which two words differ. An added, omitted or changed letter counts once, and
 * so does an exchange of two neighbors (optimal string alignment,
 * https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance). Symmetric; 0 for equal
 * words.
 */
export function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const candidates = [rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        candidates.push(rows[i - 2]![j - 2]! + 1);
      row.push(Math.min(...candidates));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/**
 * The known word that was probably meant, ignoring case; `undefined` if none is near. If more than
 * a third of the longer word differs, it is another word, and a wrong guess costs more than none.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({
      candidate,
      away: distance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ candidate, away }) => away <= Math.max(word.length, candidate.length) / 3)
    .sort((one, other) => one.away - other.away);
  return best?.candidate;
}
