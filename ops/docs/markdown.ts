import { format } from "prettier";

/** Returns a Markdown table, not aligned: Prettier aligns it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

/**
 * Replaces the text between two marks; the marks stay.
 * @throws Error if a mark is missing, or the marks are in the wrong order.
 */
export function between(text: string, begin: string, end: string, content: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`The marks "${begin}" and "${end}" must both stand there, in this order.`);
  return `${text.slice(0, from + begin.length)}\n${content}${text.slice(to)}`;
}

/** Replaces each generated part of a page, which is between marks with its name. */
export async function withParts(
  page: string,
  parts: Readonly<Record<string, string>>,
): Promise<string> {
  const text = Object.entries(parts).reduce(
    (all, [name, part]) =>
      between(
        all,
        `<!-- ${name}, made by \`npm run docs\`: begin -->`,
        `<!-- ${name}: end -->`,
        `\n${part}\n`,
      ),
    page,
  );
  return await format(text, { parser: "markdown", printWidth: 100 });
}
