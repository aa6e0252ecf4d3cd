import { markup, Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** A prominent number. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  /** Optional: a few words next to it. */
  readonly besides?: string;
  readonly tone?: "good" | "warn" | "bad";
}

/** A box next to the first sentence: warnings, or failures. */
export interface Note {
  readonly title: string;
  readonly tone: "good" | "warn" | "bad";
  readonly lines: readonly string[];
}

/** A part of a page with its own heading. */
export interface Section {
  readonly title: string;
  /** One or two sentences that describe the content. */
  readonly intro: string;
  readonly body: Markup;
}

/** A whole page. */
export interface Page {
  /** Title of the browser's tab. */
  readonly title: string;
  /** Small text above the sentence: the stack or the drill. */
  readonly kicker: string;
  /** The first sentence; its most important words are `{ strong }`. */
  readonly sentence: readonly (string | { readonly strong: string })[];
  readonly figures: readonly Figure[];
  readonly note: Note | undefined;
  readonly sections: readonly Section[];
  readonly footer: string;
}

/** The page may fetch, run and send nothing. The browser enforces it for any content. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The page as one self-contained file. */
export function documentOf(page: Page): string {
  const { title, kicker, sentence, figures, note, sections, footer } = page;
  const words = sentence.map((part) =>
    typeof part === "string" ? part : markup`<strong>${part.strong}</strong>`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<div class="lead ${note === undefined ? "" : "beside"}">
<div>
<p class="kicker">${kicker}</p>
<h1>${words}</h1>
${figures.length === 0 ? undefined : markup`<dl class="figures">${figures.map(figureOf)}</dl>`}
</div>
${note === undefined ? undefined : noteOf(note)}
</div>
</header>
<main>
${sections.map(sectionOf)}
</main>
<footer>${footer}</footer>
</body>
</html>
`.toString();
}

function figureOf({ label, value, besides, tone }: Figure): Markup {
  const small = besides === undefined ? undefined : markup`<small>${besides}</small>`;
  return markup`<div class="${tone}"><dt>${label}</dt><dd>${value}${small}</dd></div>
`;
}

function noteOf({ title, tone, lines }: Note): Markup {
  return markup`<aside class="note ${tone}">
<h2>${title}</h2>
<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>
</aside>`;
}

function sectionOf({ title, intro, body }: Section): Markup {
  return markup`<section>
<h2>${title}</h2>
<p>${intro}</p>
${body}
</section>
`;
}
