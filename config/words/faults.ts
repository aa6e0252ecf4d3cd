import type { z } from "zod";
import { profileGives } from "../defaults.ts";
import { allowedText, exampleOf, exampleText, nodeAt, type SchemaNode } from "./describe.ts";
import { keyOf, type Cure, type Fault } from "./fault.ts";
import { nearest } from "./nearest.ts";
import { PROFILE_NAMES } from "../profile-names.ts";

/**
 * What is wrong with a configuration, in sentences for the person who wrote it: which key, what it says, what it may say, how that is
 * written, and which key was probably meant. Pure.
 */

type Issue = z.core.$ZodIssue;

/** What the sentences are made from. */
export interface FaultContext {
  readonly schema: SchemaNode;
  /** Whether a value may be shown: not below a key that is encrypted in the stack file. */
  readonly mayShow: (path: readonly PropertyKey[]) => boolean;
  /** Known top-level keys that are not in the schema: secrets. */
  readonly otherKeys: readonly string[];
  readonly profiled: boolean;
}

/** What one issue of the schema is for an operator; several faults when several keys are unknown. */
export function faultsOf(issue: Issue, context: FaultContext): readonly Fault[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey([...issue.path, key], context));
  const node = nodeAt(context.schema, issue.path);
  const expected = expectationOf(issue, node);
  const key = keyOf(issue.path);
  const fault = (code: string, message: string): readonly Fault[] => [
    { code, key: issue.path.map(String).join("."), message, cures: exampleCures(issue.path, node) },
  ];
  if (issue.input === undefined) {
    const orProfile =
      !context.profiled && profileGives(issue.path)
        ? `. Or set mastodon:profile to one of ${PROFILE_NAMES.join(", ")}`
        : "";
    return fault("missing", `${key} is missing: expected ${expected}${orProfile}`);
  }
  return fault(
    "wrong-value",
    context.mayShow(issue.path)
      ? `${key} is ${shown(issue.input)}: expected ${expected}`
      : `${key} is encrypted, so its value is not shown: expected ${expected}`,
  );
}

/** What "such as" and "one of" name, to be typed in. */
function exampleCures(path: readonly PropertyKey[], node: SchemaNode | undefined): readonly Cure[] {
  const key = path.map(String).join(".");
  const values =
    node?.examples === undefined && node?.enum !== undefined ? node.enum : [exampleOf(node ?? {})];
  return values.filter((value) => value !== undefined).map((value) => ({ set: { [key]: value } }));
}

/** Its value is not told: an unknown key may be a mistyped secret. */
function unknownKey(path: readonly PropertyKey[], context: FaultContext): Fault {
  const parent = path.slice(0, -1);
  const own = Object.keys(nodeAt(context.schema, parent)?.properties ?? {});
  const known = parent.length === 0 ? [...own, ...context.otherKeys] : own;
  const meant = nearest(String(path.at(-1)), known);
  const key = path.map(String).join(".");
  return {
    code: "unknown-key",
    key,
    message:
      `${keyOf(path)} is not a key of this program. ` +
      (meant === undefined ? "" : `Did you mean ${keyOf([...parent, meant])}? `) +
      `There are: ${known.join(", ")}`,
    cures:
      meant === undefined
        ? [{ remove: [key] }]
        : [{ rename: { [key]: [...parent, meant].map(String).join(".") } }],
  };
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
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
