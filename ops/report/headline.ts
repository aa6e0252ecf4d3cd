import { imagesIn, type ImageChange } from "./image-changes.ts";
import type { Change } from "./change.ts";
import { DEPLOYMENT, deploymentUpdate, failsOver } from "./effects.ts";
import { kindOf, nounOf, serves, type Effect } from "./kinds.ts";
import { LEVELS, type Level } from "./verdict.ts";
import { capital, listed } from "./text.ts";

/** The first line of a report: what changes, and what members notice of it. */

/** A change with its effect. */
export interface Judged {
  readonly change: Change;
  readonly effect: Effect;
}

/** Notices that the first line names. */
const NOTICES = 1;

/**
 * The first line without its sign.
 * @param seen the first setting's effect that members see. Default: they see none.
 */
export function headlineOf(
  level: Level,
  judged: readonly Judged[],
  isNew: boolean,
  seen = "members notice nothing",
): string {
  const worst = judged.filter(({ effect }) => effect.level === level);
  switch (level) {
    case 0:
      return LEVELS[0].word;
    case 1:
      return isNew ? "A new server is made — nobody uses it yet" : quietLine(judged, seen);
    case 2:
      return (
        versionLine(judged.map(({ change }) => change)) ??
        `${restartsOf(worst)} — the old one serves until the new one is ready`
      );
    case 3:
      return `${capital(doneWords(worst))} — ${noticeOf(worst)}`;
    case 4:
      return lossLine(worst);
    case 5:
      return "Refused — merging this deploys nothing";
  }
}

function quietLine(judged: readonly Judged[], seen: string): string {
  const restarting = judged
    .map(({ change }) => change)
    .filter((change) => isRestarted(change) && serves(change.name));
  if (restarting.length > 0)
    return `Restarts ${listed(restarting.map(nounOf))}, one pod after the other — ${seen}`;
  const starting = judged.map(({ change }) => change).filter(isStarted);
  if (starting.length > 0)
    return `Starts ${listed(starting.map(nounOf))} — nothing that serves is interrupted`;
  return capital(seen);
}

/** "Mastodon v4.6.5 → v4.7.0 — …"; undefined if its release stays. */
function versionLine(changes: readonly Change[]): string | undefined {
  const release = releaseOf(imagesIn(changes));
  if (release === undefined) return undefined;
  return `Mastodon ${release.before} → ${release.after} — the old version serves until the new one is ready`;
}

/** Tags of Mastodon's image before and after; undefined if it stays. */
export function releaseOf(
  images: readonly ImageChange[],
): { readonly before: string; readonly after: string } | undefined {
  const image = images.find(({ users }) => users.includes("web"));
  if (image?.before === undefined || image.before.tag === image.after.tag) return undefined;
  return { before: image.before.tag, after: image.after.tag };
}

function restartsOf(worst: readonly Judged[]): string {
  return worst.length === 0 ? LEVELS[2].word : capital(doneWords(worst));
}

/** A clause for each kind of change: "Valkey and Postgres are resized, and …". */
function doneWords(judged: readonly Judged[]): string {
  const byDeed = new Map<string, string[]>();
  for (const { change } of judged)
    byDeed.set(deedOf(change), [...(byDeed.get(deedOf(change)) ?? []), nounOf(change)]);
  return [...byDeed]
    .map(([deed, nouns]) => `${listed(nouns)} ${nouns.length === 1 ? "is" : "are"} ${deed}`)
    .join(", and ");
}

function deedOf(change: Change): string {
  switch (change.kind) {
    case "delete":
      return "deleted";
    case "replace":
      return "made anew";
    case "create":
      return "created";
    default:
      if (failsOver(change)) return "resized";
      if (change.type !== DEPLOYMENT) return "changed";
      return deploymentUpdate(change).stops ? "stopped" : "restarted";
  }
}

function isStarted(change: Change): boolean {
  const { type, kind, name } = change;
  if (type !== DEPLOYMENT || !serves(name)) return false;
  return kind === "create" || (kind === "update" && deploymentUpdate(change).starts);
}

function isRestarted(change: Change): boolean {
  return (
    change.type === DEPLOYMENT && change.kind === "update" && deploymentUpdate(change).restarts
  );
}

function lossLine(worst: readonly Judged[]): string {
  const lost = worst.filter(
    ({ change: { kind, type, name } }) =>
      (kind === "delete" || kind === "replace") && kindOf(type)?.holds?.(name) !== undefined,
  );
  if (lost.length > 0) {
    const held = [...new Set(lost.map(({ change }) => kindOf(change.type)?.holds?.(change.name)))];
    return `Loss — ${doneWords(lost)}, and with ${lost.length === 1 ? "it" : "them"} ${listed(held.flatMap((each) => each ?? []))}`;
  }
  const again = worst.filter(({ change }) => change.kind === "create");
  if (again.length > 0)
    return `Loss — ${listed(again.map(({ change }) => nounOf(change)))} would be made empty, and the server has run already`;
  const first = worst.filter(
    ({ change: { kind, deletedFirst } }) => kind === "replace" && deletedFirst,
  );
  if (first.length > 0)
    return `Outage — ${listed(first.map(({ change }) => nounOf(change)))} ${first.length === 1 ? "is" : "are"} deleted before ${first.length === 1 ? "it is" : "they are"} made again`;
  return `Outage — ${doneWords(worst)}`;
}

/** The notices, if there are few. The table has all of them, with their lengths. */
function noticeOf(worst: readonly Judged[]): string {
  const notices = [...new Set(worst.flatMap(({ effect: { notice } }) => notice ?? []))];
  if (notices.length > NOTICES) return "members are interrupted for seconds";
  const { inLine = "for seconds" } =
    worst.find(({ effect: { notice } }) => notice !== undefined)?.effect ?? {};
  return [...notices, ...(inLine === "" ? [] : [inLine])].join(", ");
}
