import { inDollars } from "../../domain/cost.ts";
import type { Candidate } from "./finder.ts";
import type { LeftOver } from "./left-overs.ts";
import type { Decision } from "./plan.ts";
import { nameOf, type StateResource } from "./state.ts";
import { isInKubernetes, kindOf } from "./types.ts";

/** The plan of a recovery, as an operator reads it. It holds names and ids, never another value. */

const COLUMN = 9;

/** Lines about what is billed for the stack and in no state, with every remedy. */
export function linesOfLeftOver({ type, candidate, place, deletion }: LeftOver, now: Date): string {
  const { name, busy } = candidate;
  return [
    `${"ask".padEnd(COLUMN)} ${name} (${kindOf({ type })}): it carries the stack's tag, and stands in no state`,
    ...[
      `${shown(candidate, now)}${busy === undefined ? "" : `; ${busy}`}`,
      ...(place === undefined
        ? []
        : [`If an update was making it: npm run state -- adopt ${place}`]),
      `If nothing uses it: ${deletion}`,
      "If it is yours alone: take the stack's tag off it, in DigitalOcean's control panel.",
    ].map(indented),
  ].join("\n");
}

/** The lines about one decision. */
export function linesOf(decision: Decision, now: Date): readonly string[] {
  const { resource } = decision.operation;
  const head = (word: string, what: string): string =>
    `${word.padEnd(COLUMN)} ${nameOf(resource)} (${kindOf(resource)}): ${what}`;
  const left = decision.left?.candidates.map((candidate) =>
    indented(
      `left over: ${shown(candidate, now)}. Delete it in ${decision.left?.where ?? ""}, or it stays.`,
    ),
  );
  return [...mainLines(decision, head, now), ...(left ?? [])];
}

function mainLines(
  decision: Decision,
  head: (word: string, what: string) => string,
  now: Date,
): readonly string[] {
  const { resource } = decision.operation;
  switch (decision.kind) {
    case "adopt":
      return [
        head("adopt", `it exists; the state takes it as ${decision.adoption.id}`),
        ...(decision.adoption.replaces
          ? [indented("The next update deletes the one that it was made to replace.")]
          : []),
        ...(decision.busy === undefined ? [] : [indented(`Before that: ${decision.busy}.`)]),
      ];
    case "drop":
      return [head("drop", decision.why)];
    case "unknown":
      return [
        head("unknown", `${decision.why}. Nothing is concluded from that.`),
        ...(isInKubernetes(resource) ? waysOut(resource, []).map(indented) : []),
      ];
    case "ask":
      return [
        head("ask", decision.why),
        ...decision.candidates.map((candidate) => indented(shown(candidate, now))),
        ...waysOut(resource, decision.candidates).map(indented),
      ];
  }
}

/** The lines to type for what a person must answer. */
function waysOut(resource: StateResource, candidates: readonly Candidate[]): string[] {
  const name = nameOf(resource);
  const place = objectOf(resource);
  return [
    ...(place === undefined
      ? []
      : [`Look: kubectl get ${place.kind} ${place.name} -n ${place.namespace}`]),
    `If it exists: --adopt ${name}=${candidates.length > 0 ? "ID" : (place?.id ?? "ID")}`,
    `If ${candidates.length > 0 ? "none of them is it" : "it does not"}: --adopt ${name}=none`,
  ];
}

/** The place of an object in Kubernetes; undefined for any other type. */
function objectOf({ type, inputs }: StateResource) {
  if (!isInKubernetes({ type })) return undefined;
  const { name, namespace } = (inputs?.["metadata"] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== "string") return undefined;
  const kind = kindOf({ type }).toLowerCase();
  return typeof namespace === "string"
    ? { kind, name, namespace, id: `${namespace}/${name}` }
    : { kind, name, namespace: "default", id: name };
}

/** One candidate: id, age and price as far as they are known. */
export function shown({ id, since, dollars }: Candidate, now: Date): string {
  return [
    id,
    ...(since === undefined ? [] : [ageOf(since, now)]),
    ...(dollars === undefined ? [] : [`${inDollars(dollars)} a month`]),
  ].join(", ");
}

function ageOf(since: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(since)) / 60_000);
  return Number.isNaN(minutes) ? since : `made ${since}, ${minutes} min ago`;
}

const indented = (line: string): string => `${"".padEnd(COLUMN)} ${line}`;

/** Last line where something stays open, and nothing was written. */
export function openEnding(open: ReadonlySet<string>): string {
  return `Nothing was changed. ${toDo(open)}`;
}

/** The line about what stays open. */
export function toDo(open: ReadonlySet<string>): string {
  return [
    ...(open.has("unknown")
      ? ["Fix the reason of each unknown one, or wait, and run this again."]
      : []),
    ...(open.has("ask")
      ? ["Answer what is asked: run this again with the --adopt of your choice."]
      : []),
  ].join(" ");
}
