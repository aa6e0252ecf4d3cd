import { markup, type Markup } from "./markup.ts";
import { tableOf } from "./table.ts";
import { hueOf } from "./theme.ts";

/** A part of a sum of money. */
export interface Share {
  readonly what: string;
  /** Its calculation: "3 × s-4vcpu-8gb at $48.00". */
  readonly sum: string;
  readonly amount: number;
  /** The amount as text. */
  readonly written: string;
  /** The maximum, if it is more. */
  readonly atMost?: string;
}

/** A sum of money, as one bar, and as a table that is also the bar's legend. */
export interface Shares {
  readonly caption: string;
  readonly shares: readonly Share[];
  readonly total: string;
  readonly totalAtMost?: string;
}

/** The bar and its table. */
export function sharesOf({ caption, shares, total, totalAtMost }: Shares): Markup {
  const grows = totalAtMost !== undefined;
  const most = (text: string | undefined): readonly (string | undefined)[] => (grows ? [text] : []);
  const table = tableOf({
    caption,
    columns: [
      { title: "what" },
      { title: "how it comes about" },
      { title: "a month", kind: "number" },
      ...(grows ? [{ title: "at most", kind: "number" } as const] : []),
    ],
    rows: shares.map(({ what, sum, written, atMost }, at) => [
      markup`<span class="swatch ${hueOf(at)}"></span>${what}`,
      sum,
      written,
      ...most(atMost ?? written),
    ]),
    foot: ["All of it", "", total, ...most(totalAtMost)],
  });
  const parts = shares.map(
    ({ amount }, at) => markup`<i class="${hueOf(at)}" style="flex-grow:${amount}"></i>`,
  );
  return markup`<div class="shares" aria-hidden="true">${parts}</div>
${table}`;
}
