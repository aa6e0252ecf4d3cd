import type { Report } from "../../../ops/report/model.ts";
import type { Operation } from "../../engine/operation.ts";
import type { ResultTable } from "../../result.ts";
import type { Change } from "./change.ts";
import { SIGNS } from "./compare.ts";
import type { Truth } from "./truth.ts";

/** One change, with what was said of it and what it did. */
export interface Reviewed {
  readonly change: Change;
  readonly report: Report;
  readonly truth: Truth;
  /** Every difference between the two. */
  readonly wrong: readonly string[];
  /** Path of the report's page. */
  readonly page: string;
  /** Time to make the report. */
  readonly milliseconds: number;
  /** Its preview, and its update. */
  readonly operations: readonly Operation[];
}

/** Reasons in a cell; the others are counted. */
const REASONS = 3;

/** A line for each change: what its report said, what happened, and what of it was untrue. */
export function reviewTable(reviewed: readonly Reviewed[]): ResultTable {
  return {
    title: "What was said, and what happened",
    intro:
      "Each change was previewed and reported, then applied. The right half is measured: pods at every change of any pod, open connections, hosts, plans, ids and content before and after.",
    columns: ["change", "the report said", "happened", "because", "untrue", "made in"],
    rows: reviewed.map(({ change, report, truth, wrong, milliseconds }) => [
      change.name,
      `${SIGNS[report.level]} ${report.headline}`,
      `${SIGNS[truth.level]} ${truth.level}`,
      becauseOf(truth),
      wrong.length === 0 ? "nothing" : wrong.join("; "),
      `${Math.round(milliseconds)} ms`,
    ]),
  };
}

function becauseOf({ because }: Truth): string {
  const words = because.map(({ what }) => what);
  const more = words.length - REASONS;
  return [...words.slice(0, REASONS), ...(more > 0 ? [`${more} more`] : [])].join("; ");
}
