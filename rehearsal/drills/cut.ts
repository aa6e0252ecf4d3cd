import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { setTimeout as sleep } from "node:timers/promises";
import { runStack } from "../../index.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { ServingWatch } from "../checks/serving-pods.ts";
import { errorsOf, labelOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { DRILLED } from "../releases.ts";
import { countsOf, noFindings, succeeded, type Drill, type Findings } from "./drill.ts";
import { liveConfig, liveDeployments } from "./live.ts";
import { recover } from "./recover.ts";
import { imagesOf, SCHEDULER } from "./release-steps.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview } from "./whole.ts";

/**
 * Updates of the whole stack whose engine is killed at random moments. After each kill the operator
 * types three commands: recover, cancel, recover. The next update is killed, too, or must converge.
 * All kills happen to one stack.
 */

/** Seed and number of kills. The same seed kills after the same number of steps. */
export interface CutOptions {
  readonly seed: number;
  readonly kills: number;
}

/** A change of the stack whose update is killed. */
interface Part {
  readonly title: string;
  /** Number of kills for it out of ten. */
  readonly share: number;
  /** Minimum number of its steps' starts and ends: 360, 50 and 54 were seen. */
  readonly boundaries: number;
  readonly change: (stack: Rehearsal["stack"]) => Promise<void>;
}

const PARTS: readonly Part[] = [
  {
    title: "the first update",
    share: 4,
    boundaries: 340,
    change: () => Promise.resolve(),
  },
  {
    title: "a new release",
    share: 3,
    boundaries: 44,
    change: async (stack) => stack.deploy(() => runStack(imagesOf(DRILLED.after))),
  },
  {
    // Replaces the pool and Jobs, and deletes metrics-server.
    title: "other sizes, and a part fewer",
    share: 3,
    boundaries: 48,
    change: async (stack) =>
      await stack.editConfig((document) => {
        document.setIn(["config", "mastodon:profile"], "large");
        document.setIn(["config", "mastodon:cluster", "metricsServer"], "present");
      }),
  },
];

/** Jobs of which two must never run at the same time. */
const ONCE = [
  "preflight",
  "database-grants",
  "migrate-pre-deployment",
  "streaming-grants",
  "rollout-assets",
  "rollout",
  "migrate-post-deployment",
];

/** State that the drill keeps between phases. */
interface Kept {
  readonly random: () => number;
  /** Output of the recoveries. It names left-overs that an operator must delete. */
  said: string;
  watch?: Promise<ServingWatch>;
}

/** The drill `cut`. */
export function cutDrill(context: DrillContext, { seed, kills }: CutOptions): Drill {
  const findings = noFindings();
  const kept: Kept = { random: randomOf(seed), said: "" };
  const shares = sharesOf(kills);
  return {
    name: `updates that are cut off: ${kills} kills, seed ${seed}`,
    findings,
    phases: [
      ...setupPhases(context),
      ...PARTS.flatMap((part, at) => partPhases(context, findings, kept, part, shares[at] ?? 0)),
      {
        title: "Jobs and schedulers",
        run: async () => {
          const check = await (
            await kept.watch!
          ).stop("no Job ran beside itself, and there were no two schedulers");
          findings.checks.push(
            check,
            checkOf("the rehearsal's own parts worked", rehearsalOf(context).faults, "no fault"),
          );
          return check.detail.slice(0, 120);
        },
      },
    ],
  };
}

/** Number of kills in each part: at least one if enough are left, and the rest by its share. */
export function sharesOf(kills: number): readonly number[] {
  const numbers = PARTS.map(() => 0);
  for (let left = kills; left > 0; left -= 1) {
    const owed = PARTS.map(({ share }, at) => (numbers[at] ?? 0) / share);
    const at = owed.indexOf(Math.min(...owed));
    numbers[at] = (numbers[at] ?? 0) + 1;
  }
  return numbers;
}

function partPhases(
  context: DrillContext,
  findings: Findings,
  kept: Kept,
  part: Part,
  kills: number,
): readonly Phase[] {
  let left = part.boundaries;
  const cuts = Array.from({ length: kills }, (_, at): Phase => ({
    title: `${part.title}, cut off (${at + 1} of ${kills})`,
    run: async () => {
      const rehearsal = rehearsalOf(context);
      if (at === 0) await part.change(rehearsal.stack);
      // Each kill leaves steps for the kills after it.
      const steps = 1 + Math.floor((kept.random() * left) / (kills - at));
      left -= steps;
      const cut = await killed(rehearsal, kept, steps, Math.floor(kept.random() * 300));
      const recovered = await recoveredAfter(rehearsal);
      kept.said += recovered.said;
      findings.checks.push(
        checkOf(
          `${part.title}, kill ${at + 1}: recovery sees the lock, and decides by itself`,
          recovered.faults,
          `${cut}; ${recovered.summary}`,
        ),
      );
      return `${cut}; ${recovered.summary}`;
    },
  }));
  return [
    ...cuts,
    {
      title: `${part.title}, to its end`,
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const { stack } = rehearsal;
        const first = await watched(rehearsal, kept, () => stack.up({ refresh: true }));
        const up =
          first.failure === undefined
            ? succeeded(findings, first)
            : succeeded(findings, await stack.up({ refresh: true }));
        findings.checks.push(
          checkOf(
            `${part.title}: the next update converges`,
            first.failure === undefined
              ? []
              : [`only the second one did: ${errorsOf(first).join("\n")}`],
            countsOf(up),
          ),
          ...(await worldChecks(rehearsal, kept, part.title)),
        );
        return countsOf(up);
      },
    },
    secondPreview(context, findings),
  ];
}

/** Kills the engine of an update a moment after a number of steps have started or ended. */
async function killed(
  rehearsal: Rehearsal,
  kept: Kept,
  steps: number,
  moment: number,
): Promise<string> {
  const { stack, engine } = rehearsal;
  let seen = 0;
  let last = "";
  let killing: Promise<void> | undefined;
  const told = (event: EngineEvent): void => {
    const step = boundaryOf(event);
    if (step === undefined || killing !== undefined) return;
    seen += 1;
    last = step;
    if (seen === steps) killing = sleep(moment).then(async () => await engine.kill());
  };
  const update = await watched(rehearsal, kept, () => stack.up({ refresh: true, told }));
  await killing;
  if (killing === undefined || update.failure === undefined)
    throw new Error(
      `The update ended by itself after ${seen} begins and ends of steps; it was to be killed after ${steps}. ${update.failure === undefined ? "" : errorsOf(update).join("\n")}`,
    );
  return `killed ${moment} ms after ${last}, the ${seen}th of its boundaries`;
}

/** Start or end of a step that changes something; undefined for any other event. */
function boundaryOf(event: EngineEvent): string | undefined {
  const begun = event.resourcePreEvent?.metadata;
  const ended = event.resOutputsEvent?.metadata;
  const { op = "", type = "", urn = "" } = begun ?? ended ?? {};
  if (!/^(create|update|delete)/u.test(op) || !/^(kubernetes|digitalocean|cloudflare):/u.test(type))
    return undefined;
  return `${op} ${labelOf(type, urn)} ${begun === undefined ? "ended" : "began"}`;
}

/**
 * Runs an update. As soon as there is a cluster, its pods are watched until the end of the drill.
 */
async function watched(
  rehearsal: Rehearsal,
  kept: Kept,
  run: () => Promise<Operation>,
): Promise<Operation> {
  const look = setInterval(() => {
    if (kept.watch !== undefined || rehearsal.world.runningClusters.size === 0) return;
    kept.watch = ServingWatch.start(liveConfig(rehearsal), NAMESPACE, {
      ready: {},
      atMost: Object.fromEntries([SCHEDULER, ...ONCE].map((component) => [component, 1])),
    });
  }, 50);
  return await run().finally(() => clearInterval(look));
}

interface Recovery {
  readonly said: string;
  readonly faults: readonly string[];
  readonly summary: string;
}

/** Commands that an operator types after a kill. */
async function recoveredAfter(rehearsal: Rehearsal): Promise<Recovery> {
  const locked = await recover(rehearsal, ["--yes"]);
  await rehearsal.stack.pulumi(["cancel", "--stack", "prod", "--yes"]);
  const { well, said } = await recover(rehearsal, ["--yes"]);
  const named = (word: string): string =>
    [...said.matchAll(new RegExp(`^${word} +([^:]+):`, "gmu"))]
      .map(([, name]) => name)
      .join(", ") || "nothing";
  return {
    said,
    faults: [
      ...(!locked.well && /is locked by/u.test(locked.said) ? [] : [`no lock: ${locked.said}`]),
      ...(well ? [] : [said]),
    ],
    summary: `adopted ${named("adopt")}; dropped ${named("drop")}`,
  };
}

async function worldChecks(
  rehearsal: Rehearsal,
  { said }: Kept,
  title: string,
): Promise<readonly Check[]> {
  const { world, stack } = rehearsal;
  const resources = await stack.resources();
  const held = new Set(resources.map(({ type, id }) => `${type} ${id}`));
  const things = world.inventory();
  const deployments = await liveDeployments(rehearsal);
  return [
    checkOf(
      `${title}: nothing was made twice, and the state holds all that is there`,
      things
        .filter(({ type, id }) => !held.has(`${type} ${id}`) && !said.includes(`left over: ${id}`))
        .map(({ type, name, id }) => `${type} ${name} (${id}) stands in no state`),
      `${things.length} things in the clouds`,
    ),
    checkOf(
      `${title}: every pod is ready`,
      deployments
        .filter(({ spec, status }) => (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1))
        .map(({ metadata, status }) => `${metadata?.name}: ${status?.readyReplicas ?? 0} ready`),
      `${deployments.length} Deployments`,
    ),
  ];
}

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
