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

interface Twice {
  readonly resource: StateResource;
  readonly candidate: Candidate;
}

/**
 * Deletes what is there twice and holds nothing, and names keys that nothing uses any more.
 * @returns whether nothing of it is left to do.
 */
export async function endTwice(
  resources: readonly StateResource[],
  clouds: Clouds,
  yes: boolean,
  world: Pick<RecoverWorld, "say" | "confirm" | "now">,
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
  if (twice.length === 0) return true;
  for (const { resource, candidate } of twice)
    world.say(
      `delete    ${nameOf(resource)} (${kindOf(resource)}): the state has the same as ${resource.id}\n          there twice: ${shown(candidate, world.now())}`,
    );
  return (await isMeant(yes, "Delete what is there twice?", world))
    ? await deleted(twice, clouds, world)
    : false;
}

async function deleted(
  twice: readonly Twice[],
  clouds: Clouds,
  { say }: Pick<RecoverWorld, "say">,
): Promise<boolean> {
  for (const { resource, candidate } of twice) {
    const ended = await ask(
      async () => await DELETED[resource.type]?.(clouds, candidate),
      clouds.patience,
    );
    if (ended.kind === "value" || isMissing(ended)) continue;
    say(
      `${candidate.id} (${kindOf(resource)}) is not deleted: ${reasonOf(ended)}. Run this again.`,
    );
    return false;
  }
  say(`Deleted: ${twice.length}.`);
  return true;
}
