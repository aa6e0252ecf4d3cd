import { markdownTable } from "../../ops/docs/markdown.ts";
import type { Plan } from "../../plan/plan-stack.ts";

/** The effect of one configuration key, from two plans. */

/**
 * Maximum length of a shown value. Longer ones are hashes and scripts, of which only the change
 * matters.
 */
const LONGEST = 24;

/** A Markdown table of every input that differs, with the value before and after. */
export function keyWalk(before: Plan, after: Plan): string {
  const were = new Map(before.resources.map((each) => [each.urn, each.inputs]));
  const rows = after.resources.flatMap(({ urn, type, name, inputs }) =>
    differences(were.get(urn), inputs, []).map(({ path, was, is }) => [
      `\`${type.split(":").at(-1) ?? type}\` \`${name}\``,
      placeOf(inputs, path),
      short(was) && short(is) ? `${String(was)} → ${String(is)}` : "a hash in it changes",
    ]),
  );
  return markdownTable(["resource", "input", "change"], rows);
}

interface Difference {
  readonly path: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

function differences(was: unknown, is: unknown, path: readonly string[]): readonly Difference[] {
  if (isObject(was) && isObject(is))
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
      differences(was[key], is[key], [...path, key]),
    );
  return was === is ? [] : [{ path, was, is }];
}

/** Name of an environment variable; for other inputs the last named key. */
function placeOf(inputs: unknown, path: readonly string[]): string {
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => isObject(at) && at[key], inputs);
  if (path.at(-1) === "value" && isObject(parent) && typeof parent["name"] === "string")
    return `environment variable \`${parent["name"]}\``;
  return `\`${path.findLast((key) => !/^\d+$/u.test(key)) ?? ""}\``;
}

function short(value: unknown): boolean {
  return String(value).length <= LONGEST;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
