import fc from "fast-check";
import { RECORD } from "../clouds/cloudflare/dns.ts";
import { scalePools } from "../clouds/mishaps.ts";
import { errorsOf } from "../engine/operation.ts";
import type { Call } from "./calls.ts";
import type { FastWorld } from "./fast-world.ts";
import { deploy, type Beginnings } from "./fault-cells.ts";
import { dataAndIdentityKept, look, nothingInvented, nothingUnnamed } from "./invariants.ts";
import { afterCancel } from "./kills.ts";

/**
 * Random walks: a living stack, its file changed, its clouds disturbed and its updates cut off or
 * failed, again and again. Each step ends with recover, an update and what must hold.
 */

/** One step. */
export interface Step {
  /** Key of the stack file, and its next value; null takes it out. */
  readonly change: { readonly path: readonly string[]; readonly value: unknown };
  readonly mishap: "none" | "a record is deleted" | "the pool grows";
  readonly fault: {
    readonly does: "nothing" | "kill" | "error";
    readonly when: Call["when"];
    /** At the call of this number that changes something. */
    readonly call: number;
  };
}

const CHANGES: readonly (readonly [string, readonly unknown[]])[] = [
  ["mastodon:alerts.latencyMilliseconds", [2_500, 3_000, 4_000]],
  ["mastodon:upkeep.hour", [2, 5]],
  ["mastodon:valkey.cache", [{ size: "db-s-1vcpu-1gb" }, null]],
  ["mastodon:dns.mail", [{ spfIncludes: ["spf.example.net"] }, null]],
  ["mastodon:project.environment", ["Staging", "Production"]],
  ["mastodon:metrics", [{ namespace: "monitoring" }, null]],
  ["mastodon:federation", [{ authorizedFetch: true }, null]],
  ["mastodon:cloudflare.blockedAddresses", [["192.0.2.0/24"], null]],
  ["mastodon:media.abortUploadsAfterDays", [3, 5]],
];

const steps = fc.record<Step>({
  change: fc.oneof(
    ...CHANGES.map(([path, values]) =>
      fc.record({ path: fc.constant(path.split(".")), value: fc.constantFrom(...values) }),
    ),
  ),
  mishap: fc.constantFrom("none", "none", "a record is deleted", "the pool grows"),
  fault: fc.record({
    // What an error after the effect leaves is a person's to adopt: the table has it.
    does: fc.constantFrom("nothing", "kill", "kill", "error"),
    when: fc.constantFrom("before", "after"),
    call: fc.nat({ max: 12 }),
  }),
});

/** Steps of one walk; a walk that fails is run again with fewer of them. */
const STEPS_PER_WALK = 10;

/** The end of the walks of a seed. */
export interface Walked {
  readonly steps: number;
  /** Why one failed, with its shortest form; undefined: all held. */
  readonly failure: string | undefined;
}

/** Walks so many steps, ten from each living stack. The same seed walks the same way. */
export async function walk(
  fast: FastWorld,
  from: Beginnings,
  { seed, steps: count }: { readonly seed: number; readonly steps: number },
  progress: (line: string) => void,
): Promise<Walked> {
  let walked = 0;
  let failed = false;
  const property = fc.asyncProperty(
    fc.array(steps, { minLength: 1, maxLength: STEPS_PER_WALK }),
    async (path) => {
      // Enough; a walk that failed goes on, to get shorter.
      if (walked >= count && !failed) return;
      from.living();
      fast.restoreFile();
      let said = "";
      for (const step of path) {
        try {
          said += await takeStep(fast, from, step, said);
        } catch (error) {
          failed = true;
          throw error;
        }
        progress(`${++walked} steps`);
      }
    },
  );
  const result = await fc.check(property, { seed, numRuns: count });
  return {
    steps: walked,
    failure: result.failed ? fc.defaultReportMessage(result) : undefined,
  };
}

/** Takes one step. Answers what recovery said. @throws where something does not hold. */
export async function takeStep(
  fast: FastWorld,
  from: Beginnings,
  { change, mishap, fault }: Step,
  saidBefore: string,
): Promise<string> {
  await fast.stack.editConfig((document) => {
    const path = ["config", ...change.path];
    if (change.value === null) document.deleteIn(path);
    else document.setIn(path, document.createNode(change.value));
  });
  await happen(fast, mishap);
  disturb(fast, fault);
  await fast.stack.up({ refresh: true });
  fast.watch(() => {});
  const { well, said } = await afterCancel(fast);
  const next = await deploy(fast);
  const preview = await fast.stack.preview();
  const after = await look(fast);
  const all = saidBefore + said;
  const faults = [
    ...(well ? [] : [said]),
    ...(next.failure === undefined ? [] : errorsOf(next)),
    ...preview.steps.map(({ op, urn }) => `the second preview would ${op} ${urn}`),
    ...[nothingUnnamed, nothingInvented, dataAndIdentityKept].flatMap((invariant) =>
      invariant(after, from.untouched, all),
    ),
  ];
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return said;
}

function disturb(fast: FastWorld, { does, when, call: at }: Step["fault"]): void {
  if (does === "nothing") return;
  let number = 0;
  fast.watch(async (call) => {
    if (call.kind === "read" || call.when !== when || number++ !== at) return;
    if (does === "error" && when === "before") throw new Error("500 Internal Server Error");
    if (does === "kill") await fast.engine.kill();
  });
}

async function happen({ world }: FastWorld, mishap: Step["mishap"]): Promise<void> {
  if (mishap === "the pool grows") await scalePools(world, "ceiling");
  const [record] = world.find(RECORD);
  if (mishap === "a record is deleted" && record !== undefined) world.remove(record);
}
