import { ONCE, type Clouds } from "./clouds.ts";
import type { RecoverWorld } from "./world.ts";
import { lookupOf } from "./finders.ts";
import type { Candidate } from "./finder.ts";
import { ask, isMissing, reasonOf } from "./presence.ts";
import { isMeant } from "./rewrite.ts";
import { nameOf, type StateResource } from "./state.ts";
import { kindOf } from "./types.ts";
import { shown } from "./words.ts";

/**
 * Duplicates: the state's resource, and another one with the same inputs. A cloud that hides a
 * resource for a while causes one: the refresh drops it, and the update creates it a second time. A
 * resource that is billed, protected or unique by name is never created twice (`domain/kept.ts`).
 */

/** Types that hold nothing. Of two of the same words either one can go. */
const DELETED: Readonly<Record<string, (clouds: Clouds, thing: Candidate) => Promise<unknown>>> = {
  "digitalocean:index/monitorAlert:MonitorAlert": async ({ digitalocean }, { id }) =>
    await digitalocean.monitoring.alerts.byAlert_uuid(id).delete({ options: [ONCE] }),
  "digitalocean:index/uptimeCheck:UptimeCheck": async ({ digitalocean }, { id }) =>
    await digitalocean.uptime.checks.byCheck_id(id).delete({ options: [ONCE] }),
  "digitalocean:index/uptimeAlert:UptimeAlert": async ({ digitalocean }, { id, importId }) =>
    await digitalocean.uptime.checks
      .byCheck_id(importId.split(",")[0])
      .alerts.byAlert_id(id)
      .delete({ options: [ONCE] }),
};

/** A resource of the state, and its duplicate. */
export interface Twice<Duplicate extends Candidate = Candidate> {
  readonly resource: StateResource;
  readonly candidate: Duplicate;
}

/** Parts of a world that deletes duplicates. */
type DeletingWorld = Pick<RecoverWorld, "say" | "confirm" | "now">;

/**
 * Deletes what is there twice and holds nothing, and names keys that nothing uses any more.
 * @returns whether nothing of it is left to do.
 */
export async function endTwice(
  resources: readonly StateResource[],
  clouds: Clouds,
  yes: boolean,
  world: DeletingWorld,
): Promise<boolean> {
  const twice: Twice[] = [];
  const held = new Set(resources.map(({ type, id }) => `${type} ${id}`));
  for (const resource of resources) {
    const finder = lookupOf(resource.type);
    const where = finder?.toldOnce?.where;
    if (finder === undefined || (where === undefined && !(resource.type in DELETED))) continue;
    const answer = await ask(() => finder.find(clouds, resource.inputs ?? {}), clouds.patience);
    // A part of a thing that is gone.
    if (isMissing(answer)) continue;
    if (answer.kind !== "value") {
      world.say(
        `Whether ${nameOf(resource)} is there twice is not known: ${reasonOf(answer)}. Fix the reason, or wait, and run this again.`,
      );
      return false;
    }
    // What was just adopted stands there by its import id, until a refresh has read it.
    const isHeld = ({ id, importId }: Candidate): boolean =>
      [id, importId].some((each) => held.has(`${resource.type} ${each}`));
    for (const candidate of answer.value.filter((each) => !isHeld(each)))
      if (where === undefined) twice.push({ resource, candidate });
      else
        world.say(
          `drop      ${nameOf(resource)} (${kindOf(resource)}): the state has another one\n          left over: ${shown(candidate, world.now())}. Delete it in ${where}, or it stays.`,
        );
  }
  nameTwice(twice, world);
  return await deleteTwice(twice, yes, clouds, world, async ({ resource, candidate }) => {
    await DELETED[resource.type]?.(clouds, candidate);
  });
}

/** Reports duplicates, with the resource of the state that each equals. */
export function nameTwice(twice: readonly Twice[], { say, now }: DeletingWorld): void {
  for (const { resource, candidate } of twice)
    say(
      `delete    ${nameOf(resource)} (${kindOf(resource)}): the state has the same as ${resource.id}\n          there twice: ${shown(candidate, now())}`,
    );
}

/**
 * Deletes duplicates if the operator means it, up to the first one that can't be deleted.
 * @returns whether none is left.
 */
export async function deleteTwice<Duplicate extends Candidate>(
  twice: readonly Twice<Duplicate>[],
  yes: boolean,
  { patience }: Clouds,
  world: DeletingWorld,
  remove: (each: Twice<Duplicate>) => Promise<unknown>,
): Promise<boolean> {
  if (twice.length === 0) return true;
  if (!(await isMeant(yes, "Delete what is there twice?", world))) return false;
  for (const each of twice) {
    const ended = await ask(() => remove(each), patience);
    if (ended.kind === "value" || isMissing(ended)) continue;
    world.say(
      `${each.candidate.id} (${kindOf(each.resource)}) is not deleted: ${reasonOf(ended)}. Run this again.`,
    );
    return false;
  }
  world.say(`Deleted: ${twice.length}.`);
  return true;
}
