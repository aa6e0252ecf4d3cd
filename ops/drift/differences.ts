import { changesOf, type Change } from "../report/change.ts";
import { differencesOf } from "../report/difference.ts";
import { typeWord, type EngineRun } from "../report/engine-log.ts";
import { adoptionOf, type Adoption, type Configured } from "./adopt.ts";

/** Differences between the program and what runs, with two cures for each. */

/** One property that differs. */
export interface Field {
  /** "spec.replicas". */
  readonly path: string;
  /** The program's value as JSON; missing if the program sets none. */
  readonly program?: string;
  /** The value that runs, as JSON; missing if there is none. */
  readonly runs?: string;
  /** Missing if no key of the stack file sets the property. */
  readonly adopt?: Adoption;
}

/** One resource that differs. */
export interface Drift {
  readonly urn: string;
  /** Last part of the type: "Deployment". */
  readonly kind: string;
  /** Logical name: "web". */
  readonly name: string;
  /** "failed": the preview failed at it, so its properties are not known. */
  readonly what: "changed" | "gone" | "failed";
  readonly fields: readonly Field[];
  /** The engine's words; "" if it did not fail. */
  readonly words: string;
  /** Command that makes it as the program has it. */
  readonly putBack: string;
}

/** Two previews of the same program, and its configuration. */
export interface DriftInput {
  /** With `--refresh`: differences of the clouds and of the program. */
  readonly refreshed: EngineRun;
  /** Properties that its refresh found changed, by URN: `refreshedIn`. */
  readonly found: ReadonlyMap<string, readonly string[]>;
  /** Without: differences of the program alone, which wait for a deploy. */
  readonly plain: EngineRun;
  readonly configured: Configured;
}

/** Every resource that was changed behind the program's back. */
export function driftOf({ refreshed, found, plain, configured }: DriftInput): readonly Drift[] {
  const waiting = new Set(changesOf(plain.steps).map(fingerprint));
  const changed = changesOf(refreshed.steps)
    .filter((change) => !waiting.has(fingerprint(change)))
    .flatMap((change) => changedOf(change, found.get(change.urn), configured));
  const failed = refreshed.diagnostics.flatMap(({ severity, urn, message }): Drift[] => {
    if (severity !== "error" || urn === undefined || isStack(urn)) return [];
    const row = { urn, ...namesOf(urn), fields: [], words: message };
    return [{ ...row, what: "failed", putBack: putBackOf(urn, false) }];
  });
  return [...changed.filter(({ urn }) => !failed.some((each) => each.urn === urn)), ...failed];
}

function changedOf(
  change: Change,
  found: readonly string[] | undefined,
  configured: Configured,
): readonly Drift[] {
  const { urn, type, kind } = change;
  const resource = { urn, ...namesOf(urn), words: "" };
  if (type.startsWith("mastodon:")) return [];
  if (kind === "create")
    return [{ ...resource, what: "gone", fields: [], putBack: putBackOf(urn, false) }];
  // A change that the refresh did not find is the program's, or follows from another resource's.
  if (found === undefined || (kind !== "update" && kind !== "replace")) return [];
  const fields = fieldsOf(change, found, configured);
  return [{ ...resource, what: "changed", fields, putBack: putBackOf(urn, kind === "replace") }];
}

/** The properties of a resource that the refresh found changed. */
function fieldsOf(
  change: Change,
  found: readonly string[],
  configured: Configured,
): readonly Field[] {
  const { name, urn, old } = change;
  const all = differencesOf(change);
  const isOf = (path: string, other: string): boolean =>
    path.startsWith(other) || other.startsWith(path);
  const own = all.filter(({ path }) => found.some((other) => isOf(path, other)));
  // Neither side of a secret is in an event.
  const hidden = found.filter((path) => !all.some((each) => isOf(each.path, path)));
  return [
    ...(found.length === 0 ? all : own).map(({ path, before, after }): Field => {
      const resource = { kind: namesOf(urn).kind, name };
      const adopt = adoptionOf(resource, path, at(old?.inputs, path), configured);
      return {
        path,
        ...(after === undefined ? {} : { program: after }),
        ...(before === undefined ? {} : { runs: before }),
        ...(adopt === undefined ? {} : { adopt }),
      };
    }),
    ...hidden.map((path) => ({ path })),
  ];
}

/** Equal for the same change in both previews. */
const fingerprint = (change: Change): string =>
  JSON.stringify([change.urn, change.kind, differencesOf(change)]);

const isStack = (urn: string): boolean => urn.split("::")[2] === "pulumi:pulumi:Stack";

/** Kind and logical name in a URN; its type has the types of its parents before its own. */
function namesOf(urn: string): { readonly kind: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  const type = types.split("$").at(-1) ?? types;
  return { kind: typeWord(type), name: name.join("::") };
}

/**
 * A replaced resource takes its users along, so it is put back with everything else. With
 * `--target-dependents` the refresh fails: "unknown provider" (measured, CLI 3.259.0).
 */
function putBackOf(urn: string, isReplaced: boolean): string {
  return `npm run up -- --refresh${isReplaced ? "" : ` --target '${urn}'`}`;
}

/** The value at a plain path: "spec.replicas". */
function at(value: unknown, path: string): unknown {
  let inner: unknown = value;
  for (const key of path.split("."))
    inner =
      typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[key]
        : undefined;
  return inner;
}
