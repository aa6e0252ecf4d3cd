import type { z } from "zod";

/**
 * What is wrong with a configuration, in sentences for the person who wrote it: which key, what it says, what it may say. Pure.
 */

type Issue = z.core.$ZodIssue;

/** How a kind of value is called, and how it is written in the stack file. */
const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number, without quotes",
  int: "a whole number, without quotes",
  boolean: "true or false, without quotes",
  object: "an object: keys below it, indented",
  array: "a list",
};

/** The sentences for one fault, without the key; several when several keys are unknown. */
export function faultsOf(issue: Issue, schema: z.ZodType): readonly string[] {
  const at = (path: readonly PropertyKey[]): string => `mastodon:${path.map(String).join(".")}`;
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(schema, issue.path);
      return issue.keys.map(
        (key) =>
          `${at([...issue.path, key])} is not a key of this program. There are: ${known.join(", ")}`,
      );
    }
    case "custom":
      return [`${at(issue.path)}: ${issue.message}`];
    default: {
      const expected = expectationOf(issue);
      return [
        issue.input === undefined
          ? `${at(issue.path)} is missing: expected ${expected}`
          : `${at(issue.path)} is ${shown(issue.input)}: expected ${expected}`,
      ];
    }
  }
}

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "array"
        ? `${issue.minimum} entry or more`
        : `${issue.minimum} or more`;
    case "too_big":
      return `${issue.maximum} or less`;
    default:
      // Patterns say in the schema what a right value looks like.
      return issue.message.replace(/^expected /u, "");
  }
}

/** The keys that the schema has at a path; none where it has no object there. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here = unwrapped(schema);
  for (const step of path) {
    const { shape, element } = here as { shape?: Record<PropertyKey, unknown>; element?: unknown };
    here = unwrapped(shape?.[step] ?? element);
    if (here === undefined) return [];
  }
  return Object.keys((here as { shape?: object }).shape ?? {});
}

/** What is inside of "optional" and of defaults. */
function unwrapped(schema: unknown): unknown {
  const inner = (schema as { def?: { innerType?: unknown } } | undefined)?.def?.innerType;
  return inner === undefined ? schema : unwrapped(inner);
}

/** A value as the stack file has it, cut where it gets long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
