/**
 * Markup by template strings. Whatever is put into one is text and is escaped, unless it is markup
 * itself. So nothing from outside (a check's name, an engine's message) becomes a tag. Pure.
 */

/** Markup that is safe to write into a page. Only `markup` makes it. */
export class Markup {
  readonly #text: string;

  /** @param text markup; `markup` alone calls this, with all of its text escaped. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** A value in a template: text, markup, or several of them; nothing where it is undefined. */
export type Value = string | number | Markup | undefined | readonly Value[];

/** Control characters, which HTML allows in no text: terminals' colours among them. */

const CONTROL = /\u001b\[[0-9;]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/gu;

const NAMES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as a page may have it, between tags and between quotes. */
function escaped(text: string): string {
  return text
    .replaceAll(CONTROL, "")
    .replaceAll(/[&<>"']/gu, (character) => NAMES[character] ?? character);
}

/** A page's part. Attributes must stand in double quotes. */
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

/** Numbers are places and shares: hundredths are enough, and a page is smaller. */
function numberOf(value: number): string {
  return String(Math.round(value * 100) / 100);
}
