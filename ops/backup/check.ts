import { tooOldAfter, type Backup } from "../../domain/backup/plan.ts";
import { ageIn, newestGood, type Dump } from "./dumps.ts";

/**
 * Faults of a stack's dumps, in sentences; none if all is well. It looks at the dumps and not at a
 * failed Job: an alert that needs a failure stays silent if nothing ran.
 * @param dumps of the folder `dumps`, the newest first.
 */
export function dumpFaults(
  dumps: readonly Dump[],
  { backup, domain, now }: { readonly backup: Backup; readonly domain: string; readonly now: Date },
): readonly string[] {
  const good = newestGood(dumps);
  const seen =
    'Look at the last runs: kubectl --namespace mastodon get jobs --selector app.kubernetes.io/component=backup, and docs/operate.md, "Backups".';
  if (good === undefined)
    return [`${domain} has no good dump: a lost database would be lost for good. ${seen}`];
  const faults: string[] = [];
  const limit = tooOldAfter(backup);
  if (now.getTime() - good.time.getTime() > limit * 1_000)
    faults.push(
      `The newest good dump of ${domain} is ${ageIn(good.time, now)} old (${good.stamp}), and one is made every ${backup.everyHours} h: more than ${limit / 3_600} h must not pass. ${seen}`,
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
