import type { Answered } from "../recover/plan.ts";
import { isInPlace, type PendingOperation, type Properties, readExport } from "../recover/state.ts";
import { isMeant, writeState } from "../recover/rewrite.ts";
import { STACK } from "../recover/types.ts";
import { openEnding } from "../recover/words.ts";
import type { OpenCluster } from "./in-cluster.ts";
import { lookForAll } from "./look.ts";
import { hasLived, livedSince, runningOf } from "./memory.ts";
import type { Planned } from "./planned.ts";
import { withKeysMade } from "./spaces.ts";
import { withFound } from "./state.ts";
import { linesOf } from "./words.ts";
import type { AdoptWorld } from "./world.ts";

/** Options of the command line. */
export interface AdoptOptions {
  readonly stack: string;
  readonly cwd: string;
  /** Names or URNs of resources; none: everything that the state lacks. */
  readonly names: readonly string[];
  readonly answered: Answered;
  readonly yes: boolean;
  /** Whether the first update never finished: then the state has no record of a server. */
  readonly isUnfinished?: boolean;
}

/**
 * `npm run state -- adopt`. Adopts into the state what exists at the clouds and in the cluster, and
 * the state lacks.
 * @returns whether nothing is left to do here: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function adopt(options: AdoptOptions, world: AdoptWorld): Promise<boolean> {
  const { stack, cwd, names, answered, yes, isUnfinished = false } = options;
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const state = readExport(before);
  refusePending(state.deployment.pending_operations ?? [], stack);
  const plan = await world.plan(stack, cwd);
  const held = state.deployment.resources ?? [];
  const lacking = plan.resources.filter(
    ({ custom, urn }) => custom && !held.some((each) => each.urn === urn && isInPlace(each)),
  );
  const wanted = wantedOf(names, lacking, plan.resources);
  mustBeNamed([...answered.keys()], lacking);
  const clouds = await world.clouds();
  const { resources } = plan;
  const open = (id: string): Promise<OpenCluster> => world.cluster(clouds, id);
  const since = livedSince(held, plan.outputs["running"] as Properties | undefined);
  const found = await lookForAll({ resources, wanted, held, clouds, open, answered, since });
  const { looks, marks, cluster } = found;
  for (const look of looks) world.say(linesOf(look, world.now()).join("\n"));
  if (looks.some(({ word }) => word === "ask" || word === "unknown")) {
    world.say(openEnding(new Set(looks.map(({ word }) => word))));
    return false;
  }
  // A zone has its settings from its creation: they alone don't prove a server.
  if (!looks.some((look) => look.word === "there" && look.candidate !== undefined)) {
    world.say(`The state of ${stack} lacks nothing that exists; nothing was changed.`);
    return true;
  }
  const isKnown = held.some(({ type, outputs }) => type === STACK && outputs?.["running"]);
  // A failed first update has started no server, so nothing is recorded of one.
  const lived = !isUnfinished && (held.length === 0 || hasLived(looks));
  const running =
    lived && !isKnown
      ? runningOf(plan.outputs["running"] as Properties, looks, world.now())
      : undefined;
  if (!(await isMeant(yes, "Write this into the state?", world))) return false;
  const made = await withKeysMade(looks, marks, clouds);
  const after = withFound(state, made, { plan, marks, cluster, running, now: world.now() });
  const again = "npm run state -- adopt";
  await writeState({ stack, cwd, before, after, again }, world);
  world.say(
    [
      "Written. Next, and before anything else:",
      `  npm run preview -- --stack ${stack} --refresh   it must replace and delete nothing`,
      `  npm run up -- --stack ${stack} --refresh        it reads what was adopted and makes the rest`,
    ].join("\n"),
  );
  return true;
}

/** Recovery of an interrupted update comes first: both commands change the state. */
function refusePending(pending: readonly PendingOperation[], stack: string): void {
  if (pending.length > 0)
    throw new Error(
      `The last update of the stack ${stack} was cut off, and its state says what it was making. Nothing was changed. Run \`npm run recover -- --stack ${stack}\` first.`,
    );
}

/** The resources to look for. @throws Error for a name that none of them has. */
function wantedOf(
  names: readonly string[],
  lacking: readonly Planned[],
  planned: readonly Planned[],
): ReadonlySet<string> {
  for (const name of names)
    if (!planned.some((each) => isNamed(each, name)))
      throw new Error(
        `The program has no resource ${name}. Nothing was changed. Name one as \`npm run preview\` does, or none: then all that the state lacks is looked for.`,
      );
  const wanted =
    names.length === 0
      ? lacking
      : lacking.filter((each) => names.some((name) => isNamed(each, name)));
  return new Set(wanted.map(({ urn }) => urn));
}

function mustBeNamed(answers: readonly string[], lacking: readonly Planned[]): void {
  for (const name of answers)
    if (!lacking.some((each) => isNamed(each, name)))
      throw new Error(
        `--adopt ${name}=…: the state lacks no resource of this name. Nothing was changed. Run \`npm run state -- adopt\` alone; it prints the names.`,
      );
}

const isNamed = ({ name, urn }: Planned, given: string): boolean => name === given || urn === given;
