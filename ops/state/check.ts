import type { LockedPart } from "./bucket.ts";
import { judged } from "./copies.ts";
import {
  copiesIn,
  LOCKED,
  locksOf,
  newestWhole,
  whoseOf,
  type Copy,
  type KeepWorld,
  type Place,
} from "./keep.ts";

/**
 * `npm run state -- check`. Says whether a state is whole, which copies of it are, and whether they
 * are locked against deletion. Changes nothing.
 * @returns whether all is well.
 */
export async function check(place: Place, world: KeepWorld): Promise<boolean> {
  const { stack, cwd } = place;
  const whose = await whoseOf(place);
  const bucket = await world.bucket();
  const { own, copies } = await copiesIn(bucket, place, whose);
  const newest = newestWhole(copies);
  const faults: string[] = [];
  world.say(`The state of ${stack} in ${bucket.where}:`);
  if (own === undefined) faults.push("There is no state file.");
  else {
    world.say(`  state     ${lineOf(own)}`);
    if (own.judged.word !== "whole") faults.push("The state file is not whole.");
    else {
      // What the CLI makes of it: a passphrase that is another one shows here.
      const told = await world
        .pulumi(cwd)(["stack", "export", "--stack", stack])
        .then(
          (text) => judged(text, whose),
          (error: unknown) => error,
        );
      if (told instanceof Error) faults.push(`The CLI can't read it: ${told.message}`);
    }
  }
  for (const copy of copies) world.say(`  copy      ${lineOf(copy)}`);
  if (newest === undefined) faults.push("There is no whole copy beside it.");
  for (const { key, modified } of await locksOf(bucket, place))
    faults.push(
      `It is locked since ${modified.toISOString()} (${key}): an update runs, or one was killed. Make sure that it has ended, then \`pulumi cancel --stack ${stack}\` and \`npm run recover\`.`,
    );
  if (bucket.locks !== undefined) faults.push(...lockFaults(await bucket.locks()));
  for (const fault of faults) world.say(fault);
  if (own?.judged.word !== "whole" || newest === undefined)
    world.say(
      own?.judged.word === "whole"
        ? "Next: npm run state -- backup, and keep the file elsewhere."
        : `Next: npm run state -- restore. ${newest === undefined ? "Give it a file: an artifact of a deploy, or of `backup`." : ""}`,
    );
  if (faults.length === 0) world.say("All is well.");
  return faults.length === 0;
}

/** The line about one copy. */
export function lineOf({ where, judged: { word, ...more } }: Copy): string {
  if ("why" in more) return `${where}: ${word}, ${more.why}`;
  return `${where}: whole, ${more.copy.resources} resources, as of ${more.copy.time}`;
}

/** What is wrong with a bucket's lock rules. */
export function lockFaults(rules: readonly LockedPart[]): readonly string[] {
  const missing = LOCKED.filter(
    (prefix) => !rules.some((rule) => rule.prefix === prefix && rule.days > 0),
  ).map(
    (prefix) =>
      `${prefix} is not locked: whoever has the key can delete the history. Run \`npm run state -- init\`.`,
  );
  const tooWide = rules
    .filter(({ prefix }) =>
      [".pulumi/stacks/", ".pulumi/locks/"].some((part) => overlaps(part, prefix)),
    )
    .map(
      ({ prefix }) =>
        `A rule locks "${prefix}", and with it what each update writes anew: every update is refused. Take the rule out in Cloudflare's dashboard (R2, the bucket, Settings, Bucket lock rules).`,
    );
  return [...missing, ...tooWide];
}

const overlaps = (part: string, prefix: string): boolean =>
  part.startsWith(prefix) || prefix.startsWith(part);
