import type { StackConfig } from "../../config/schema.ts";
import type { Schedule } from "../../domain/schedule.ts";
import type { Change } from "./change.ts";
import { failsOver } from "./effects.ts";
import { releaseOf } from "./headline.ts";
import { minorOf } from "../../facts/minor-of.ts";
import { imagesIn } from "./image-changes.ts";
import { kindOf } from "./kinds.ts";
import { aboutWords } from "./order.ts";
import { moneyWords, type Money, type Row } from "./rows.ts";
import { listed } from "./text.ts";
import type { Level } from "./verdict.ts";

/** The second line of a report: what changes, how long, dollars, what is lost; and the way back. */

/** Rows that the second line names. The table has all of them. */
const NAMED = 2;

/** Parts of a report that the second line is made from. */
export interface SummaryParts {
  readonly level: Level;
  readonly changes: readonly Change[];
  readonly rows: readonly Row[];
  readonly money: Money | undefined;
  readonly order: Schedule;
}

/** Its sentences, the first one the most important. Empty where nothing would be deployed. */
export function summaryOf({ level, changes, rows, money, order }: SummaryParts): readonly string[] {
  if (level === 5 || level === 0) return [];
  const decided = rows.filter(({ changed, kind }) => changed && kind === "setting");
  const named = decided
    .slice(0, NAMED)
    .map(({ what, now = "", after = "" }) => `${what} ${now || "none"} → ${after || "none"}`);
  const more = decided.length - named.length;
  const lost = lossesOf(changes);
  const costs = [
    order.totalSeconds === 0 ? aboutWords(0) : `${aboutWords(order.totalSeconds)} (assumed)`,
    ...(money === undefined ? [] : [moneyWords(money)]),
    lost.length === 0 ? "nothing is lost" : `lost: ${listed(lost)}`,
  ];
  const upgrade = upgradeOf(changes);
  return [
    ...(upgrade === "minor"
      ? [
          "Database migrations run, and take as long as they take. There is no way back but a restore.",
        ]
      : []),
    ...(upgrade === "patch"
      ? ["Database migrations may run: the release notes say whether this patch has any."]
      : []),
    ...(named.length === 0 ? [] : [`${listed(more > 0 ? [...named, `${more} more`] : named)}.`]),
    `${costs.join(", ")}.`,
  ];
}

/** Content that is lost for good. */
export function lossesOf(changes: readonly Change[]): readonly string[] {
  return changes.flatMap(({ kind, type, name, retained }) =>
    kind === "replace" || (kind === "delete" && !retained)
      ? (kindOf(type)?.holds?.(name) ?? [])
      : [],
  );
}

/** Kind of an upgrade; undefined if the release stays. */
function upgradeOf(changes: readonly Change[]): "minor" | "patch" | undefined {
  const release = releaseOf(imagesIn(changes));
  if (release === undefined) return undefined;
  return minorOf(release.before) === minorOf(release.after) ? "patch" : "minor";
}

/** Way to undo an update. Undefined configuration: it is refused, and nothing is to undo. */
export function wayBackOf(changes: readonly Change[], config: StackConfig | undefined): string {
  if (changes.length === 0) return "nothing to undo";
  const dumps = dumpWords(config);
  if (lossesOf(changes).length > 0)
    return `none at DigitalOcean, whose backups go with the database; ${dumps}`;
  const upgrade = upgradeOf(changes);
  if (upgrade === "minor")
    return `a restore only: a point in time of the last 7 days (DigitalOcean), ${dumps}`;
  const resized = changes.filter(failsOver);
  if (resized.length > 0)
    return "none: DigitalOcean makes no database smaller, and the preview refuses the smaller plan";
  // The program takes a patch back (domain/upgrade.ts), but not what a migration dropped.
  if (upgrade === "patch")
    return "revert the commit and deploy; if the patch had a migration, read its notes first";
  return "revert the commit and deploy";
}

function dumpWords(config: StackConfig | undefined): string {
  const backup = config?.backup;
  return backup === undefined
    ? "no dump of our own (mastodon:backup is not set)"
    : `dumps of our own every ${backup.everyHours} h, kept for ${backup.keepDays} days`;
}
