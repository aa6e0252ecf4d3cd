import type { LockedPart } from "./bucket.ts";
import {
  copiesIn,
  faultOf,
  LOCKED,
  locksOf,
  newestWhole,
  whoseOf,
  type Copy,
  type KeepWorld,
  type Place,
} from "./keep.ts";

/**
 * `npm run state -- check`. Reports whether a state is whole, which of its copies are, and whether
 * they are locked against deletion. Read-only.
 * @returns whether all checks pass.
 */
export async function check(place: Place, world: KeepWorld): Promise<boolean> {
  const { stack, cwd } = place;
  const whose = await whoseOf(place);
  const bucket = await world.bucket();
  const { own, copies } = await copiesIn(bucket, place, whose);
  const newest = newestWhole(copies);
  const faults: string[] = [];
  world.say(`The state of ${stack} in ${bucket.where}:`);
  const fault = faultOf(own, newest);
  if (own !== undefined) world.say(`  state     ${lineOf(own)}`);
  if (fault !== undefined) faults.push(fault);
  else {
    // The CLI's own check: it detects a wrong passphrase.
    const failed = await world
      .pulumi(cwd)(["stack", "export", "--stack", stack])
      .then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    if (failed !== undefined) faults.push(`The CLI can't read it: ${failed}`);
  }
  for (const copy of copies) world.say(`  copy      ${lineOf(copy)}`);
  if (newest === undefined) faults.push("There is no whole copy beside it.");
  for (const { key, modified } of await locksOf(bucket, place))
    faults.push(
      `It is locked since ${modified.toISOString()} (${key}): an update runs, or one was killed. Make sure that it has ended, then \`pulumi cancel --stack ${stack}\` and \`npm run recover\`.`,
    );
  if (bucket.locks !== undefined) faults.push(...lockFaults(await bucket.locks()));
  for (const each of faults) world.say(each);
  if (fault !== undefined)
    world.say(
      newest === undefined
        ? "Next: npm run state -- restore FILE, with an artifact of a deploy, or what `backup` wrote."
        : "Next: npm run state -- restore",
    );
  else if (newest === undefined)
    world.say("Next: npm run state -- backup. Keep the file elsewhere.");
  if (faults.length === 0) world.say("All is well.");
  return faults.length === 0;
}

/** The line about one copy. */
export function lineOf({ where, judged: { word, ...more } }: Copy): string {
  if ("why" in more) return `${where}: ${word}, ${more.why}`;
  return `${where}: whole, ${more.copy.resources} resources, as of ${more.copy.time}`;
}

/** Faults in a bucket's lock rules, in sentences. */
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
