import type { DiffKind, DiffResult, Properties } from "../provider.ts";
import { reveal, UNKNOWN } from "../values.ts";
import { isAutonamed } from "./autoname.ts";
import { isWithin, replacesOn } from "./replace-rules.ts";

/** A path at which two objects differ. */
interface Change {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

/** Every path at which they differ, in Pulumi's syntax; the deepest one that tells. */
export function changesBetween(olds: unknown, news: unknown, path = ""): readonly Change[] {
  if (news === UNKNOWN) return [{ path, kind: olds === undefined ? "add" : "update" }];
  if (olds === undefined && news === undefined) return [];
  if (olds === undefined) return [{ path, kind: "add" }];
  if (news === undefined) return [{ path, kind: "delete" }];
  if (Array.isArray(olds) && Array.isArray(news))
    return Array.from({ length: Math.max(olds.length, news.length) }).flatMap((_, i) =>
      changesBetween(olds[i], news[i], `${path}[${i}]`),
    );
  if (isObject(olds) && isObject(news))
    return [...new Set([...Object.keys(olds), ...Object.keys(news)])].flatMap((key) =>
      changesBetween(olds[key], news[key], step(path, key)),
    );
  return Object.is(olds, news) ? [] : [{ path, kind: "update" }];
}

/** What the change of inputs does to an object of a kind (`apps/v1/Deployment`). */
export function diffOf(
  kind: string,
  olds: Properties,
  news: Properties,
  ignoreChanges: readonly string[],
): DiffResult {
  const changes = changesBetween(reveal(olds), reveal(news)).filter(
    ({ path }) => !ignoreChanges.some((ignored) => isWithin(path, ignored)),
  );
  const detailed = changes.map(({ path, kind: change }): [string, DiffKind] => [
    path,
    replacesOn(kind, path) ? `${change}-replace` : change,
  ]);
  const replaces = [
    ...new Set(
      detailed
        .filter(([, change]) => change.endsWith("-replace"))
        .map(([path]) => path.split(/[.[]/u)[0] ?? path),
    ),
  ];
  return {
    changes: changes.length > 0,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && !isAutonamed(news),
    detailed: Object.fromEntries(detailed),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A key with a dot or bracket in it (a label, a file name) is quoted, as Pulumi's property paths want. */
function step(path: string, key: string): string {
  if (/[.[\]"]/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
