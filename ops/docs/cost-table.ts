import { afterAYear, type Grown } from "../../domain/capacity/growth.ts";
import { costOf, inDollars } from "../../domain/cost.ts";
import { parseConfig } from "../../input/parse.ts";
import { PRICES_OF, R2_PRICES } from "../../facts/digitalocean/prices.ts";
import { PROFILE_NAMES, type ProfileName } from "../../config/keys/profile.ts";
import type { StackConfig } from "../../config/schema.ts";
import { markdownTable } from "./markdown.ts";

/** Each profile with its members and its monthly cost. */
function profileCosts() {
  return PROFILE_NAMES.map((name) => {
    const config = profileConfig(name);
    const year = afterAYear(config);
    return { name, members: config.members, ...costOf(config), year, dumps: dumpWords(name, year) };
  });
}

/** The README's table: members and the monthly cost of each profile. */
export function costSummary(): string {
  const rows = profileCosts().map(({ name, members, dollars, dollarsAtCeiling }) => [
    `\`${name}\``,
    members.toLocaleString("en-US"),
    `**${inDollars(dollars)}**`,
    inDollars(dollarsAtCeiling),
  ]);
  return `
${markdownTable(["profile", "active members", "US dollars a month", "at most"], rows)}
DigitalOcean's prices of ${PRICES_OF}, without tax, media and traffic beyond the nodes' own.
Cloudflare's Free plan is enough.

`;
}

/** Section of the page about the monthly cost of each profile. */
export function costSection(): string {
  const costs = profileCosts();
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
    ["after a year: dumps", ...costs.map(({ dumps }) => dumps)],
  ];
  const solo = profileConfig("solo");
  const alerts = { ...solo.alerts, emails: ["ops@example.social"] };
  const checks = costOf({ ...solo, alerts }).dollars - costOf(solo).dollars;
  return `
${markdownTable(["", ...PROFILE_NAMES], rows)}
US dollars at DigitalOcean, without tax, prices of ${PRICES_OF} (\`facts/digitalocean/prices.ts\`).
Cloudflare's Free plan is enough. Traffic beyond each node's own is not included; daily backups of
Postgres are.
With recipients in \`mastodon:alerts\`, uptime checks of all hosts cost ${inDollars(checks)} more.

Media on Cloudflare R2 is paid by use: ${inDollars(R2_PRICES.storage.perGb * 100)} a month for each
100 GB beyond the first ${R2_PRICES.storage.freeGb}, ${inDollars(R2_PRICES.writes.perMillion)} for a
million writes beyond the first, and ${inDollars(R2_PRICES.reads.perMillion)} for a million reads
that miss the edge's cache, beyond ten.

The rows of a year show growth that public servers reported (\`domain/capacity/growth.ts\` names
them); yours may differ. The disk of \`solo\` is the first that grows; it does so automatically, and
never shrinks again. Media grows with the accounts that members follow on other servers;
\`mastodon:upkeep\` deletes old copies.

\`solo\` is the least that holds a whole server at these prices: the smallest plans of both databases,
and of all pairs of pools the cheapest in which every pod has its place while a migration runs and
while a new version starts beside the old one (a test tries all of them). With fewer nodes each
deploy would be an outage. Databases inside the cluster would be cheaper, and nobody's backup.

\`large\` ends where the largest standard plan of Postgres ends: a server with more active members
needs a plan that this program does not offer yet.

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

/** The same for media. */
export function mediaWords(year: Grown | undefined): string {
  return year?.mediaGb === undefined
    ? UNKNOWN
    : `${year.mediaGb} GB, ${inDollars(year.mediaDollars)} a month on R2`;
}

/** Share of the database's size that a dump has (measured: 319 MB of 1,940 MB, zstd level 3). */
const DUMP_SHARE = 0.16;

/** Size and price of all dumps that are kept at one time; R2's free amount goes to the media. */
function dumpWords(profile: ProfileName, year: Grown | undefined): string {
  if (year === undefined) return UNKNOWN;
  const { backup } = profileConfig(profile, { backup: { recipient: `age1${"q".repeat(58)}` } });
  const { everyHours, keepDays, keepWeeklyDays, keepMonthlyDays } = backup!;
  const kept = (keepDays * 24) / everyHours + keepWeeklyDays / 7 + keepMonthlyDays / 30;
  const gb = Math.ceil(kept * DUMP_SHARE * year.databaseGb);
  return `${gb} GB, ${inDollars(gb * R2_PRICES.storage.perGb)} a month on R2`;
}

/**
 * A profile as a complete configuration. Names and ids are placeholders that do not affect a price.
 */
export function profileConfig(profile: ProfileName, more: object = {}): StackConfig {
  return parseConfig({
    profile,
    domain: "example.social",
    webDomain: "example.social",
    region: "nyc3",
    cluster: { version: "1.35.1-do.6" },
    cloudflare: { accountId: "0".repeat(32), zoneId: "0".repeat(32) },
    ...more,
  });
}
