import type { DiffKind, DiffResult, Properties } from "../providers/provider.ts";
import { hasUnknown, reveal, Secret, UNKNOWN } from "../../plan/values.ts";
import { DEFAULTS_KEY } from "./inputs.ts";
import { canonical, isNothing, same } from "./properties.ts";
import type { PropertyRow, ResourceRow } from "./rows.ts";

/** A changed path, and whether the change replaces the resource. */
interface Change {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/**
 * Computes the effect of changed inputs on a resource. It compares them with the state (`olds` are
 * outputs), not with the old inputs. So a difference that a refresh found shows as a change, as in
 * the real bridge.
 */
export function diffOf(
  row: ResourceRow,
  olds: Properties,
  news: Properties,
  ignoreChanges: readonly string[],
): DiffResult {
  const [before, after] = [reveal(olds) as Properties, reveal(news) as Properties];
  refusePlan(row, before, after);
  const conditional = new Set(row.replacesWhen?.(before, after) ?? []);
  const changes = Object.entries(row.properties)
    .flatMap(([key, property]) =>
      changesOf(
        property,
        key,
        olds[key],
        news[key],
        property.replaces === true || conditional.has(key),
      ),
    )
    .filter(({ path }) => !ignoreChanges.some((ignored) => covers(ignored, path)))
    .filter(({ path }) => row.suppresses?.(path, before, after) !== true);
  const replaces = [
    ...new Set(changes.filter((change) => change.replaces).map(({ path }) => topOf(path))),
  ];
  return {
    changes: changes.length > 0,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && hasExplicitName(row, news),
    detailed: Object.fromEntries(
      changes.map(({ path, kind, replaces: replacing }): [string, DiffKind] => [
        path,
        replacing ? `${kind}-replace` : kind,
      ]),
    ),
  };
}

/** Refuses a plan that the provider refuses. @param olds undefined for a creation. */
export function refusePlan(row: ResourceRow, olds: Properties | undefined, news: Properties): void {
  const fault = row.planFault?.(olds, news);
  if (fault !== undefined) throw new Error(fault);
}

/**
 * An explicit name can't be used twice, so the old resource is deleted first
 * (pulumi/pulumi-terraform-bridge `pkg/tfbridge/schema.go`, `nameRequiresDeleteBeforeReplace`).
 * This applies even if the name itself changes.
 */
function hasExplicitName(row: ResourceRow, news: Properties): boolean {
  const filled = news[DEFAULTS_KEY];
  return row.autonamed !== undefined && Array.isArray(filled) && !filled.includes("name");
}

/** Whether the cloud still has the value of an input. */
export function isUnchanged(row: PropertyRow, cloud: unknown, input: unknown): boolean {
  return changesOf(row, "", cloud, input, false).length === 0;
}

function changesOf(
  row: PropertyRow,
  path: string,
  oldMarked: unknown,
  newMarked: unknown,
  replaces: boolean,
): readonly Change[] {
  if (row.output === true) return [];
  const older = opened(oldMarked);
  const newer = opened(newMarked);
  // A default that replaces a set value does not replace the resource (Terraform's
  // RequiresReplaceIfConfigured).
  if (isNothing(newer) && row.removed !== undefined)
    return changesOf(row, path, oldMarked, row.removed, false);
  if (row.kept === true && !isNothing(older)) return [];
  if (isNothing(newer))
    return isNothing(older) || row.computed === true || isEmpty(older)
      ? []
      : [{ path, kind: "delete", replaces }];
  if (isNothing(older)) return isEmpty(newer) ? [] : [{ path, kind: "add", replaces }];
  if (newer === UNKNOWN) return [{ path, kind: "update", replaces }];
  const inner = (key: string | number, item: PropertyRow, o: unknown, n: unknown) =>
    changesOf(item, pathTo(path, key), o, n, replaces || item.replaces === true);
  switch (row.kind) {
    case "object": {
      const fields = row.fields ?? {};
      return Object.entries(fields).flatMap(([key, field]) =>
        inner(key, field, (older as Properties)[key], (newer as Properties)[key]),
      );
    }
    case "map": {
      const keys = new Set([...Object.keys(older as object), ...Object.keys(newer as object)]);
      return [...keys].flatMap((key) =>
        inner(key, row.item ?? ANY, (older as Properties)[key], (newer as Properties)[key]),
      );
    }
    case "list": {
      const length = Math.max((older as unknown[]).length, (newer as unknown[]).length);
      return Array.from({ length }, (_, index) => index).flatMap((index) =>
        inner(index, row.item ?? ANY, (older as unknown[])[index], (newer as unknown[])[index]),
      );
    }
    case "set":
      return sameSet(row.item ?? ANY, older as unknown[], newer as unknown[])
        ? []
        : [{ path, kind: "update", replaces }];
    default:
      return hasUnknown(newer) || !same(reveal(older), reveal(newer))
        ? [{ path, kind: "update", replaces }]
        : [];
  }
}

const ANY: PropertyRow = { kind: "any" };

/**
 * Whether two sets have equal members. Values that only the cloud gives (a rule's own id) don't
 * count.
 */
function sameSet(item: PropertyRow, olds: unknown[], news: unknown[]): boolean {
  if (hasUnknown(news)) return false;
  const keys = (members: unknown[]): string =>
    members
      .map((member) => canonical(withoutOutputs(item, reveal(member))))
      .sort()
      .join("\n");
  return keys(olds) === keys(news);
}

function withoutOutputs(item: PropertyRow, member: unknown): unknown {
  if (item.fields === undefined || typeof member !== "object" || member === null) return member;
  return Object.fromEntries(
    Object.entries(member).filter(([key]) => item.fields?.[key]?.output !== true),
  );
}

/** A path in Pulumi's syntax: `labels["a.b"]`, `rules[0].ref`. */
function pathTo(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return /^[A-Za-z_][\w]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function covers(ignored: string, path: string): boolean {
  return path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`);
}

const topOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? path;
const opened = (value: unknown): unknown => (value instanceof Secret ? value.reveal() : value);

/** Terraform does not distinguish an empty string, list or map from none. */
function isEmpty(value: unknown): boolean {
  if (value === "" || value === false) return true;
  if (value === UNKNOWN || typeof value !== "object" || value === null) return false;
  return Object.keys(value).length === 0;
}
