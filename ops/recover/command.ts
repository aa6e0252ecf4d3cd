import { Command, Option } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { CLOUD_MINUTES } from "../../config/update-time.ts";
import { pulumiCli, type RunPulumi } from "../secrets/pulumi.ts";
import { openClouds } from "./clouds.ts";
import { hasTags, leftOversOf } from "./left-overs.ts";
import { holderOf, judgeHere, locksOf } from "./lock.ts";
import { type Answered, decideAll, type Decision } from "./plan.ts";
import { recoverCluster } from "./cluster.ts";
import { rewriteState } from "./rewrite.ts";
import {
  nameOf,
  readExport,
  type StackExport,
  standing,
  type StateResource,
  withAdopted,
} from "./state.ts";
import { tokensIn } from "./tokens.ts";
import { endTwice } from "./twice.ts";
import { linesOf, linesOfLeftOver, openEnding } from "./words.ts";
import type { CommonOptions, RecoverWorld } from "./world.ts";

/** The world of a person at a terminal, with the tokens of `docs/operate.md`. */
export function terminalWorld(
  confirm: RecoverWorld["confirm"],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RecoverWorld {
  return {
    say: (text) => console.log(text),
    confirm,
    now: () => new Date(),
    pulumi: (cwd) => pulumiCli({ cwd }),
    cwd: process.cwd(),
    judge: judgeHere,
    wait: sleep,
    clouds: async () => await openClouds(tokensIn(environment)),
  };
}

interface Options extends CommonOptions {
  readonly adopt: Answered;
  /** Minutes. */
  readonly wait: number;
}

/** The pause before what is at work still is looked at again, milliseconds. */
const PAUSE_MS = 10_000;

/**
 * `npm run recover`. Takes into the state what an update that was cut off has made.
 * @param args what stands behind the `--`.
 * @returns whether nothing is left to do here: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function runRecover(args: readonly string[], world: RecoverWorld): Promise<boolean> {
  let well = true;
  const program = new Command("npm run recover --")
    .description("Takes into the state what an update that was cut off has made.")
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", world.cwd)
    .option("--yes", "don't ask", false)
    .option(
      "--wait <minutes>",
      "so long it waits for what was found and is at work still",
      minutesIn,
      CLOUD_MINUTES,
    )
    .addOption(adoptOption())
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say })
    .action(async (options: Options) => {
      well = await recover(options, world);
    });
  program
    .command("cluster")
    .description("Takes a cluster out of the state, if DigitalOcean says that it is gone.")
    .action(async () => {
      well = await recoverCluster(program.opts<Options>(), world);
    });
  program
    .command("fence")
    .description("Shuts an old world out that may wake up: tunnel, media, databases, its cluster.")
    .option("--old-world-is-dead", "go on though connectors stay", false)
    .action(async ({ oldWorldIsDead }: { readonly oldWorldIsDead: boolean }) => {
      // Changes the stack file, by a package that a deploy does not install.
      const { fence } = await import("./fence.ts");
      well = await fence({ ...program.opts<Options>(), oldWorldIsDead }, world);
    });
  program
    .command("old-clusters")
    .description("Deletes clusters of this stack that its state no longer holds.")
    .action(async () => {
      const { deleteOldClusters } = await import("./old-clusters.ts");
      well = await deleteOldClusters(program.opts<Options>(), world);
    });
  await program.parseAsync(args, { from: "user" });
  return well;
}

async function recover(options: Options, world: RecoverWorld): Promise<boolean> {
  const { stack, cwd, yes } = options;
  const pulumi = world.pulumi(cwd);
  await unlocked(pulumi, stack, world);
  const before = await pulumi(["stack", "export", "--stack", stack]);
  const state = readExport(before);
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  if (pending.length === 0) return await nothingForgotten(resources, options, world);
  world.say(`The last update of the stack ${stack} was cut off; ${counted(pending.length)}:`);
  const decisions = await decided(state, options, world);
  if (!isWhole(decisions)) {
    world.say(openEnding(new Set(decisions.map(({ kind }) => kind))));
    return false;
  }
  if (decisions.some(isBusy)) {
    world.say(
      `It was waited for ${options.wait} minutes. Nothing was changed. Run this again, with --wait MINUTES for longer: the next update would not wait.`,
    );
    return false;
  }
  const adoptions = decisions.flatMap((each) => (each.kind === "adopt" ? [each.adoption] : []));
  const after = withAdopted(state, adoptions, world.now());
  const change = { stack, cwd, yes, before, after, again: "npm run recover" };
  if (!(await rewriteState(change, world))) return false;
  world.say("Written.");
  if (!(await nothingLeft(after.deployment.resources ?? [], options, world, standing(state))))
    return false;
  world.say(
    `Next: npm run up -- --stack ${stack} --refresh. It reads what was adopted and makes the rest.`,
  );
  if (pending.some(({ type }) => type === "deleting"))
    world.say(`If it was a destroy that was cut off, instead: ${destroyAgain(stack)}.`);
  return true;
}

/** Looks for what a refresh has forgotten, and then for what is left. */
async function nothingForgotten(
  resources: readonly StateResource[],
  options: Options,
  world: RecoverWorld,
): Promise<boolean> {
  const { stack, cwd, yes, adopt: answered } = options;
  if (world.program !== undefined) {
    // The cluster's client is megabytes, and a deploy makes no plan.
    const { adoptForgotten } = await import("../adopt/forgotten.ts");
    const found = await adoptForgotten(
      resources,
      { stack, cwd, yes, answered },
      { ...world, ...world.program },
    );
    if (found === "open") return false;
    if (found === "adopted") {
      const after = readExport(await world.pulumi(cwd)(["stack", "export", "--stack", stack]));
      return await nothingLeft(after.deployment.resources ?? [], options, world);
    }
  }
  world.say(`No operation of the stack ${stack} is pending; nothing was changed.`);
  return await nothingLeft(resources, options, world);
}

/**
 * Whether nothing is billed for the stack that its state does not hold, and nothing is there twice.
 * The next update would make a second one of the first.
 */
async function nothingLeft(
  resources: readonly StateResource[],
  { stack, yes }: Options,
  world: RecoverWorld,
  known = resources,
): Promise<boolean> {
  if (!hasTags(resources)) return true;
  const clouds = await world.clouds();
  const left = await leftOversOf(resources, clouds, known);
  if (left.word === "unknown") {
    world.say(
      `Whether something is billed that carries the stack's tags and stands in no state is not known: ${left.reason}. Fix the reason, or wait, and run this again. After a destroy that was cut off: ${destroyAgain(stack)}.`,
    );
    return false;
  }
  for (const thing of left.things) world.say(linesOfLeftOver(thing, world.now()));
  const isOnce = await endTwice(resources, clouds, yes, world);
  return (await objectsOnce(resources, yes, world)) && isOnce && left.things.length === 0;
}

/** Whether nothing exists twice in the cluster. Skipped by a deploy, which may have no client. */
async function objectsOnce(
  resources: readonly StateResource[],
  yes: boolean,
  world: RecoverWorld,
): Promise<boolean> {
  if (world.program === undefined) return true;
  const { endObjectsTwice } = await import("../adopt/twice.ts");
  return await endObjectsTwice(resources, yes, { ...world, ...world.program });
}

/** The command that continues a destroy: its refresh removes what no longer exists. */
const destroyAgain = (stack: string): string => `pulumi destroy --stack ${stack} --refresh`;

/** Sees to it that nobody holds the lock, before anything is asked or planned. */
async function unlocked(pulumi: RunPulumi, stack: string, world: RecoverWorld): Promise<void> {
  const locks = await locksOf(pulumi, stack);
  const holders = await Promise.all(
    locks.map(async (lock) => ({ lock, ...(await world.judge(lock)) })),
  );
  for (const { lock, words } of holders)
    world.say(`The stack ${stack} is locked by ${holderOf(lock)}. ${words}`);
  if (holders.some(({ ended }) => !ended))
    throw new Error(
      `Nothing was changed: an update may be at work. Wait for its end. If its process has ended, \`pulumi cancel --stack ${stack}\` takes the lock away; then run this command again.`,
    );
  if (holders.length === 0) return;
  await pulumi(["cancel", "--stack", stack, "--yes"]);
  world.say("The lock was taken away.");
}

/** Decides, says it, and waits for what was found and is at work still. */
async function decided(
  state: StackExport,
  { adopt, wait }: Options,
  world: RecoverWorld,
): Promise<readonly Decision[]> {
  const clouds = await world.clouds();
  const end = world.now().getTime() + wait * 60_000;
  const printed = new Set<string>();
  const say = (text: string): void => {
    if (!printed.has(text)) world.say(text);
    printed.add(text);
  };
  for (; ; await world.wait(PAUSE_MS)) {
    const decisions = await decideAll(state, clouds, adopt);
    const busy = decisions.filter(isBusy);
    // First the whole plan, then only what has changed in it.
    for (const decision of decisions) say(linesOf(decision, world.now()).join("\n"));
    if (busy.length === 0 || !isWhole(decisions) || world.now().getTime() >= end) return decisions;
    const names = busy.map(({ operation }) => nameOf(operation.resource)).join(", ");
    say(`Waits for ${names}, up to ${wait} minutes. Ctrl-C changes nothing.`);
  }
}

function isBusy(decision: Decision): boolean {
  return decision.kind === "adopt" && decision.busy !== undefined;
}

/** Whether every operation is decided: a written state keeps none of them. */
function isWhole(decisions: readonly Decision[]): boolean {
  return decisions.every(({ kind }) => kind === "adopt" || kind === "drop");
}

const counted = (count: number): string =>
  count === 1 ? "1 operation is pending" : `${count} operations are pending`;

function minutesIn(given: string): number {
  if (/^\d+$/u.test(given)) return Number(given);
  throw new Error(`--wait ${given} is no number of minutes. Nothing was changed. Write --wait 90.`);
}

/** The option by which an operator answers which of several things is a resource's. */
export function adoptOption(): Option {
  return new Option(
    "--adopt <name=id>",
    "an answer to what it asks: a resource's name and the id that it has, or none",
  )
    .argParser((given: string, before: Answered) => new Map([...before, answerIn(given)]))
    .default(new Map<string, string>());
}

/** An answer of the command line. @throws for what is no name and id. */
function answerIn(given: string): readonly [string, string] {
  const cut = given.lastIndexOf("=");
  if (cut <= 0 || cut === given.length - 1)
    throw new Error(
      `--adopt ${given} is no name and id. Nothing was changed. Write NAME=ID, or NAME=none.`,
    );
  return [given.slice(0, cut), given.slice(cut + 1)];
}
