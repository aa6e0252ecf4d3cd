import { markup, type Markup } from "./markup.ts";

/** Something that was claimed, and whether it was seen. */
export interface ShownCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
  /** Those of one group are shown together. */
  readonly group?: string;
}

/** Failed checks first and open, then those that passed; a group that passed is folded. */
export function checksOf(checks: readonly ShownCheck[]): Markup {
  const failed = checks.filter(({ passed }) => !passed);
  const passed = checks.filter((check) => check.passed);
  const alone = passed.filter(({ group }) => group === undefined);
  const groups = [...new Set(passed.flatMap(({ group }) => group ?? []))].map((group) => {
    const own = passed.filter((check) => check.group === group);
    return markup`<details><summary>${group}: ${own.length} passed</summary>${listOf(own)}</details>
`;
  });
  return markup`${failed.length === 0 ? undefined : markup`<h3 class="bad">Failed</h3>${listOf(failed)}`}
${alone.length === 0 ? undefined : markup`<h3>Passed</h3>${listOf(alone)}`}
${groups.length === 0 ? undefined : markup`<h3>Passed, by group</h3>${groups}`}`;
}

function listOf(checks: readonly ShownCheck[]): Markup {
  return markup`<ul class="checks">${checks.map(itemOf)}</ul>`;
}

function itemOf({ name, passed, detail }: ShownCheck): Markup {
  const [mark, tone] = passed ? ["✓", "good"] : ["✗", "bad"];
  const word = passed ? "passed" : "failed";
  return markup`<li class="${word}"><span class="mark ${tone}" aria-hidden="true">${mark}</span><span class="hidden">${word}: </span>${name}<span class="detail">${detail}</span></li>
`;
}

/** Sentences below each other. */
export function linesOf(lines: readonly string[]): Markup {
  return markup`<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}
