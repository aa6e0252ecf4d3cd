import { afterAYear, type Grown } from "../../config/capacity/growth.ts";
import { costOf, inDollars } from "../../config/cost.ts";
import { parseConfig } from "../../config/parse.ts";
import { PRICES_OF, R2_PRICES } from "../../config/prices.ts";
import { PROFILE_NAMES, type ProfileName } from "../../config/profile-names.ts";
import type { StackConfig } from "../../config/schema.ts";
import { markdownTable } from "./markdown.ts";

/** The README's part about the monthly cost of each profile. */
export function costSection(): string {
  const costs = PROFILE_NAMES.map((name) => {
    const config = profileConfig(name);
    return { name, members: config.members, ...costOf(config), year: afterAYear(config) };
  });
  const what = [...new Set(costs.flatMap(({ lines }) => lines.map((line) => line.what)))];
  const rows = [
    ["members", ...costs.map(({ members }) => members.toLocaleString("en-US"))],
    ...what.map((each) => [
      each,
      ...costs.map(({ lines }) => {
        const line = lines.find((one) => one.what === each);
        return line === undefined ? "" : `${inDollars(line.dollars)} (${line.sum})`;
      }),
    ]),
    ["**a month**", ...costs.map(({ dollars }) => `**${inDollars(dollars)}**`)],
    [
      "when the pool has grown to its ceiling",
      ...costs.map(({ dollars, dollarsAtCeiling }) =>
        dollarsAtCeiling === dollars ? "" : inDollars(dollarsAtCeiling),
      ),
    ],
    ["after a year: database", ...costs.map(({ year }) => databaseWords(year))],
    ["after a year: media", ...costs.map(({ year }) => mediaWords(year))],
  ];
  const solo = profileConfig("solo");
  const alerts = { ...solo.alerts, emails: ["ops@example.social"] };
  const checks = costOf({ ...solo, alerts }).dollars - costOf(solo).dollars;
  return `
${markdownTable(["", ...PROFILE_NAMES], rows)}
US dollars at DigitalOcean, without tax, prices of ${PRICES_OF} (\`config/prices.ts\`); Cloudflare's Free plan is enough. Not in it: traffic
beyond what each node brings. Daily backups of Postgres are in its price. Where \`mastodon:alerts\` names somebody, uptime checks of all hosts come to ${inDollars(checks)} more.
Media on Cloudflare R2 is paid by use: ${inDollars(R2_PRICES.storage.perGb * 100)} a month for
each 100 GB beyond the first ${R2_PRICES.storage.freeGb}, ${inDollars(R2_PRICES.writes.perMillion)} for a million writes beyond the first, ${inDollars(R2_PRICES.reads.perMillion)} for a million reads that the edge had not, beyond ten.

The rows of a year are what public servers were seen to write (\`config/capacity/growth.ts\` names them), not what yours will: the disk of
\`solo\` is the first that grows, by itself, and never shrinks again. Media grows with what members follow elsewhere; \`mastodon:upkeep\` clears old copies away.
\`large\` ends where the largest standard plan of Postgres ends: a server of more active members needs a plan that this program does not offer yet.

\`solo\` is the least that holds a whole server at these prices: the smallest plans of both databases, and of all pairs of pools the
cheapest in which every pod has its place while a migration runs and while a new version starts beside the old one (a test tries all of them).
With fewer nodes each deploy would be an outage; databases inside the cluster would be cheaper, and nobody's backup.

`;
}

const UNKNOWN = "no public number";

/** Size of the database after a year, and its cost. */
export function databaseWords(year: Grown | undefined): string {
  if (year === undefined) return UNKNOWN;
  const { databaseGb, diskGib, grownDiskGib, diskDollars } = year;
  if (diskGib === undefined) return `${databaseGb} GB`;
  return grownDiskGib === diskGib
    ? `${databaseGb} GB, within the plan's ${diskGib} GiB`
    : `${databaseGb} GB: the disk grows from ${diskGib} to ${grownDiskGib} GiB, ${inDollars(diskDollars)} a month more`;
}

/** The same of media. */
export function mediaWords(year: Grown | undefined): string {
  return year?.mediaGb === undefined
    ? UNKNOWN
    : `${year.mediaGb} GB, ${inDollars(year.mediaDollars)} a month on R2`;
}

/** A profile as a whole configuration; who and where are placeholders that no price hangs on. */
export function profileConfig(profile: ProfileName): StackConfig {
  return parseConfig({
    profile,
    domain: "example.social",
    webDomain: "example.social",
    region: "nyc3",
    cluster: { version: "1.35.1-do.6" },
    cloudflare: { accountId: "0".repeat(32), zoneId: "0".repeat(32) },
  });
}
