import type { Change } from "./change.ts";
import { typeWord } from "./engine-log.ts";
import { short } from "./text.ts";

/** Differences of properties, for the folded parts of a report. No value of a secret is in them. */

/** One property that differs. */
export interface Difference {
  /** "spec.template.spec.containers[0].image". */
  readonly path: string;
  /** As JSON; unset: there is none. */
  readonly before?: string;
  readonly after?: string;
}

/** Text of the engine in the place of a secret. */
const SECRET = "[secret]";

/** Text in the place of a value that exists only after the update. */
const LATER = "known after the update";

/** Each type of value has its own placeholder (pulumi/pulumi `sdk/go/common/resource/plugin`). */
const UNKNOWNS: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Whether a value of an event, or a part of it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "string") return UNKNOWNS.has(value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/**
 * Properties of a change that differ, by path. Both sides of a changed secret look the same in an
 * event, so the engine's own list adds it.
 */
export function differencesOf(change: Change): readonly Difference[] {
  const { old, new: wanted, kind, detailedDiff } = change;
  if (kind === "create" || kind === "delete" || kind === "import" || kind === "left-over")
    return [];
  const found = between(old?.inputs ?? {}, wanted?.inputs ?? {}, "");
  const covered = (path: string): boolean =>
    found.some((one) => one.path.startsWith(path) || path.startsWith(one.path));
  const hidden = Object.entries(detailedDiff)
    .filter(([path, { inputDiff }]) => !path.startsWith("__") && !covered(path) && inputDiff)
    .map(([path]): Difference => ({ path, before: SECRET, after: SECRET }));
  return [...found, ...hidden];
}

function between(before: unknown, after: unknown, path: string): readonly Difference[] {
  if (isRecord(before) && isRecord(after))
    return keysOf(before, after).flatMap((key) =>
      between(before[key], after[key], path === "" ? key : `${path}${stepOf(key)}`),
    );
  if (Array.isArray(before) && Array.isArray(after)) return betweenLists(before, after, path);
  const [one, other] = [textOf(before), textOf(after)];
  if (one === other) return [];
  return [
    {
      path,
      ...(one === undefined ? {} : { before: one }),
      ...(other === undefined ? {} : { after: other }),
    },
  ];
}

/** Items with a name are compared by it, so that an inserted one does not change all others. */
function betweenLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): readonly Difference[] {
  const [olds, news] = [byName(before), byName(after)];
  if (olds !== undefined && news !== undefined)
    return [...new Set([...olds.keys(), ...news.keys()])].flatMap((name) =>
      between(olds.get(name), news.get(name), `${path}[${name}]`),
    );
  if ([...before, ...after].every((item) => typeof item !== "object")) {
    const [gone, added] = [without(before, after), without(after, before)];
    if (gone.length + added.length > 0 && (before.length !== after.length || gone.length > 1))
      return [
        ...gone.map((item): Difference => ({ path, before: textOf(item) ?? "" })),
        ...added.map((item): Difference => ({ path, after: textOf(item) ?? "" })),
      ];
  }
  return Array.from({ length: Math.max(before.length, after.length) }, (_, at) =>
    between(before[at], after[at], `${path}[${at}]`),
  ).flat();
}

/** Items of a list that are not in another one, as often as they are more there. */
function without(items: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const left = [...other];
  return items.filter((item) => {
    const at = left.indexOf(item);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function byName(items: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const names = items.map((item) => (isRecord(item) ? item["name"] : undefined));
  if (!names.every((name) => typeof name === "string") || new Set(names).size < names.length)
    return undefined;
  return new Map(items.map((item, at) => [names[at] as string, item]));
}

function keysOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return (
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      // Pulumi's own: defaults that it filled in.
      .filter((key) => !key.startsWith("__"))
      .sort()
  );
}

function stepOf(key: string): string {
  return /^[\w-]+$/u.test(key) ? `.${key}` : `["${key}"]`;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (hasUnknown(value) && typeof value === "string") return LATER;
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "string" && UNKNOWNS.has(inner) ? LATER : inner,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Signs of GitHub's `diff` blocks: added, deleted, changed. */
const SIGNS: Readonly<Record<Change["kind"], string>> = {
  create: "+",
  delete: "-",
  update: " ",
  replace: "!",
  import: "+",
  "left-over": "-",
};

/** A change as lines of a `diff` block. */
export function diffLines(change: Change): readonly string[] {
  const { type, name, kind, protect } = change;
  const word = kind === "update" ? "" : ` (${kind})`;
  return [
    `${SIGNS[kind]} ${type} ${name}${protect ? " 🔒" : ""}${word}`,
    ...differencesOf(change).map(({ path, before, after }) => {
      if (before === undefined) return `+   ${path}: ${after}`;
      if (after === undefined) return `-   ${path}: ${before}`;
      return `!   ${path}: ${before} => ${after}`;
    }),
  ];
}

/** Number of properties that a line of the list of steps names. */
const NAMED = 3;
/** Longest value in such a line. The raw diff has all of it. */
const VALUE_CHARACTERS = 60;

/** A change as one line of the list of steps: "size 190 → 390". */
export function stepWords(change: Change): string {
  const { kind, type } = change;
  // The containers of a pod often change alike.
  const all = [...new Set(differencesOf(change).map(differenceWords))];
  const named = all.slice(0, NAMED);
  const more = all.length - named.length;
  return `${typeWord(type)}${kind === "update" ? "" : `, ${kind}`}${named.length === 0 ? "" : `: ${named.join(", ")}`}${more > 0 ? ` and ${more} more` : ""}`;
}

function differenceWords({ path, before, after }: Difference): string {
  const last = path.split(/\.(?=[\w-]+$)/u).at(-1) ?? path;
  const value = (text: string): string => short(text, VALUE_CHARACTERS);
  if (before === undefined) return `${last} → ${value(after ?? "")}`;
  return after === undefined ? `− ${last}` : `${last} ${value(before)} → ${value(after)}`;
}
