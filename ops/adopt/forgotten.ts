import { MADE_ONCE } from "../../config/keys/anew.ts";
import { lookupOf } from "../recover/finders.ts";
import { isInPlace, type Properties, type StateResource } from "../recover/state.ts";
import { CLUSTER, isInKubernetes, kindOf, KUBERNETES_PROVIDER, STACK } from "../recover/types.ts";
import { toDo } from "../recover/words.ts";
import { adopt, type AdoptOptions } from "./command.ts";
import type { AdoptWorld } from "./world.ts";
import { lookForAll } from "./look.ts";
import type { Planned, StackPlan } from "./planned.ts";
import { linesOf } from "./words.ts";

/** The result: nothing was missing, it is adopted, or a question is open. */
export type Outcome = "nothing" | "adopted" | "open";

/**
 * Adopts resources that a refresh dropped, or whose create failed after its effect. The program has
 * them, the state lacks them, and they exist. An update would create them a second time, or fail
 * because the name is taken.
 *
 * Before the first update has finished, resources at the clouds may belong to another stack. They
 * are listed, and the operator decides. The stack's own cluster contains only its own objects.
 * @param held resources in the state.
 * @throws Error in a sentence for the operator.
 */
export async function adoptForgotten(
  held: readonly StateResource[],
  options: Omit<AdoptOptions, "names">,
  world: AdoptWorld,
): Promise<Outcome> {
  const { stack, cwd } = options;
  const root = held.find(({ type }) => type === STACK);
  // The stack has never had a resource.
  if (root === undefined) return "nothing";
  const running = root.outputs?.["running"] as Properties | undefined;
  const plan = await world.plan(stack, cwd);
  const there = new Set(held.filter(isInPlace).map(({ urn }) => urn));
  const absent = plan.resources.filter(({ urn }) => !there.has(urn));
  const again = { ...world, plan: () => Promise.resolve(plan) };
  const objects = absent.filter((each) => isInside(each, held));
  if (running === undefined) {
    const atClouds = absent.filter(({ type }) => isFound(type));
    return await afterFirst(held, plan, [...atClouds, ...objects], options, again);
  }
  const left = absent.filter(({ name }) => wasLeft(name, running["kept"]));
  // Dependents of a resource that was never created don't exist either: a new replica's firewall.
  const never = new Set<unknown>(
    absent.flatMap((each) => (left.includes(each) ? [] : [each.idMark, each.uuidMark])),
  );
  const lacking = left.filter(
    ({ type, inputs }) =>
      isFound(type) && !isToldOnce(type) && !Object.values(inputs).some((each) => never.has(each)),
  );
  const names = [...lacking, ...objects].map(({ urn }) => urn);
  if (names.length === 0) return "nothing";
  world.say(`The state of ${stack} lacks ${names.length} of what its stack file asks for:`);
  return (await adopt({ ...options, names }, again)) ? "adopted" : "open";
}

/**
 * Adopts what a failed first update created in the stack's own cluster. Lists what it may have
 * created at the clouds, each with the command that adopts it.
 */
async function afterFirst(
  held: readonly StateResource[],
  { resources }: StackPlan,
  lacking: readonly Planned[],
  options: Omit<AdoptOptions, "names">,
  world: AdoptWorld,
): Promise<Outcome> {
  const { answered } = options;
  const clouds = await world.clouds();
  const wanted = new Set(lacking.map(({ urn }) => urn));
  const open = (id: string) => world.cluster(clouds, id);
  // No server has run in it.
  const since = undefined;
  const all = await lookForAll({ resources, wanted, held, clouds, open, answered, since });
  const looks = all.looks.filter(({ planned }) => !isInKubernetes(planned));
  const objects = all.looks.filter((look) => isInKubernetes(look.planned) && look.word !== "none");
  const names = objects.map(({ planned }) => planned.urn);
  // Lists each resource, and adopts none if one is ambiguous or unknown.
  const isTaken =
    names.length === 0 || (await adopt({ ...options, names, isUnfinished: true }, world));
  const found = looks.flatMap((look) =>
    look.word === "there" && look.candidate !== undefined ? [look] : [],
  );
  for (const { planned, id } of found)
    world.say(
      `ask       ${planned.name} (${kindOf(planned)}): it is there, as ${id}, and stands in no state\n          If the update that failed made it: npm run state -- adopt ${planned.name}\n          If not, it is another stack's: this one needs a name, a zone or an account of its own.`,
    );
  const undecided = looks.filter(({ word }) => word === "ask" || word === "unknown");
  const left = looks.filter((look) => look.word === "none" && look.left !== undefined);
  for (const look of [...undecided, ...left]) world.say(linesOf(look, world.now()).join("\n"));
  if (undecided.length > 0) world.say(toDo(new Set(undecided.map(({ word }) => word))));
  if (found.length + undecided.length > 0 || !isTaken) return "open";
  return names.length > 0 ? "adopted" : "nothing";
}

/**
 * Whether it is an object in the cluster of the state. Without that cluster there is nothing to
 * query: cluster and provider come into the state before the first object.
 */
function isInside(planned: Planned, held: readonly StateResource[]): boolean {
  const isProvider = ({ type, urn }: StateResource): boolean =>
    type === KUBERNETES_PROVIDER && planned.provider.startsWith(`${urn}::`);
  return (
    isInKubernetes(planned) && held.some(({ type }) => type === CLUSTER) && held.some(isProvider)
  );
}

/**
 * Whether the last update may have created it. A resource that is new in the stack file and created
 * once may be another stack's of the same name: a tunnel, a bucket.
 */
function wasLeft(name: string, kept: unknown): boolean {
  const isOnce = (MADE_ONCE as readonly string[]).includes(name);
  return !isOnce || kept === undefined || name in (kept as object);
}

/** A zone setting, which always exists. */
const TIERED_CACHE = "cloudflare:index/tieredCache:TieredCache";

/** Whether a type can be looked up at its cloud. */
function isFound(type: string): boolean {
  return type !== TIERED_CACHE && lookupOf(type) !== undefined;
}

/** Whether it is a key, which is replaced: its secret is shown only at its creation. */
function isToldOnce(type: string): boolean {
  return lookupOf(type)?.toldOnce !== undefined;
}
