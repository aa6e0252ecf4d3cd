import type { z } from "zod";
import { profileGives } from "../../config/defaults.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import {
  allowedText,
  exampleOf,
  exampleText,
  nodeAt,
  type SchemaNode,
} from "../../config/describe.ts";
import { keyOf, type Cure, type Fault } from "../../domain/fault.ts";
import { nearest } from "./nearest.ts";
import { unknownKeys } from "./unknown-keys.ts";

/**
 * Faults that the schema finds in a configuration: which key, its value, what is allowed, and how
 * that is written. Used by `input/parse.ts`.
 */

type Issue = z.core.$ZodIssue;

/** Input of the sentences. */
export interface FaultContext {
  readonly schema: SchemaNode;
  /** The configuration as it was judged: what the operator wrote, and what the profile gave. */
  readonly root: unknown;
  /** Whether a value may be shown: not below a key that is encrypted in the stack file. */
  readonly mayShow: (path: readonly PropertyKey[]) => boolean;
  /** Known top-level keys that are not in the schema: secrets. */
  readonly otherKeys: readonly string[];
  readonly profiled: boolean;
}

/**
 * All that the schema finds, one mistake as one fault: a misspelt key and the one that is therefore
 * missing are told together.
 */
export function faultsOf(issues: readonly Issue[], context: FaultContext): readonly Fault[] {
  const isMissing = (key: string): boolean =>
    issues.some(({ input, path }) => input === undefined && path.map(String).join(".") === key);
  const unknown = new Map(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? [[issue, unknownKeys(issue.path, issue.keys, { ...context, isMissing })] as const]
        : [],
    ),
  );
  const explained = new Set([...unknown.values()].flat().flatMap(({ explains }) => explains));
  return issues.flatMap(
    (issue) =>
      unknown.get(issue as z.core.$ZodIssueUnrecognizedKeys)?.map(({ fault }) => fault) ??
      (explained.has(issue.path.map(String).join(".")) ? [] : [wrongValue(issue, context)]),
  );
}

function wrongValue(issue: Issue, context: FaultContext): Fault {
  const { input, path } = issue;
  const node = nodeAt(context.schema, path);
  const expected = expectationOf(issue, node);
  const key = path.map(String).join(".");
  const isShown = context.mayShow(path);
  const name = keyOf(path, isShown ? context.root : undefined);
  if (input === undefined) {
    const byProfile = !context.profiled && isWholeInProfile(path, node);
    return {
      code: "missing",
      key,
      message: `${name} is missing: expected ${expected}${byProfile ? `. Or set mastodon:profile to one of ${PROFILE_NAMES.join(", ")}` : ""}`,
      cures: [
        ...exampleCures(key, node),
        ...(byProfile ? PROFILE_NAMES.map((profile) => ({ set: { profile } })) : []),
      ],
    };
  }
  const meant =
    // Sizes differ by their digits: the nearest text is not what was meant.
    isShown && typeof input === "string" && node?.enum !== undefined && !/\d/u.test(input)
      ? nearest(input, node.enum.map(String))
      : undefined;
  const is = isShown ? shown(input, node) : "encrypted, so its value is not shown";
  return {
    code: "wrong-value",
    key,
    message: `${name} is ${is}: expected ${expected}${meant === undefined ? "" : `. Did you mean "${meant}"?`}`,
    cures: meant === undefined ? exampleCures(key, node) : [{ set: { [key]: meant } }],
  };
}

/**
 * Whether a profile gives the key and all that must be below it: of `cluster` it gives no version.
 */
function isWholeInProfile(path: readonly PropertyKey[], node: SchemaNode | undefined): boolean {
  return profileGives(path) && (node?.required ?? []).every((key) => profileGives([...path, key]));
}

/** Remedies with the values that "such as" and "one of" name in the message, to be typed in. */
function exampleCures(key: string, node: SchemaNode | undefined): readonly Cure[] {
  const values =
    node?.examples === undefined && node?.enum !== undefined ? node.enum : [exampleOf(node ?? {})];
  return (
    values
      // An ellipsis stands for what only the operator has.
      .filter((value) => value !== undefined && !JSON.stringify(value).includes("…"))
      .map((value) => ({ set: { [key]: value } }))
  );
}

function expectationOf(issue: Issue, node: SchemaNode | undefined): string {
  // A schema that says it in its own words is right about itself.
  const own = /^expected (.*)$/su.exec(issue.message)?.[1];
  if (own !== undefined) return own;
  if (node === undefined) return issue.message;
  const example = exampleText(node);
  return example === undefined ? allowedText(node) : `${allowedText(node)}, such as ${example}`;
}

/** A value as the stack file has it, cut where it gets long. */
function shown(value: unknown, node: SchemaNode | undefined): string {
  if (value === null) return "empty";
  // 32 digits are no number that anyone would know again.
  if (node?.type === "string" && typeof value === "number")
    return `${Math.abs(value) < 1e15 ? `${value}, ` : ""}a number, because it has no quotes`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
