import type { StackConfig } from "../../config/schema.ts";
import type { Answered } from "../recover/plan.ts";
import { runRecover } from "../recover/command.ts";
import { locksOf } from "../recover/lock.ts";
import { readExport } from "../recover/state.ts";
import type { Facts } from "./facts.ts";
import { nameOf, type Journal } from "./journal.ts";
import type { Part } from "./night.ts";
import { judgeOwn, thisMachine } from "./own-lock.ts";
import type { Shelf } from "./shelf.ts";
import type { TimedStep } from "./times.ts";
import { totalOf } from "./times.ts";
import { checkFromOutside, type Identity } from "./verify.ts";
import { doneLine, planLines, workLine, type ShownPlan } from "./words.ts";
import type { EngineEvent, RebuildWorld, StackPlace } from "./world.ts";

/** Options of every part. */
export interface NightOptions extends StackPlace {
  /** The domain, if it was typed on the command line. */
  readonly yes: string | undefined;
  /** Name of a local account for the check from outside. */
  readonly account: string | undefined;
  readonly oldWorldIsDead: boolean;
  /** A copy of the state on the local disk. */
  readonly file: string | undefined;
  /** Answers to what an adoption asks: a resource's name and its id. */
  readonly adopt: Answered;
}

/** One step of a night's work. Each can be done twice, because a kill may hide its end. */
export interface WorkStep {
  /** Name in the journal. */
  readonly key: string;
  /** Its lines in the plan: several for an update, which shows its own progress. */
  readonly lines: readonly TimedStep[];
  readonly run: (night: NightAtWork) => Promise<void>;
}

/** A night with all that its steps use. */
export interface NightAtWork {
  readonly options: NightOptions;
  readonly config: StackConfig;
  readonly world: RebuildWorld;
  readonly shelf: Shelf;
  /** The current journal. */
  journal: Journal;
  /** Lines that are left for a person at the end. */
  readonly left: string[];
}

/** All that a plan is made of. */
export interface PlanContext {
  readonly facts: Facts;
  readonly config: StackConfig;
  readonly options: NightOptions;
  readonly world: RebuildWorld;
  /** The same night's journal, if it was interrupted: its half-done work shows in the facts. */
  readonly open: Journal | undefined;
}

/** A night's plan. */
export interface NightPlan extends Omit<ShownPlan, "steps"> {
  readonly part: Part;
  readonly steps: readonly WorkStep[];
  /** Choices that an interrupted night must make again in the same way. */
  readonly choice?: Journal["choice"];
}

/** The file with the server's identity from outside. */
export const SEEN = "outside.json";

/**
 * Works a plan off: asks once, notes each step, checks from outside.
 * @returns whether the server answers as before.
 * @throws Error in a sentence for the operator.
 */
export async function workOff(
  plan: NightPlan,
  { options, config, world, shelf }: Omit<NightAtWork, "journal" | "left">,
  open: Journal | undefined,
): Promise<boolean> {
  const lines = plan.steps.flatMap((step) => step.lines);
  world.say(planLines({ ...plan, steps: [...lines, CHECK], lost: open?.lost ?? plan.lost }));
  if (open === undefined) await consent(config.domain, options.yes, world);
  else world.say(`Goes on with what was begun at ${open.begun}; you have said yes to that.`);
  const journal = open ?? {
    form: 1,
    part: plan.part,
    stack: options.stack,
    domain: config.domain,
    begun: world.now().toISOString(),
    lost: plan.lost,
    ...(plan.choice && { choice: plan.choice }),
    steps: [],
  };
  const night: NightAtWork = { options, config, world, shelf, journal, left: [] };
  await note(night, {});
  for (const step of plan.steps) await workStep(step, night);
  return await ended(night, totalOf([...lines, CHECK]));
}

/** The last line of each plan. */
export const CHECK: TimedStep = { title: "check from outside", seconds: 30, marks: [] };

/** Asks for the domain, unless it was typed already. @throws Error unless it is the right one. */
export async function consent(
  domain: string,
  yes: string | undefined,
  world: RebuildWorld,
): Promise<void> {
  const typed = yes ?? (await world.ask("Type the domain to go on: "));
  if (typed === undefined)
    throw new Error(
      `There is nobody to ask; nothing was changed. If it is meant, add --yes ${domain}.`,
    );
  if (typed.trim() !== domain)
    throw new Error(
      `"${typed.trim()}" is not this server's domain; nothing was changed. Run this again, and type ${domain}.`,
    );
}

async function note(night: NightAtWork, more: Partial<Journal>): Promise<void> {
  night.journal = { ...night.journal, ...more };
  await night.shelf.write(nameOf(night.journal), night.journal);
}

async function workStep(step: WorkStep, night: NightAtWork): Promise<void> {
  const { world, journal } = night;
  const [first] = step.lines;
  if (journal.steps.some(({ key }) => key === step.key)) {
    world.say(`  ✓ ${first?.title ?? step.key}: done before`);
    return;
  }
  const began = world.now().getTime();
  const title = first?.title ?? step.key;
  if (step.lines.length === 1) world.live?.(workLine(title, 0, first?.seconds ?? 0));
  await step.run(night);
  world.live?.("");
  const now = world.now();
  if (step.lines.length === 1)
    world.say(doneLine(title, (now.getTime() - began) / 1_000, first?.seconds ?? 0));
  const done = { key: step.key, ended: now.toISOString() };
  await note(night, { steps: [...night.journal.steps, done] });
}

/** An update by the engine, with a line for each of its parts. */
export function updateStep(lines: readonly TimedStep[]): WorkStep {
  return { key: "up", lines, run: (night) => update(lines, night) };
}

async function update(lines: readonly TimedStep[], night: NightAtWork): Promise<void> {
  const { options, world } = night;
  await recovered(night);
  await note(night, {
    engine: { machine: await thisMachine(), since: world.now().toISOString() },
  });
  const progress = new Progress(lines, world);
  const { failure } = await world.engine.up(options, (event) => progress.told(event));
  if (failure === undefined) {
    progress.end();
    return;
  }
  throw new Error(
    `The update failed: ${failure}\nFix what it names, then run \`npm run rebuild -- ${night.journal.part}\` again: it goes on here.`,
  );
}

/** Recovers from an update that was killed: takes its own lock away, and adopts what it made. */
export async function recovered({ options, journal, world }: NightAtWork): Promise<void> {
  const { stack, cwd } = options;
  const pulumi = world.pulumi(cwd);
  const locks = await locksOf(pulumi, stack);
  const state = readExport(await pulumi(["stack", "export", "--stack", stack]));
  const { pending_operations: pending = [] } = state.deployment;
  if (locks.length === 0 && pending.length === 0) return;
  const judge = judgeOwn(journal.engine, world.judge);
  const answers = [...options.adopt].flatMap(([name, id]) => ["--adopt", `${name}=${id}`]);
  const args = ["--stack", stack, "--cwd", cwd, "--yes", ...answers];
  if (await runRecover(args, { ...world, judge })) return;
  throw new Error(
    `Answer what is asked above (npm run recover -- --stack ${stack}), then run \`npm run rebuild -- ${journal.part}\` again: it goes on here.`,
  );
}

/** Prints a line for each part of an update whose last mark has ended. */
class Progress {
  readonly #lines: readonly TimedStep[];
  readonly #world: RebuildWorld;
  #at = 0;
  #began: number;

  constructor(lines: readonly TimedStep[], world: RebuildWorld) {
    this.#lines = lines;
    this.#world = world;
    this.#began = world.now().getTime();
    this.#show();
  }

  told({ resOutputsEvent }: EngineEvent): void {
    if (resOutputsEvent === undefined) return this.#show();
    const { urn, type } = resOutputsEvent.metadata;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const reached = this.#lines.findIndex(
      ({ marks }, at) => at >= this.#at && (marks.includes(name) || marks.includes(type)),
    );
    // A refresh ends the same resources before the update does.
    if (
      reached >= 0 &&
      ["create", "update", "create-replacement"].includes(resOutputsEvent.metadata.op)
    )
      this.#endUntil(reached + 1);
    else this.#show();
  }

  end(): void {
    this.#endUntil(this.#lines.length);
    this.#world.live?.("");
  }

  #endUntil(at: number): void {
    const now = this.#world.now().getTime();
    while (this.#at < at) {
      const { title = "", seconds = 0 } = this.#lines[this.#at] ?? {};
      this.#world.live?.("");
      this.#world.say(doneLine(title, (now - this.#began) / 1_000, seconds));
      this.#at += 1;
      this.#began = now;
    }
    this.#show();
  }

  #show(): void {
    const line = this.#lines[this.#at];
    if (line === undefined) return;
    const seconds = (this.#world.now().getTime() - this.#began) / 1_000;
    this.#world.live?.(workLine(line.title, seconds, line.seconds));
  }
}

/** Questions to the edge until it answers, and the pause between, milliseconds. */
const TRIES = 36;
const PAUSE_MS = 5_000;

/** Checks from outside, and says the last sentence. */
async function ended(night: NightAtWork, expected: number): Promise<boolean> {
  const { options, config, world, shelf, journal } = night;
  const before = (await shelf.read(new RegExp(`^${SEEN}$`, "u")))[0] as Identity | undefined;
  let checked = await checkFromOutside(config, world.outside, before, options.account);
  for (let tries = 1; checked.faults.length > 0 && tries < TRIES; tries += 1) {
    await world.wait(PAUSE_MS);
    checked = await checkFromOutside(config, world.outside, before, options.account);
  }
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
  await note(night, { ended: world.now().toISOString() });
  await shelf.write(SEEN, checked.identity);
  world.say(
    [
      `${config.domain} answers again, after ${inWords(minutes)} (estimated ${inWords(expected)}). Lost: ${journal.lost}.`,
      `  ${[...checked.well, "second preview empty"].join(", ")}`,
      ...(before === undefined ? ["  No actor key of before is known, so none was compared."] : []),
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

/** Whether the facts show a thing of this kind that is gone. */
export function isGone({ things }: Facts, kind: Facts["things"][number]["kind"]): boolean {
  return things.some((each) => each.kind === kind && each.presence.word === "gone");
}
