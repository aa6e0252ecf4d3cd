import { runRecover } from "../recover/command.ts";
import { locksOf } from "../recover/lock.ts";
import { readExport } from "../recover/state.ts";
import { checkedFromOutside, ended } from "./ending.ts";
import type { Facts } from "./facts.ts";
import { nameOf, type Journal } from "./journal.ts";
import { judgeOwn, thisMachine } from "./own-lock.ts";
import type { NightAtWork, NightPlan, WorkStep } from "./plan.ts";
import { Progress } from "./progress.ts";
import { CALLS, totalOf, type TimedStep } from "./times.ts";
import { doneLine, planLines, workLine } from "./words.ts";
import type { EngineRun, RebuildWorld } from "./world.ts";

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
  for (const line of plan.notes ?? []) world.say(line);
  world.say(planLines({ ...plan, steps: [...lines, CALLS.check], lost: open?.lost ?? plan.lost }));
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
  const night: NightAtWork = { options, config, world, shelf, journal, left: plan.left ?? [] };
  await note(night, {});
  for (const step of plan.steps) await workStep(step, night);
  return await ended(night, totalOf([...lines, CALLS.check]));
}

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

/** Notes a change in the journal: an end of a step, or another choice than the plan's. */
export async function note(night: NightAtWork, more: Partial<Journal>): Promise<void> {
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
  if (step.lines.length === 1 && step.saysItself !== true)
    world.say(doneLine(title, (now.getTime() - began) / 1_000, first?.seconds ?? 0));
  const done = { key: step.key, ended: now.toISOString() };
  await note(night, { steps: [...night.journal.steps, done] });
}

/** An update by the engine, with a line for each of its parts. */
export function updateStep(lines: readonly TimedStep[], key = "up"): WorkStep {
  return { key, lines, saysItself: true, run: (night) => update(lines, night) };
}

/** A check from outside between two updates. @throws Error if the server is not as before. */
export const checkStep: WorkStep = {
  key: "check",
  lines: [CALLS.checkFirst],
  run: async (night) => {
    const { faults } = await checkedFromOutside(night);
    if (faults.length > 0)
      throw new Error(
        [
          `${night.config.domain} is not as before, so Sidekiq stays stopped:`,
          ...faults.map((fault) => `  ${fault}`),
          `Run \`npm run rebuild -- ${night.journal.part}\` again: it checks once more.`,
        ].join("\n"),
      );
  },
};

async function update(lines: readonly TimedStep[], night: NightAtWork): Promise<void> {
  const { failure } = await updateOnce(lines, night);
  if (failure !== undefined) throw updateFailed(failure, night);
}

/** The error of a night whose update failed. */
export function updateFailed(failure: string, { journal }: Pick<NightAtWork, "journal">): Error {
  return new Error(
    `The update failed: ${failure}\nFix what it names, then run \`npm run rebuild -- ${journal.part}\` again: it goes on here.`,
  );
}

/** An update, after what an earlier one left half-done was adopted. */
export async function updateOnce(
  lines: readonly TimedStep[],
  night: NightAtWork,
): Promise<EngineRun> {
  const { options, world } = night;
  await recovered(night);
  await note(night, {
    engine: { machine: await thisMachine(), since: world.now().toISOString() },
  });
  const progress = new Progress(lines, world);
  const run = await world.engine.up(options, (event) => progress.told(event));
  if (run.failure === undefined) progress.end();
  return run;
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

/** Runs another command, whose output is shown only if it stops. @throws Error with that. */
export async function quietly(
  world: RebuildWorld,
  run: (quiet: RebuildWorld) => Promise<boolean>,
): Promise<void> {
  let said = "";
  const well = await run({ ...world, say: (text) => void (said += `${text}\n`) });
  if (!well) throw new Error(said.trim());
}

/** Whether the facts show a thing of this kind that is gone. */
export function isGone({ things }: Facts, kind: Facts["things"][number]["kind"]): boolean {
  return things.some((each) => each.kind === kind && each.presence.word === "gone");
}
