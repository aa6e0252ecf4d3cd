import { typeWord } from "../report/engine-log.ts";
import { digestOf, readMarks, type Mark, type Operation, type Step } from "../report/step-marks.ts";
import { LEVELS } from "../report/verdict.ts";
import type { Review } from "./landed.ts";

/** Changes of a deploy that are in no review. */

/**
 * Operations on the same resource whose review permits this one, too. An update that was cut off
 * leaves the rest of a creation or of a replacement. The next one updates what was not ready,
 * creates a failed Job again, and deletes the predecessor. A reviewed update permits no
 * replacement, because that loses what the resource holds.
 */
const PERMITTED_BY: Readonly<Record<Operation, readonly Operation[]>> = {
  create: ["replace", "replace-first"],
  update: ["create", "import", "replace", "replace-first"],
  replace: ["create", "replace-first"],
  "replace-first": ["create"],
  delete: [],
  import: [],
  "left-over": ["replace", "replace-first"],
};

/** Marks of every review, by resource. */
function marksByResource(reviews: readonly Review[]): ReadonlyMap<string, readonly Mark[]> {
  const byResource = new Map<string, Mark[]>();
  for (const mark of reviews.flatMap(marksOfReview)) {
    const marks = byResource.get(mark.digest);
    if (marks === undefined) byResource.set(mark.digest, [mark]);
    else marks.push(mark);
  }
  return byResource;
}

/** No mark counts for more than the level that the comment's first line shows. */
function marksOfReview({ verdict: { each = "", level } }: Review): readonly Mark[] {
  return (readMarks(each) ?? []).map((mark) => (mark.level > level ? { ...mark, level } : mark));
}

/** The changes that nobody reviewed, in words, and as what each was reviewed instead. */
export function unreviewed(
  changes: readonly Step[],
  reviews: readonly Review[],
): readonly string[] {
  const byResource = marksByResource(reviews);
  return changes.flatMap((step) => {
    const marks = byResource.get(digestOf(step.urn)) ?? [];
    const like = marks.filter(
      ({ operation }) =>
        operation === step.operation || PERMITTED_BY[step.operation].includes(operation),
    );
    if (like.some(({ level }) => step.level <= level)) return [];
    const instead =
      like.length === 0
        ? [...new Set(marks.map(({ operation }) => OPERATIONS[operation]))].join(", ")
        : `level ${Math.max(...like.map(({ level }) => level))}`;
    const now = like.length === 0 ? "" : `, level ${step.level} (${LEVELS[step.level].word})`;
    return [`${wordsOf(step)}${now}${instead === "" ? "" : `; reviewed: ${instead}`}`];
  });
}

/** A change in words: "replace `postgres-pool` (DatabaseConnectionPool)". */
function wordsOf({ operation, name, type }: Step): string {
  return `${OPERATIONS[operation]} \`${name}\` (${typeWord(type)})`;
}

const OPERATIONS: Readonly<Record<Operation, string>> = {
  create: "create",
  update: "update",
  replace: "replace",
  "replace-first": "delete and make again",
  delete: "delete",
  import: "import",
  "left-over": "delete the predecessor of",
};

/**
 * Deletions that have lost the company in which they were reviewed, in words. A step that vanished
 * is fine if an earlier deploy has done it, because its resource then exists. If it does not exist,
 * the reviewer of the deletion saw a successor that will not be there.
 */
export function bereft(
  {
    changes,
    remaining,
  }: { readonly changes: readonly Step[]; readonly remaining: readonly string[] },
  reviews: readonly Review[],
): readonly string[] {
  const exist = new Set(remaining.map(digestOf));
  const isLost = ({ operation, digest }: Mark): boolean =>
    operation !== "delete" && operation !== "left-over" && !exist.has(digest);
  return changes.flatMap((step) => {
    if (step.operation !== "delete") return [];
    const digest = digestOf(step.urn);
    const seen = reviews
      .map(marksOfReview)
      .filter((marks) =>
        marks.some((mark) => mark.digest === digest && mark.operation === "delete"),
      );
    return seen.length > 0 && seen.every((marks) => marks.some(isLost)) ? [wordsOf(step)] : [];
  });
}
