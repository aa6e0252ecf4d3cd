import { markup, type Markup } from "./markup.ts";

/** A claim, and whether it was proved. */
export interface ShownCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
  /** Checks of one group are shown together. */
  readonly group?: string;
}

/** Failed checks first and open, then passed ones; a group that passed is folded. */
export function checksOf(checks: readonly ShownCheck[]): Markup {
  const isFolded = ({ passed, group }: ShownCheck): boolean => passed && group !== undefined;
  const open = checks.filter((check) => !isFolded(check));
  const sorted = [...open].sort((one, other) => Number(one.passed) - Number(other.passed));
  const folded = checks.filter(isFolded);
  const groups = [...new Set(folded.map(({ group }) => group))].map((group) => {
    const own = folded.filter((check) => check.group === group);
    return markup`<details><summary>${group}: ${own.length} passed</summary>${listOf(own)}</details>
`;
  });
  return markup`${open.length === 0 ? undefined : listOf(sorted)}
${groups}`;
}

function listOf(checks: readonly ShownCheck[]): Markup {
  return markup`<ul class="checks">${checks.map(itemOf)}</ul>`;
}

function itemOf({ name, passed, detail }: ShownCheck): Markup {
  const [mark, tone] = passed ? ["✓", "good"] : ["✗", "bad"];
  const word = passed ? "passed" : "failed";
  return markup`<li class="${word}"><span class="mark ${tone}" aria-hidden="true">${mark}</span><span><span class="hidden">${word}: </span>${name}</span><span class="detail">${detail}</span></li>
`;
}

/** Sentences on lines of their own. */
export function linesOf(lines: readonly string[]): Markup {
  return markup`<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}
