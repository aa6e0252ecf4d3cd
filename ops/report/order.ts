import { durationInCluster, durationOfCloud } from "../../domain/durations.ts";
import { schedule, type Schedule, type Task } from "../../domain/schedule.ts";
import { ONE_CALL } from "../../facts/durations.ts";
import { DATABASE } from "../recover/types.ts";
import type { Change } from "./change.ts";
import { isResized } from "./effects.ts";
import { nounOf } from "./kinds.ts";

/**
 * When the steps of an update happen: what waits for what, and how long each takes. The event log
 * has no dependencies, so this file has those of the parts that take time. A test compares them
 * with the plan's.
 */

/** A part of the release and the parts that must be done before it begins. */
interface Part {
  readonly is: RegExp;
  readonly after: readonly string[];
}

/** Parts by name. `after` names parts. */
export const PARTS: Readonly<Record<string, Part>> = {
  postgres: { is: /^postgres(?:-\d+)?-cluster$/u, after: [] },
  pool: { is: /^postgres(?:-\d+)?-pool$/u, after: ["postgres"] },
  replica: { is: /^replica-replica$/u, after: ["postgres"] },
  valkey: { is: /^(?:valkey|cache)-cluster$/u, after: [] },
  cluster: { is: /^cluster-doks$/u, after: [] },
  workloads: { is: /^cluster-workloads$/u, after: ["cluster"] },
  preflight: { is: /^preflight$/u, after: ["pool", "replica", "valkey", "workloads"] },
  connector: { is: /^connector$/u, after: ["workloads"] },
  grants: { is: /^database-grants$/u, after: ["preflight"] },
  assets: { is: /^assets$/u, after: ["preflight"] },
  before: { is: /^migrate-pre-deployment$/u, after: ["grants"] },
  assetsRollout: { is: /^rollout-assets$/u, after: ["assets"] },
  streamingGrants: { is: /^streaming-grants$/u, after: ["before"] },
  servers: {
    is: /^(?:web|streaming|sidekiq-.*)$/u,
    after: ["streamingGrants", "assetsRollout"],
  },
  rollout: { is: /^rollout$/u, after: ["servers", "connector"] },
  afterwards: { is: /^migrate-post-deployment$/u, after: ["rollout"] },
};

/** The part of a resource; undefined: it takes no time that counts, or waits for nothing. */
export function partOf(name: string): string | undefined {
  return Object.keys(PARTS).find((part) => PARTS[part]?.is.test(name));
}

/** Words for Jobs that operators know by what they do. */
const LABELS: Readonly<Record<string, string>> = {
  "migrate-pre-deployment": "migrate (before)",
  "migrate-post-deployment": "migrate (after)",
  rollout: "wait until all are ready",
  "rollout-assets": "wait for static files",
};

/** Steps shorter than this, seconds, are single API calls and not shown. */
const SHOWN_SECONDS = 5;

/** The order of an update's longer steps, with their durations. */
export function orderOf(changes: readonly Change[]): Schedule {
  const timed = changes
    .map((change) => ({ change, duration: durationOf(change) }))
    .filter(({ duration }) => duration.seconds >= SHOWN_SECONDS);
  const byPart = new Map<string, string[]>();
  for (const { change } of timed) {
    const part = partOf(change.name);
    if (part !== undefined) byPart.set(part, [...(byPart.get(part) ?? []), change.urn]);
  }
  return schedule(
    timed.map(({ change, duration }): Task => ({
      id: change.urn,
      label: LABELS[change.name] ?? nounOf(change).replace(/^Job /u, ""),
      seconds: duration.seconds,
      source: duration.source,
      after: waitsFor(partOf(change.name), byPart),
    })),
  );
}

/** Changed resources that a part waits for, through parts that don't change. */
function waitsFor(
  part: string | undefined,
  byPart: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const { after } = PARTS[part ?? ""] ?? { after: [] };
  return after.flatMap((each) => byPart.get(each) ?? waitsFor(each, byPart));
}

function durationOf(change: Change): { readonly seconds: number; readonly source: string } {
  const { type, urn, kind, old, new: wanted } = change;
  if (kind === "import" || kind === "left-over") return { seconds: 0, source: "one API call" };
  if (!type.startsWith("kubernetes:")) {
    const { create, update, delete: gone } = durationOfCloud(type);
    if (kind === "replace")
      return {
        seconds: create.seconds + gone.seconds,
        source: `${create.source}; ${gone.source}`,
      };
    if (kind === "create" || kind === "delete") return kind === "create" ? create : gone;
    // The update of a database is timed as a resize; for others the provider does not wait.
    return type === DATABASE && !isResized(change) ? ONE_CALL : update;
  }
  if (kind === "delete") return { seconds: 0, source: "one API call" };
  const inputs = (wanted ?? old)?.inputs ?? {};
  return durationInCluster({ type, urn, inputs }, kind === "update");
}

/** A duration in words for a sentence: "About 4 min", "Some seconds". */
export function aboutWords(seconds: number): string {
  if (seconds < SHOWN_SECONDS) return "Some seconds";
  return seconds < 90
    ? `About ${Math.ceil(seconds / 10) * 10} s`
    : `About ${Math.round(seconds / 60)} min`;
}
