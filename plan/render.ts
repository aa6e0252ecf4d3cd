import { stringify } from "yaml";
import { Secret, UNKNOWN } from "./values.ts";
import type { Plan } from "./plan-stack.ts";

/** Text that replaces each secret. */
export const MASK = "[secret]";

/**
 * The Kubernetes objects of a plan as YAML documents. Their order depends only on kind and name,
 * and each has its name in the plan as a heading. No secret is in it. Generated names are omitted,
 * as in the program; references to them show the plan's.
 */
export function renderObjects(plan: Plan): string {
  return plan.resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ name, inputs }) => ({ name, object: ordered(masked(inputs) as object) }))
    .sort((a, b) => compare(keyOf(a), keyOf(b)))
    .map(
      ({ name, object }) =>
        // The plan shares parts between objects. As anchors they would be unreadable, and kubectl
        // needs complete lines.
        `# ${name}\n${stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })}`,
    )
    .join("---\n");
}

function keyOf({ name, object }: { readonly name: string; readonly object: object }): string {
  return `${(object as { kind?: string }).kind ?? ""} ${name}`;
}

/** Compares by code unit: the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of keys: those that a reader looks for first, then the rest by name. */
const FIRST = ["apiVersion", "kind", "metadata"];

function ordered(object: object): object {
  const rank = ([key]: readonly [string, unknown]): string =>
    FIRST.includes(key) ? `0${FIRST.indexOf(key)}` : `1${key}`;
  return Object.fromEntries(Object.entries(object).sort((a, b) => compare(rank(a), rank(b))));
}

/**
 * The same value with masked secrets. The keys of a secret object stay, because they are names that
 * a reader needs.
 */
export function masked(value: unknown): unknown {
  if (value === UNKNOWN) return "[unknown]";
  if (value instanceof Secret) return maskedSecret(value.reveal());
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}

function maskedSecret(value: unknown): unknown {
  if (value instanceof Secret) return maskedSecret(value.reveal());
  if (typeof value !== "object" || value === null || Array.isArray(value)) return MASK;
  return Object.fromEntries(Object.keys(value).map((key) => [key, MASK]));
}
