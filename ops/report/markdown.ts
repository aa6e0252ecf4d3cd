import { short } from "./text.ts";

/** Parts of GitHub's Markdown. Every text in them may come from a plan, a pod or a person. */

/** A cell of a table: text, or text that stands out, or text and links. */
export type Cell =
  | string
  | { readonly strong: string }
  | {
      readonly text: string;
      readonly links: readonly { readonly text: string; readonly url: string }[];
    };

/**
 * A table; nothing without rows. It has no column without a heading and a text.
 * @param cell characters of the longest cell.
 * @param most rows; the others are counted.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  cell: number,
  most: number,
): readonly string[] {
  if (rows.length === 0) return [];
  const used = head.map((word, at) => word !== "" || rows.some((row) => row[at] !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells.filter((_, at) => used[at]).join(" | ")} |`;
  const more = rows.length - most;
  return [
    "",
    line(head),
    line(head.map(() => "---")),
    ...rows.slice(0, most).map((row) => line(row.map((each) => cellOf(each, cell)))),
    ...(more > 0 ? [line(head.map((_, at) => (at === 0 ? `and ${more} more` : "")))] : []),
  ];
}

function cellOf(cell: Cell, longest: number): string {
  const plain = (text: string): string => short(inLine(text), longest).replaceAll("|", "\\|");
  if (typeof cell === "string") return plain(cell);
  if ("strong" in cell) return `**${plain(cell.strong)}**`;
  const links = cell.links.map(({ text, url }) => `[${plain(text)}](${encodeURI(url)})`);
  return [plain(cell.text), ...links].filter((text) => text !== "").join(" · ");
}

/** Lines that a reader opens with a click. */
export function folded(title: string, lines: readonly string[], open = false): readonly string[] {
  return [
    "",
    `<details${open ? " open" : ""}><summary>${inLine(title)}</summary>`,
    "",
    ...lines,
    "",
    "</details>",
  ];
}

/**
 * A code block that no line of the text can end, so that it is never read as Markdown.
 * @param language for its colors. Default: none.
 */
export function fenced(text: string, language = "text"): string {
  const longest = Math.max(2, ...(text.match(/`+/gu) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A text as a quotation. */
export function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${inLine(line)}`)
    .join("\n");
}

/** Text on one line that is no tag and no comment: a value may be anything. */
export function inLine(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/gu, " ")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "@\u200b");
}
