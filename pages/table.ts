import { markup, type Markup, type Value } from "./markup.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Right-aligned figures; text that is never wrapped. Default: wrapped text. */
  readonly kind?: "number" | "tight";
}

/** A table. The first cell of each row is its heading. */
export interface Table {
  /** For a screen reader; others see the section's heading above it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** The sums. */
  readonly foot?: readonly Value[];
}

/** The table, which scrolls on its own in a narrow window. */
export function tableOf({ caption, columns, rows, foot }: Table): Markup {
  const rowOf = (row: readonly Value[]): Markup => markup`<tr>${row.map((cell, at) =>
    at === 0
      ? markup`<th scope="row">${cell}</th>`
      : markup`<td class="${columns[at]?.kind}">${cell}</td>`,
  )}</tr>
`;
  const heads = columns.map(
    ({ title, kind }) => markup`<th scope="col" class="${kind}">${title}</th>`,
  );
  const sums = foot === undefined ? undefined : markup`<tfoot>${rowOf(foot)}</tfoot>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption class="hidden">${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.map(rowOf)}</tbody>${sums}
</table></div>`;
}
