/**
 * Markup by template strings. Every inserted value is text and is escaped, unless it is markup
 * itself. So no outside text (a check's name, an engine's message) becomes a tag.
 */

/** Markup that is safe to write into a page. Only `markup` makes it. */
export class Markup {
  readonly #text: string;

  /** @param text markup; only `markup` calls this, with all of its text escaped. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** A value in a template: text, markup, or several of them; empty if it is undefined. */
export type Value = string | number | Markup | undefined | readonly Value[];

/** Control characters, which HTML forbids in text, such as terminal colors. */

const CONTROL = /\u001b\[[0-9;]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/gu;

const NAMES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for use between tags and between quotes. */
function escaped(text: string): string {
  return text
    .replaceAll(CONTROL, "")
    .replaceAll(/[&<>"']/gu, (character) => NAMES[character] ?? character);
}

/** A part of a page. Attributes must be in double quotes. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(
    strings.map((text, at) => (at === 0 ? text : `${textOf(values[at - 1])}${text}`)).join(""),
  );
}

function textOf(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.toString();
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return numberOf(value);
  return value.map(textOf).join("");
}

/** Numbers are positions and shares, so hundredths are enough, and the page is smaller. */
function numberOf(value: number): string {
  return String(Math.round(value * 100) / 100);
}
