import { tooOldAfter, type Backup } from "../../domain/backup/plan.ts";
import { ageIn, newestGood, type Dump } from "./dumps.ts";

/** Command and page that show the last runs. */
const SEEN =
  'Look at the last runs: kubectl --namespace mastodon get jobs --selector app.kubernetes.io/component=backup, and docs/operate.md, "Backups".';

/** Circumstances of a check. */
export interface CheckOptions {
  readonly backup: Backup;
  readonly domain: string;
  readonly now: Date;
}

/**
 * Faults of a stack's dumps, in sentences; none if all is well. It looks at the dumps and not at a
 * failed Job: an alert that needs a failure stays silent if nothing ran.
 * @param dumps of the folder `dumps`, the newest first.
 */
export function dumpFaults(
  dumps: readonly Dump[],
  { backup, domain, now }: CheckOptions,
): readonly string[] {
  const good = newestGood(dumps);
  if (good === undefined)
    return [`${domain} has no good dump: a lost database would be lost for good. ${SEEN}`];
  const faults: string[] = [];
  const limit = tooOldAfter(backup);
  if (now.getTime() - good.time.getTime() > limit * 1_000)
    faults.push(
      `The newest good dump of ${domain} is ${ageIn(good.time, now)} old (${good.stamp}), and one is made every ${backup.everyHours} h: more than ${limit / 3_600} h must not pass. ${SEEN}`,
    );
  const [newest] = dumps.filter(({ word }) => word !== "no manifest");
  if (newest?.word === "suspicious")
    faults.push(
      `The newest dump (${newest.stamp}) is suspicious: npm run backup -- list says why. If the database lost rows, keep the good one before it: it is deleted by its age.`,
    );
  if (good.manifest.domain !== domain)
    faults.push(
      `The newest good dump is of ${good.manifest.domain}, not of ${domain}: two stacks share the bucket and the name.`,
    );
  return faults;
}

/**
 * Faults of the second destination, by the notes of the dumps' pods in the first bucket. Nothing is
 * asked of the destination itself: its key may only write, and CI has none. Without this, a
 * destination that refuses every dump would show in a failed Job alone. None if there is no second
 * destination.
 * @param dumps of the folder `dumps`, the newest first.
 */
export function secondFaults(
  dumps: readonly Dump[],
  { backup, domain, now }: CheckOptions,
): readonly string[] {
  const { second } = backup;
  if (second === undefined) return [];
  const where = `the second destination (mastodon:backup.second, ${second.bucket} at ${second.endpoint})`;
  const copied = newestCopied(dumps);
  if (copied === undefined)
    return [
      `No dump of ${domain} is noted as copied to ${where}. If it was set up after the last dump, the next dump makes the first copy. ${SEEN}`,
    ];
  const limit = tooOldAfter(backup);
  return now.getTime() - copied.time.getTime() > limit * 1_000
    ? [
        `The newest good dump that is noted as copied to ${where} is ${ageIn(copied.time, now)} old (${copied.stamp}): more than ${limit / 3_600} h must not pass. ${SEEN}`,
      ]
    : [];
}

/** Line about the newest copy in the second destination; undefined if there is none. */
export function secondLine(
  dumps: readonly Dump[],
  { backup, now }: Pick<CheckOptions, "backup" | "now">,
): string | undefined {
  const copied = newestCopied(dumps);
  if (backup.second === undefined || copied === undefined) return undefined;
  return `The second destination took ${copied.stamp}, ${ageIn(copied.time, now)} ago, as the dump's pod noted. It is not asked: its key may only write.`;
}

function newestCopied(dumps: readonly Dump[]): Dump | undefined {
  return newestGood(dumps.filter(({ isCopied }) => isCopied));
}
