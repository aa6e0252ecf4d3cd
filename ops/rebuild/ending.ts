import { nameOf } from "./journal.ts";
import type { NightAtWork } from "./plan.ts";
import { checkFromOutside, type Checked, type Identity } from "./verify.ts";
import type { StackPlace } from "../stack-file/place.ts";
import type { RebuildWorld } from "./world.ts";

/** The end of a night: the check from outside, the second preview, and the last sentence. */

/** The file with the server's identity from outside. */
const SEEN = "outside.json";

/** Questions to the edge until it answers, and the pause between, milliseconds. */
const TRIES = 36;
const PAUSE_MS = 5_000;

/** Asks the edge until it answers as before, for three minutes. */
export async function checkedFromOutside({
  options,
  config,
  world,
  shelf,
}: Omit<NightAtWork, "journal" | "left">): Promise<
  Checked & { readonly before: Identity | undefined }
> {
  const before = (await shelf.read(new RegExp(`^${SEEN}$`, "u")))[0] as Identity | undefined;
  for (let tries = 1; ; tries += 1) {
    const checked = await checkFromOutside(config, world.outside, before, options.account);
    if (checked.faults.length === 0 || tries >= TRIES) return { ...checked, before };
    await world.wait(PAUSE_MS);
  }
}

/**
 * `npm run rebuild -- remember`. Notes on a good day by which public keys other servers know this
 * one, so that a later night is compared with them.
 * @returns whether the server answers, with the keys of before.
 */
export async function remember(night: Omit<NightAtWork, "journal" | "left">): Promise<boolean> {
  const { config, world, shelf } = night;
  const { faults, identity } = await checkedFromOutside(night);
  if (faults.length > 0) {
    world.say([`${config.domain} is not well, so nothing was noted:`, ...faults].join("\n  "));
    return false;
  }
  await shelf.write(SEEN, identity);
  world.say(
    `Noted: the public keys of ${Object.keys(identity.keys).length} actors of ${config.domain}. A night ends well only with the same ones.`,
  );
  return true;
}

/** Checks from outside, and says the last sentence. */
export async function ended(night: NightAtWork, expected: number): Promise<boolean> {
  const { options, config, world, shelf, journal } = night;
  const { before, ...checked } = await checkedFromOutside(night);
  const faults = [...checked.faults, ...(await previewFaults(options, world))];
  const minutes = (world.now().getTime() - Date.parse(journal.begun)) / 1_000;
  if (faults.length > 0) {
    world.say(
      [
        `${config.domain} is not as before:`,
        ...faults.map((fault) => `  ${fault}`),
        `Run \`npm run rebuild -- ${journal.part}\` again: it checks once more.`,
      ].join("\n"),
    );
    return false;
  }
  const done = { ...journal, ended: world.now().toISOString() };
  await shelf.write(nameOf(done), done);
  await shelf.write(SEEN, checked.identity);
  world.say(
    [
      `${config.domain} answers again, after ${inWords(minutes)} (estimated ${inWords(expected)}). Lost: ${journal.lost}.`,
      `  ${[...checked.well, "second preview empty"].join(", ")}`,
      ...(before === undefined
        ? ["  No actor key of before was remembered, so none was compared. From now on it is."]
        : []),
      ...(night.left.length === 0 ? ["Left for you: nothing."] : ["Left for you:", ...night.left]),
    ].join("\n"),
  );
  return true;
}

const inWords = (seconds: number): string =>
  `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/** Kinds of steps that change nothing. */
const QUIET: ReadonlySet<string> = new Set(["same", "read", "refresh", "discard"]);

async function previewFaults(place: StackPlace, world: RebuildWorld): Promise<readonly string[]> {
  const { failure, changes } = await world.engine.preview(place);
  if (failure !== undefined) return [`second preview: ${failure}`];
  const open = Object.entries(changes).filter(([op, count = 0]) => !QUIET.has(op) && count > 0);
  return open.length === 0
    ? []
    : [`second preview: ${open.map(([op, count]) => `${count} ${op}`).join(", ")}`];
}
