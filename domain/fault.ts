import { flow } from "../config/describe.ts";

/**
 * Faults of a configuration as data, and the sentences that are made of them. `input/parse.ts`
 * throws them; tests, `npm run env` and reports read them by code and key, so that rewording one
 * touches no other file than `test/golden/messages.txt`.
 */

/**
 * A change to the stack file that removes a fault. Keys are without their namespace, with dots for
 * depth and a number for the place in a list: `sidekiq.0.queues`.
 * `test/messages/cures.test.ts` types each one in and expects it to be accepted.
 */
export interface Cure {
  /** Values to write, by key. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Keys to delete; of a list, the item. */
  readonly remove?: readonly string[];
  /** New names, by the present one: a misspelt key, or one at the wrong depth. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Said after it in brackets: the condition, the price, or what else would do. Optional. */
  readonly note?: string;
}

/** One thing that is wrong with a configuration. */
export interface Fault {
  /** A name that stays when the sentence is reworded: "queue-without-group". */
  readonly code: string;
  /**
   * The key that it is about, without its namespace, numbers for places in a list:
   * "sidekiq.1.queues".
   */
  readonly key: string;
  /** The whole sentence: key, value, what is wrong and why, what to do. */
  readonly message: string;
  /** Alternatives, the best one first. Empty where no value that could be typed is known. */
  readonly cures: readonly Cure[];
}

/** A refused configuration, with everything that is wrong with it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly faults: readonly Fault[];

  /**
   * @param head the first line, without the colon at its end.
   * @param faults one or more.
   * @param tail lines below them. Default none.
   */
  constructor(head: string, faults: readonly Fault[], tail: readonly string[] = []) {
    super(
      [`${head}:`, ...[...faults.map(({ message }) => message), ...tail].map(indented)].join("\n"),
    );
    this.faults = faults;
  }
}

/**
 * A key as an operator finds it in the file: `mastodon:web.threads`; in a list `mastodon:sidekiq,
 * group "push", replicas`, and where there is no such name `mastodon:alerts.emails, item 1`: people
 * count from 1.
 * @param root the configuration, for the names. Default none.
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

/** The only list whose items have names is that of Sidekiq's groups. */
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
 * The cures as one sentence: "Set mastodon:web.maxReplicas to 2, or remove it."
 * @param of the fault's key, which is "it" when a cure only removes it, and the configuration, for
 * the names of groups.
 */
export function curesText(
  cures: readonly Cure[],
  of: { readonly key?: string; readonly root?: unknown } = {},
): string {
  if (cures.length === 0) return "";
  const text = cures.map((cure) => cureText(cure, of)).join(", or ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** One cure without a capital and a full stop: "set mastodon:web.threads to 5". */
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
 * The configuration with a cure typed in. Pure; what is not a map or a list on the way becomes a
 * map.
 */
export function cured(raw: Readonly<Record<string, unknown>>, cure: Cure): Record<string, unknown> {
  const result = structuredClone(raw) as Record<string, unknown>;
  for (const [from, to] of Object.entries(cure.rename ?? {})) {
    const value = valueAt(result, from);
    write(result, from, undefined);
    write(result, to, value);
  }
  for (const [key, value] of Object.entries(cure.set ?? {})) write(result, key, value);
  // From the back: an item that goes moves those behind it.
  for (const key of [...(cure.remove ?? [])].reverse()) write(result, key, undefined);
  return result;
}

/** The value at a key with dots; `undefined` where there is none. */
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
