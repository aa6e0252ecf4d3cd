import type { Clouds } from "./clouds.ts";
import type { Candidate, Finder, Lookup } from "./finder.ts";
import { looker, type Found } from "./look.ts";
import {
  isInPlace,
  nameOf,
  type Adoption,
  type PendingOperation,
  type StackExport,
  type StateResource,
} from "./state.ts";
import { isInKubernetes } from "./types.ts";

/** Decisions about the operations that an update left pending. */

/** Decision about one pending operation. */
export type Decision = {
  readonly operation: PendingOperation;
  /** Things at the cloud that stay in no state, with the place to delete them. */
  readonly left?: { readonly candidates: readonly Candidate[]; readonly where: string };
} & (
  | {
      readonly kind: "adopt";
      readonly adoption: Adoption;
      /** Its state while it is at work still. */
      readonly busy?: string | undefined;
    }
  | { readonly kind: "drop"; readonly why: string }
  /** A person must say which one it is. */
  | { readonly kind: "ask"; readonly candidates: readonly Candidate[]; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string }
);

/** An operator's answers: a resource's name or URN, and the id of its cloud resource, or `none`. */
export type Answered = ReadonlyMap<string, string>;

/** Decides about every pending operation of a state. Changes nothing. */
export async function decideAll(
  state: StackExport,
  clouds: Clouds,
  answered: Answered,
): Promise<readonly Decision[]> {
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const look = looker(state, clouds);
  const answers = answersByUrn(pending, answered);
  const decisions: Decision[] = [];
  for (const operation of pending) {
    const { finder, found } = operation.type === "creating" ? await look(operation.resource) : {};
    const answer = answers.get(operation.resource.urn);
    decisions.push(decide(operation, finder, found, resources, answer));
  }
  return decisions;
}

/** Decides about one operation. */
export function decide(
  operation: PendingOperation,
  finder: Finder | undefined,
  found: Found | undefined,
  resources: readonly StateResource[],
  answer: string | undefined,
): Decision {
  const { resource } = operation;
  if (operation.type !== "creating")
    return { kind: "drop", operation, why: "the next update reads it at its cloud" };
  // The engine notes every create (pulumi/pulumi v3.259.0 `pkg/backend/snapshot.go`, doCreate).
  if (resource.custom === false || resource.type.startsWith("pulumi:"))
    return { kind: "drop", operation, why: "it is in the state alone; the next update notes it" };
  if (finder === undefined) return answeredOf(operation, undefined, answer);
  if (finder.kind === "again")
    return { kind: "drop", operation, why: `made again by a ${finder.call}, which writes over it` };
  if (found === undefined || found.word === "unknown")
    // An operator without `doctl` here may have used `kubectl` elsewhere.
    return answer !== undefined && isInKubernetes(resource)
      ? answeredOf(operation, undefined, answer)
      : { kind: "unknown", operation, why: found?.reason ?? "it was not looked up" };
  const taken = new Set(
    resources
      .filter(({ type, pendingReplacement }) => type === resource.type && !pendingReplacement)
      .map(({ id }) => id ?? ""),
  );
  const candidates = found.candidates.filter(
    ({ id, importId }) => !taken.has(id) && !taken.has(importId),
  );
  if (candidates.length === 0)
    return { kind: "drop", operation, why: "nothing of it was made; the next update makes it" };
  if (finder.toldOnce !== undefined)
    return {
      kind: "drop",
      operation,
      why: "its secret was told at its creation only; the next update makes another one",
      left: { candidates, where: finder.toldOnce.where },
    };
  const standing = resources.find((each) => each.urn === resource.urn && isInPlace(each));
  const [only] = candidates;
  if (standing !== undefined && only !== undefined && replaces(only, standing, candidates))
    return adopted(operation, only, finder, true);
  if (standing !== undefined)
    return {
      kind: "drop",
      operation,
      why: "the state has it under another id, so this one is an orphan",
      left: { candidates, where: "the control panel of its cloud, if nothing uses it" },
    };
  if (candidates.length === 1 && only?.doubt === undefined && only !== undefined && !answer)
    return adopted(operation, only, finder);
  return answeredOf(operation, { finder, candidates }, answer);
}

/**
 * Whether a create was the first half of a replacement. Its thing is then younger than what stands
 * in the state. One that is older was left by an update before: the state has its successor.
 */
function replaces(
  { since, doubt }: Candidate,
  { created, protect }: StateResource,
  candidates: readonly Candidate[],
): boolean {
  return (
    candidates.length === 1 &&
    doubt === undefined &&
    protect !== true &&
    Date.parse(since ?? "") > Date.parse(created ?? "")
  );
}

/** Decides by the operator's answer, or asks. */
function answeredOf(
  operation: PendingOperation,
  known: { readonly finder: Lookup; readonly candidates: readonly Candidate[] } | undefined,
  answer: string | undefined,
): Decision {
  const why =
    known === undefined
      ? "no row of ops/recover looks its type up"
      : (known.candidates.find(({ doubt }) => doubt !== undefined)?.doubt ??
        `${known.candidates.length} fit, and which of them it is can't be known`);
  const { candidates = [] } = known ?? {};
  if (answer === undefined) return { kind: "ask", operation, candidates, why };
  if (answer === "none")
    return {
      kind: "drop",
      operation,
      why: "as you said",
      ...(candidates.length === 0
        ? {}
        : { left: { candidates, where: "the control panel of its cloud" } }),
    };
  if (known === undefined) return adopted(operation, { importId: answer }, undefined);
  const chosen = candidates.find(({ id, importId }) => [id, importId].includes(answer));
  if (chosen === undefined)
    throw new Error(
      `--adopt ${nameOf(operation.resource)}=${answer}: it is none of ${candidates
        .map(({ id }) => id)
        .join(", ")}. Nothing was changed. Name one of these, or none.`,
    );
  return adopted(operation, chosen, known.finder);
}

function adopted(
  operation: PendingOperation,
  { importId, busy }: Pick<Candidate, "importId" | "busy">,
  finder: Lookup | undefined,
  replaces = false,
): Decision {
  const known = finder?.noImporter === true;
  const adoption = { operation, id: importId, known, replaces };
  return { kind: "adopt", operation, adoption, busy };
}

/** Gives each answer its operation. @throws for a name that no pending create, or several, have. */
function answersByUrn(pending: readonly PendingOperation[], answered: Answered): Answered {
  const creates = pending.filter(({ type }) => type === "creating");
  return new Map(
    [...answered].map(([name, id]) => {
      const named = creates.filter(
        ({ resource }) => resource.urn === name || nameOf(resource) === name,
      );
      const [only] = named;
      if (only !== undefined && named.length === 1) return [only.resource.urn, id];
      throw new Error(
        named.length === 0
          ? `--adopt ${name}=${id}: no pending create has this name. Nothing was changed. Run \`npm run recover\` alone; it prints the names.`
          : `--adopt ${name}=${id}: ${named.length} pending creates have this name. Nothing was changed. Name one by its URN: ${named
              .map(({ resource }) => resource.urn)
              .join(", ")}`,
      );
    }),
  );
}
