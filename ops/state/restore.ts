import { isMeant } from "../recover/rewrite.ts";
import { lineOf } from "./check.ts";
import {
  copiesIn,
  copyInFile,
  faultOf,
  locksOf,
  newestWhole,
  whoseOf,
  type KeepWorld,
  type Place,
} from "./keep.ts";

/** Options of the command line. */
export interface RestoreOptions extends Place {
  /** A local copy; undefined: the newest whole one in the backend. */
  readonly file: string | undefined;
  readonly yes: boolean;
}

/**
 * `npm run state -- restore`. Replaces a truncated, empty, missing or foreign state by its newest
 * whole copy.
 * @returns whether the state is whole.
 * @throws Error in a sentence for the operator.
 */
export async function restore(options: RestoreOptions, world: KeepWorld): Promise<boolean> {
  const { stack, cwd, file, yes } = options;
  const whose = await whoseOf(options);
  const bucket = await world.bucket();
  const [lock] = await locksOf(bucket, options);
  // The lock's holder may still run, and would overwrite the restored state.
  if (lock !== undefined)
    throw new Error(
      `The stack ${stack} is locked since ${lock.modified.toISOString()} (${lock.key}). Nothing was changed. Make sure that its holder has ended (a deploy's run, another machine), then \`pulumi cancel --stack ${stack}\`, then this command again.`,
    );
  const { own, copies } = await copiesIn(bucket, options, whose);
  const all = file === undefined ? copies : [await copyInFile(file, whose)];
  const newest = newestWhole(all);
  const fault = faultOf(own, newest);
  if (own !== undefined) world.say(`state  ${lineOf(own)}`);
  if (fault !== undefined) world.say(fault);
  for (const copy of all) world.say(`copy   ${lineOf(copy)}`);
  if (fault === undefined && file === undefined) {
    world.say("The state is whole; nothing was changed. To put a copy over it, name its file.");
    return true;
  }
  if (newest === undefined) {
    world.say(
      file === undefined
        ? 'No copy is whole; nothing was changed. Give a file: an artifact of a deploy, or of `backup`. Without one: docs/operate.md, "The state is lost".'
        : "This copy is not whole; nothing was changed.",
    );
    return false;
  }
  if (!(await isMeant(yes, `Put ${newest.where} in the state's place?`, world))) return false;
  const pulumi = world.pulumi(cwd);
  // Without a state file the CLI knows no stack of this name.
  if (own === undefined) await pulumi(["stack", "init", stack]);
  await pulumi(["stack", "import", "--stack", stack], JSON.stringify(newest.whole.export));
  world.say(
    [
      `Written: ${newest.whole.resources} resources, as of ${newest.whole.time}. What was made after that is not in it. Next:`,
      `  npm run recover -- --stack ${stack}`,
      `  npm run state -- adopt --stack ${stack}                what was made since then`,
      `  npm run preview -- --stack ${stack} --refresh   it must replace and delete nothing`,
    ].join("\n"),
  );
  return true;
}
