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
import { AGE_IDENTITY } from "../../facts/age.ts";
import { keyOf, type Cure, type Fault } from "../../domain/fault.ts";
import { nearest } from "./nearest.ts";
import { unknownKeys } from "./unknown-keys.ts";

/**
 * Faults that the schema finds in a configuration: the key, its value, the allowed values, and
 * their form. Used by `input/parse.ts`.
 */

type Issue = z.core.$ZodIssue;

/** Input of the messages. */
export interface FaultContext {
  readonly schema: SchemaNode;
  /** The validated configuration: the operator's values, with the profile's. */
  readonly root: unknown;
  /** Whether a value may be shown: not below a key that is encrypted in the stack file. */
  readonly mayShow: (path: readonly PropertyKey[]) => boolean;
  /** Known top-level keys that are not in the schema: secrets. */
  readonly otherKeys: readonly string[];
  readonly profiled: boolean;
}

/**
 * All faults of the schema, with one fault for each mistake: a misspelt key and the missing one are
 * reported together.
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
    // Sizes differ by their digits, so the nearest text is rarely the intended one.
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
 * Whether a profile sets the key and everything required below it: in `cluster` it does not set a
 * version.
 */
function isWholeInProfile(path: readonly PropertyKey[], node: SchemaNode | undefined): boolean {
  return profileGives(path) && (node?.required ?? []).every((key) => profileGives([...path, key]));
}

/** Remedies with the values that "such as" and "one of" name in the message, ready to be typed. */
function exampleCures(key: string, node: SchemaNode | undefined): readonly Cure[] {
  const values =
    node?.examples === undefined && node?.enum !== undefined ? node.enum : [exampleOf(node ?? {})];
  return (
    values
      // An ellipsis means a value that only the operator knows.
      .filter((value) => value !== undefined && !JSON.stringify(value).includes("…"))
      .map((value) => ({ set: { [key]: value } }))
  );
}

function expectationOf(issue: Issue, node: SchemaNode | undefined): string {
  // If a schema has its own message, that one is right.
  const own = /^expected (.*)$/su.exec(issue.message)?.[1];
  if (own !== undefined) return own;
  if (node === undefined) return issue.message;
  const example = exampleText(node);
  return example === undefined ? allowedText(node) : `${allowedText(node)}, such as ${example}`;
}

/** A value in the stack file's form, shortened if it is long. */
function shown(value: unknown, node: SchemaNode | undefined): string {
  if (value === null) return "empty";
  if (AGE_IDENTITY.test(String(value))) return "an age identity, which is not shown";
  // Nobody recognizes 32 digits as a number.
  if (node?.type === "string" && typeof value === "number")
    return `${Math.abs(value) < 1e15 ? `${value}, ` : ""}a number, because it has no quotes`;
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
