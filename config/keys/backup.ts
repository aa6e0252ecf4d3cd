import { z } from "zod";
import { AGE_IDENTITY, AGE_RECIPIENT } from "../../facts/age.ts";
import { address, hourUtc, line, whole } from "./values.ts";

/** Forms of the interval between two dumps, hours: each divides a day. */
export const BACKUP_HOURS = [6, 12, 24] as const;

/** End of the message about another text. Its value is not shown if it is an identity. */
function noRecipient(input: unknown): string {
  return AGE_IDENTITY.test(String(input))
    ? "expected its recipient, age1 and what follows. An identity opens every dump, and is compromised by standing here: whoever can read this file can read all members' data. Make another pair by npm run backup -- key"
    : "expected an age recipient, age1 and 58 more characters, as npm run backup -- key prints it";
}

/** The key `backup`: encrypted dumps of the database outside DigitalOcean. */
export const backupSchema = z
  .strictObject({
    recipient: z
      .string()
      .regex(AGE_RECIPIENT, { error: ({ input }) => noRecipient(input) })
      .meta({
        description:
          "The public half of an age key: each dump is encrypted to it. `npm run backup -- key` makes the pair. The other half, the identity, opens every dump: it belongs into the escrow, and never into this file, CI or the cluster.",
        allowed: "an age recipient: age1 and 58 more characters",
        // Nobody has the identity of an example.
        examples: ["age1…"],
      }),
    everyHours: z
      .literal(BACKUP_HOURS)
      .default(24)
      .meta({
        description:
          "Hours between two dumps: what a lost database loses at most. The profiles solo and small have 6, medium and large 24, because a dump of a large database takes an hour.",
        examples: [6],
      }),
    hour: hourUtc(
      1,
      "Hour of the day's first dump, UTC; the others follow at equal distances. A dump and a migration exclude each other.",
    ).default(1),
    keepDays: whole(
      2,
      365,
      8,
      "Days for which no one may delete or overwrite a dump (R2's bucket lock), and after which it is deleted. The copies of a week and of a month are locked as long, and kept for longer.",
    ).default(8),
    keepWeeklyDays: whole(
      8,
      730,
      35,
      "Days after which the copy of each week's first good dump is deleted.",
    ).default(35),
    keepMonthlyDays: whole(
      32,
      3_650,
      100,
      "Days after which the copy of each month's first good dump is deleted.",
    ).default(100),
    second: z
      .strictObject({
        endpoint: address(
          "URL of its S3, without the bucket: of another company than DigitalOcean and Cloudflare.",
          "https://s3.eu-central-003.backblazeb2.com",
        ),
        bucket: line(
          "Its bucket. Make it by hand, with an object lock.",
          "example-social-dumps",
          63,
        ),
        region: line("Its region, in the words of its S3.", "eu-central-003", 63),
      })
      .optional()
      .meta({
        description:
          "A copy of each dump that neither CI nor Cloudflare's token can reach. Its key can write and not delete, is put in by hand (the secrets `backupSecondKeyId` and `backupSecondKey`), and its bucket is not made by this program.",
      }),
  })
  .optional()
  .meta({
    description:
      "Dumps of the database, encrypted and stored on R2: they survive the loss of the cluster, of the region and of the DigitalOcean account. Left out, there are none, and a preview warns.",
  });
