import { createHash } from "node:crypto";
import type { Change } from "./change.ts";
import type { Judged } from "./headline.ts";
import type { Level } from "./verdict.ts";

/**
 * The changes of a preview, each as a mark of ten characters: operation, level, and a hash of the
 * resource. A comment has room for the marks of all changes, and not for their names.
 */

/** Operation on one resource; "replace-first" deletes the resource before its successor is made. */
export type Operation = Change["kind"] | "replace-first";

/** One change of a preview. */
export interface Step {
  readonly operation: Operation;
  readonly urn: string;
  /** Type token: "kubernetes:apps/v1:Deployment". */
  readonly type: string;
  /** Logical name: "web". */
  readonly name: string;
  /** Effect of this change alone. */
  readonly level: Level;
}

/** One change, as a comment has it. */
export interface Mark {
  readonly operation: Operation;
  readonly level: Level;
  /** Hash of the resource's URN: {@link digestOf}. */
  readonly digest: string;
}

const LETTERS: Readonly<Record<Operation, string>> = {
  create: "c",
  update: "u",
  replace: "r",
  "replace-first": "f",
  delete: "d",
  import: "i",
  "left-over": "l",
};
const OPERATIONS = new Map(
  (Object.keys(LETTERS) as Operation[]).map((operation) => [LETTERS[operation], operation]),
);

/** Most marks of a comment, ten characters each. A stack with every option has 216 resources. */
export const MOST_MARKS = 400;

const FORM = new RegExp(
  `^(?:[${[...OPERATIONS.keys()].join("")}][0-4][A-Za-z0-9+/]{8}){0,${MOST_MARKS}}$`,
  "u",
);

/** The change of a resource with its effect, as the gate compares it. */
export function stepOf({ change, effect }: Judged): Step {
  const { kind, deletedFirst, urn, type, name } = change;
  const operation = kind === "replace" && deletedFirst ? "replace-first" : kind;
  return { operation, urn, type, name, level: effect.level };
}

/**
 * Short hash of a resource: 48 bits. It tells a hundred resources apart, and no more is needed: who
 * writes a pull request also writes its preview (docs/operate.md, "What is trusted").
 */
export function digestOf(urn: string): string {
  return createHash("sha256").update(urn).digest("base64").slice(0, 8);
}

/** The marks of all changes, as one text; undefined if there are more than {@link MOST_MARKS}. */
export function marksOf(steps: readonly Step[]): string | undefined {
  if (steps.length > MOST_MARKS) return undefined;
  return steps
    .map(({ operation, level, urn }) => `${LETTERS[operation]}${level}${digestOf(urn)}`)
    .sort()
    .join("");
}

/** The marks in a text; undefined if it has another form. */
export function readMarks(text: string): readonly Mark[] | undefined {
  if (!FORM.test(text)) return undefined;
  return (text.match(/.{10}/gu) ?? []).map((mark) => ({
    operation: OPERATIONS.get(mark.slice(0, 1)) ?? "update",
    level: Number(mark.slice(1, 2)) as Level,
    digest: mark.slice(2),
  }));
}
