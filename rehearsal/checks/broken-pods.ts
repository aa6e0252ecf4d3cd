import type { BrokenPod, Sight } from "../node/broken-pods.ts";
import { checkOf, type Check } from "./check.ts";

/** Everything observed of one copy at one moment. */
export interface Seen {
  /** Status of the API server, if it refused the object. */
  readonly refused?: number;
  /** Verdict of the rollout step; `fault` if the step would fail. */
  readonly done?: boolean;
  readonly fault?: string;
  readonly reason?: string;
  /** Reason for which the container last terminated. */
  readonly ended?: string;
  /** Reasons of the pod's warning events. */
  readonly events?: readonly string[];
  /** Description for an operator. */
  readonly words?: string;
}

/** Whether a fault was detected by the component that should detect it. */
export function isSeen(sight: Sight, seen: Seen): boolean {
  if (sight.by === "api") return seen.refused === sight.code;
  return (
    seen.refused === undefined &&
    seen.done === false &&
    seen.fault === sight.fault &&
    (sight.reason === undefined || sight.reason === seen.reason) &&
    (sight.ended === undefined || sight.ended === seen.ended) &&
    (sight.event === undefined || seen.events?.includes(sight.event) === true)
  );
}

/** One check over all: each fault was detected, and the healthy copies are fine. */
export function checkBrokenPods(
  rows: readonly BrokenPod[],
  sound: readonly { readonly name: string }[],
  seen: ReadonlyMap<string, Seen>,
): Check {
  return checkOf(
    "each pod that is broken on purpose ends its rollout for what is wrong with it",
    [
      ...sound
        .filter(({ name }) => seen.get(name)?.done !== true)
        .map(({ name }) => `${name} is not well: ${tellOf(seen.get(name))}`),
      ...rows
        .filter((row) => !isSeen(row.seen, seen.get(row.name) ?? {}))
        .map((row) => `${row.name} should be ${wantedOf(row.seen)}: ${tellOf(seen.get(row.name))}`),
    ],
    `${rows.length} faults: ${rows.map(({ name, seen: sight }) => `${name} (${wantedOf(sight)})`).join(", ")}`,
  );
}

function wantedOf(sight: Sight): string {
  if (sight.by === "api") return `refused with ${sight.code}`;
  return [sight.fault, sight.ended, sight.event].filter((one) => one !== undefined).join(", ");
}

function tellOf(seen: Seen | undefined): string {
  if (seen === undefined) return "nothing was said";
  if (seen.refused !== undefined) return `refused with ${seen.refused}`;
  if (seen.done === true) return "rolled out";
  const { fault, reason, ended, events = [], words } = seen;
  const said = [fault, reason, ended, ...new Set(events), words];
  return said.filter((one) => one !== undefined && one !== "").join(", ") || "no fault yet";
}
