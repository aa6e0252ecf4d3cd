import { MADE_ONCE } from "../../config/schema/anew.ts";
import { FINDERS } from "../recover/finders.ts";
import { readExport, type Properties } from "../recover/state.ts";
import { STACK } from "../recover/types.ts";
import { adopt, type AdoptOptions, type AdoptWorld } from "./command.ts";

/**
 * Takes into the state again what a refresh has forgotten: what the program has at a cloud, the
 * state lacks, and is there. An update would make it a second time, or be refused because the name
 * is taken. Only in a stack that an update has brought to its end; before that, `npm run recover`
 * goes by what was pending.
 * @returns whether all of it is in the state now, or something is left to ask.
 * @throws Error in a sentence for the operator.
 */
export async function adoptForgotten(
  options: Omit<AdoptOptions, "names">,
  world: AdoptWorld,
): Promise<"nothing" | "adopted" | "open"> {
  const { stack, cwd } = options;
  const state = readExport(await world.pulumi(cwd)(["stack", "export", "--stack", stack]));
  const { resources: held = [] } = state.deployment;
  const running = held.find(({ type }) => type === STACK)?.outputs?.["running"] as
    Properties | undefined;
  if (running === undefined) return "nothing";
  const plan = await world.plan(stack, cwd);
  const there = new Set(held.map(({ urn }) => urn));
  const lacking = plan.resources.filter(
    ({ type, urn, name }) => isFound(type) && !there.has(urn) && wasLeft(name, running["kept"]),
  );
  if (lacking.length === 0) return "nothing";
  world.say(
    `The state of ${stack} lacks ${lacking.length} of what its stack file has at the clouds:`,
  );
  const names = lacking.map(({ urn }) => urn);
  const again = { ...world, plan: () => Promise.resolve(plan) };
  return (await adopt({ ...options, names }, again)) ? "adopted" : "open";
}

/**
 * Whether the last update may have left it. What is new in the stack file, and is made once, may be
 * another stack's of the same name: a tunnel, a bucket.
 */
function wasLeft(name: string, kept: unknown): boolean {
  const isOnce = (MADE_ONCE as readonly string[]).includes(name);
  return !isOnce || kept === undefined || name in (kept as object);
}

/** Whether a type can be found at its cloud. A key whose secret is told once is made again. */
function isFound(type: string): boolean {
  const finder = FINDERS[type];
  return finder?.kind === "find" && finder.toldOnce === undefined;
}
