import { MADE_ONCE } from "../../config/keys/anew.ts";
import { lookupOf } from "../recover/finders.ts";
import type { Properties, StateResource } from "../recover/state.ts";
import { kindOf, STACK } from "../recover/types.ts";
import { adopt, type AdoptOptions } from "./command.ts";
import type { AdoptWorld } from "./world.ts";
import { lookForAll } from "./look.ts";
import type { Planned, StackPlan } from "./planned.ts";
import { linesOf } from "./words.ts";

/**
 * Takes into the state again what a refresh has forgotten: what the program has at a cloud, the
 * state lacks, and is there. An update would make it a second time, or be refused because the name
 * is taken. Before the first update has come to its end what is there may be another stack's: it is
 * shown, and a person says whose it is.
 * @param held resources that the state has.
 * @returns whether all of it is in the state now, or something is left to ask.
 * @throws Error in a sentence for the operator.
 */
export async function adoptForgotten(
  held: readonly StateResource[],
  options: Omit<AdoptOptions, "names">,
  world: AdoptWorld,
): Promise<"nothing" | "adopted" | "open"> {
  const { stack, cwd } = options;
  const root = held.find(({ type }) => type === STACK);
  // Nothing was ever made in it.
  if (root === undefined) return "nothing";
  const running = root.outputs?.["running"] as Properties | undefined;
  const plan = await world.plan(stack, cwd);
  const there = new Set(held.map(({ urn }) => urn));
  const absent = plan.resources.filter(({ urn }) => !there.has(urn));
  if (running === undefined)
    return await shown(
      held,
      plan,
      absent.filter(({ type }) => isFound(type)),
      options,
      world,
    );
  const left = absent.filter(({ name }) => wasLeft(name, running["kept"]));
  // What belongs to a thing that was never made, a new replica's firewall, was not made either.
  const never = new Set<unknown>(
    absent.flatMap((each) => (left.includes(each) ? [] : [each.idMark, each.uuidMark])),
  );
  const lacking = left.filter(
    ({ type, inputs }) =>
      isFound(type) && !isToldOnce(type) && !Object.values(inputs).some((each) => never.has(each)),
  );
  if (lacking.length === 0) return "nothing";
  world.say(
    `The state of ${stack} lacks ${lacking.length} of what its stack file has at the clouds:`,
  );
  const names = lacking.map(({ urn }) => urn);
  const again = { ...world, plan: () => Promise.resolve(plan) };
  return (await adopt({ ...options, names }, again)) ? "adopted" : "open";
}

/** Shows what an update that failed may have made, with the line that puts it at its place. */
async function shown(
  held: readonly StateResource[],
  { resources }: StackPlan,
  lacking: readonly Planned[],
  { answered }: Pick<AdoptOptions, "answered">,
  world: AdoptWorld,
): Promise<"nothing" | "open"> {
  const clouds = await world.clouds();
  const wanted = new Set(lacking.map(({ urn }) => urn));
  const open = (id: string) => world.cluster(clouds, id);
  // Nothing has lived in it.
  const since = undefined;
  const { looks } = await lookForAll({ resources, wanted, held, clouds, open, answered, since });
  const found = looks.flatMap((look) =>
    look.word === "there" && look.candidate !== undefined ? [look] : [],
  );
  for (const { planned, id } of found)
    world.say(
      `ask       ${planned.name} (${kindOf(planned)}): it is there, as ${id}, and stands in no state\n          If the update that failed made it: npm run state -- adopt ${planned.name}\n          If not, it is another stack's: this one needs a name, a zone or an account of its own.`,
    );
  for (const look of looks)
    if (look.word === "none" && look.left !== undefined)
      world.say(linesOf(look, world.now()).join("\n"));
  return found.length === 0 ? "nothing" : "open";
}

/**
 * Whether the last update may have left it. What is new in the stack file, and is made once, may be
 * another stack's of the same name: a tunnel, a bucket.
 */
function wasLeft(name: string, kept: unknown): boolean {
  const isOnce = (MADE_ONCE as readonly string[]).includes(name);
  return !isOnce || kept === undefined || name in (kept as object);
}

/** A setting of the zone, which is always there. */
const TIERED_CACHE = "cloudflare:index/tieredCache:TieredCache";

/** Whether a type can be found at its cloud. */
function isFound(type: string): boolean {
  return type !== TIERED_CACHE && lookupOf(type) !== undefined;
}

/** Whether it is a key, which is made again: its secret was told once. */
function isToldOnce(type: string): boolean {
  return lookupOf(type)?.toldOnce !== undefined;
}
