/**
 * Typed lines that nobody told the person. The page `docs/bad-night.md` tells them, or a command of
 * that night. Only this project's commands for a bad night count.
 * @param told the page, and the output of the commands.
 */
export function untoldLines(typed: readonly string[], told: string): readonly string[] {
  const known = [...told.matchAll(LINE)].map(([line]) => line.trim().split(/\s+/u));
  return typed.filter((line) => {
    if (line.search(LINE) !== 0) return false;
    const words = line.replace(CONSENT, "").split(" ");
    return !known.some(
      (each) =>
        each.length >= words.length && words.every((word, at) => isSame(word, each[at] ?? "")),
    );
  });
}

const LINE = /npm run (?:rebuild|db)\b[^\n`.;]*/gu;
/** The domain may be typed on the line instead of where the command asks. */
const CONSENT = / --yes \S+/u;
/** Words of the page that stand for others: `ID`, `NAME`, and a region. */
const STANDS_FOR = /^(?:[A-Z]+|[a-z]{3}\d)$/u;

function isSame(word: string, known: string): boolean {
  return word === known || (STANDS_FOR.test(known) && !word.startsWith("--"));
}
