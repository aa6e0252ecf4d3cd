import type { Outcome } from "./line.ts";

/** The outcomes as lines for a terminal, and a sum. */
export function wordsOf(outcomes: readonly Outcome[], seconds: number): string {
  const width = Math.max(0, ...outcomes.map(({ name }) => name.length));
  // Further lines of a sentence, and the cure, stand below its first word.
  const margin = " ".repeat("unknown  ".length + width + 2);
  const lines = outcomes.map(({ word, name, says, ...more }) => {
    const [first = "", ...others] = says.split("\n");
    return [
      `${word.padEnd(7)}  ${name.padEnd(width)}  ${first}`,
      ...others.map((each) => margin + each.trim()),
      ...("cure" in more && more.cure !== undefined ? [`${margin}→ ${more.cure}`] : []),
    ].join("\n");
  });
  const count = (word: Outcome["word"]): number =>
    outcomes.filter((outcome) => outcome.word === word).length;
  return [
    ...lines,
    "",
    `${count("fix")} to fix, ${count("unknown")} unknown, ${count("ok")} ok, ${count("skip")} skipped, in ${seconds.toFixed(1)} s.`,
  ].join("\n");
}
