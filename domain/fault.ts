import { flow } from "../config/describe.ts";

/**
 * Faults of a configuration as data, and their messages. `input/parse.ts` throws them. Tests, `npm
 * run env` and reports read them by code and key, so a new wording changes only
 * `test/golden/messages.txt`.
 */

/**
 * A change to the stack file that removes a fault. Keys have no namespace, dots for depth and
 * numbers for items of a list: `sidekiq.0.queues`. `test/messages/cures.test.ts` applies each one
 * and checks that it is accepted.
 */
export interface Cure {
  /** Values to write, by key. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Keys to delete, or items of a list. */
  readonly remove?: readonly string[];
  /** New names, by the present one: for a misspelt key, or one at the wrong depth. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Optional: text in brackets after it, with the condition, the price, or an alternative. */
  readonly note?: string;
}

/** One fault of a configuration. */
export interface Fault {
  /** Stable name that stays when the message is reworded: "queue-without-group". */
  readonly code: string;
  /** The key, without its namespace, with numbers for items of a list: "sidekiq.1.queues". */
  readonly key: string;
  /** The whole message: key, value, what is wrong and why, what to do. */
  readonly message: string;
  /** Remedies, the best one first. Empty if no valid value is known. */
  readonly cures: readonly Cure[];
}

/** A refused configuration, with all its faults. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly faults: readonly Fault[];

  /**
   * @param head the first line, without the colon at its end.
   * @param faults one or more.
   * @param tail lines after them. Default: none.
   */
  constructor(head: string, faults: readonly Fault[], tail: readonly string[] = []) {
    super(
      [`${head}:`, ...[...faults.map(({ message }) => message), ...tail].map(indented)].join("\n"),
    );
    this.faults = faults;
  }
}

/**
 * A key in the form that an operator finds in the file: `mastodon:web.threads`. In a list it is
 * `mastodon:sidekiq, group "push", replicas`. Without such a name it is `mastodon:alerts.emails,
 * item 1`, because people count from 1.
 * @param root the configuration, for the names. Default: none.
 */
export function keyOf(path: readonly PropertyKey[], root?: unknown): string {
  let words = "mastodon:";
  let separator = "";
  path.forEach((step, at) => {
    if (/^\d+$/u.test(String(step))) {
      words += `, ${itemOf(path.slice(0, at + 1), path[at + 1], root)}`;
      separator = ", ";
      return;
    }
    words += `${separator}${String(step)}`;
    separator = ".";
  });
  return words;
}

/** Only Sidekiq's groups are list items with names. */
function itemOf(
  path: readonly PropertyKey[],
  next: PropertyKey | undefined,
  root: unknown,
): string {
  const number = Number(path.at(-1)) + 1;
  if (path[0] !== "sidekiq" || path.length !== 2) return `item ${number}`;
  const name = valueAt(root, path.map(String).join(".") + ".name");
  return typeof name === "string" && next !== "name" ? `group "${name}"` : `group ${number}`;
}

/**
 * The remedies as one sentence: "Set mastodon:web.maxReplicas to 2, or remove it."
 * @param of the fault's key, and the configuration for the names of groups. The key becomes "it" if
 * a remedy only removes it.
 */
export function curesText(
  cures: readonly Cure[],
  of: { readonly key?: string; readonly root?: unknown } = {},
): string {
  if (cures.length === 0) return "";
  const text = cures.map((cure) => cureText(cure, of)).join(", or ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** One remedy without a capital and a full stop: "set mastodon:web.threads to 5". */
export function cureText(
  { set = {}, remove = [], rename = {}, note }: Cure,
  { key, root }: { readonly key?: string; readonly root?: unknown } = {},
): string {
  const named = (each: string): string => keyOf(each.split("."), root);
  const steps = [
    ...Object.entries(set).map(
      ([each, value], at) => `${at === 0 ? "set " : ""}${named(each)} to ${flow(value)}`,
    ),
    ...Object.entries(rename).map(([from, to]) => `rename ${named(from)} to ${named(to)}`),
    ...(remove.length === 0
      ? []
      : [`remove ${remove.map((each) => (each === key ? "it" : named(each))).join(" and ")}`]),
  ];
  return `${steps.join(" and ")}${note === undefined ? "" : ` (${note})`}`;
}

/**
 * The configuration with a remedy applied. A parent that is not an object or a list becomes an
 * object.
 */
export function cured(raw: Readonly<Record<string, unknown>>, cure: Cure): Record<string, unknown> {
  const result = structuredClone(raw) as Record<string, unknown>;
  for (const [from, to] of Object.entries(cure.rename ?? {})) {
    const value = valueAt(result, from);
    write(result, from, undefined);
    write(result, to, value);
  }
  for (const [key, value] of Object.entries(cure.set ?? {})) write(result, key, value);
  // From the end, because deleting an item moves the later ones.
  for (const key of [...(cure.remove ?? [])].reverse()) write(result, key, undefined);
  return result;
}

/** The value at a key with dots; `undefined` if there is none. */
export function valueAt(root: unknown, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | null | undefined)?.[step],
      root,
    );
}

function write(root: Record<string, unknown>, key: string, value: unknown): void {
  const steps = key.split(".");
  const last = steps.pop() ?? key;
  let at = root;
  for (const step of steps) {
    const inner = at[step];
    if (typeof inner !== "object" || inner === null) at[step] = {};
    at = at[step] as Record<string, unknown>;
  }
  if (value !== undefined) at[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
}

function indented(text: string): string {
  return text.replaceAll(/^/gmu, "  ");
}
