import type { Manifest } from "../../../domain/backup/manifest.ts";
import { versionOf } from "../../../domain/images.ts";
import { identityOf } from "../../restore/identity.ts";
import { judgeRestore } from "../../restore/judge.ts";
import { ORIGIN, type Former } from "../../restore/origin.ts";
import { prepareRestore } from "../../restore/prepare.ts";
import { changeStackFile } from "../../restore/stack-file.ts";
import { SecretStore } from "../../secrets/store.ts";
import { headerOf, knownDumps, placeOfDump } from "../dumps.ts";
import { configOf, stackFileOf } from "../../stack-file/place.ts";
import type { Part } from "../night.ts";
import { checkStep, note, updateFailed, updateOnce, updateStep } from "../night-work.ts";
import type { NightAtWork, NightPlan, PlanContext, WorkStep } from "../plan.ts";
import {
  CALLS,
  DATABASE_STEPS,
  RELEASE_STEPS,
  RESTORE_STEPS,
  SIDEKIQ_STEPS,
  type TimedStep,
} from "../times.ts";
import { ageOf } from "../words.ts";
import { leftAfter, startSidekiq } from "./stack-file.ts";

/** The database comes back from a dump, into a new database cluster. */

/** Dumps that may be restored, and the reasons for which newer ones may not. */
interface Choice {
  /** The newest one first. */
  readonly good: readonly Manifest[];
  readonly notes: readonly string[];
}

/** The Job that fills the database (`k8s/restore/restore.ts`). */
const RESTORE_JOB = "restore";

/** A night in which more than the database is lost. */
interface Wider {
  /** Steps before the database's own. */
  readonly before: readonly WorkStep[];
  /** Lines of the update. */
  readonly lines: readonly TimedStep[];
}

/**
 * The plan: the newest dump that nothing speaks against, or the one that was named.
 * @param wider the rest of the night; undefined: the database alone is lost.
 * @throws Error in a sentence, with every dump that was refused.
 */
export async function dumpPlan(
  part: Part,
  context: PlanContext,
  wider?: Wider,
): Promise<NightPlan> {
  const lines = wider?.lines ?? [...DATABASE_STEPS, ...RESTORE_STEPS, ...RELEASE_STEPS];
  // What is left behind leaves the state, and can't stay beside the new one.
  const former = wider === undefined ? formerOf(context) : "release";
  const { options, world, open } = context;
  const { good, notes } = await choiceOf(context);
  const [manifest] = good;
  if (manifest === undefined)
    throw new Error(
      [
        "No dump can be restored. Nothing was changed.",
        ...notes,
        "First ask DigitalOcean's support: only they may still have the database. What they make is taken over by npm run rebuild -- database --cluster ID.",
      ].join("\n"),
    );
  // Before anything is made: without it the dump can't be opened.
  if (open === undefined) await identityOf(options.identity);
  return {
    part,
    choice: { dump: manifest.object },
    notes: [
      ...notes,
      `Taken: ${manifest.object}, ${manifest.counts.localUsers} members, Mastodon ${manifest.mastodon}.`,
    ],
    untouched:
      part === "database" ? "cluster, Valkey, tunnel, DNS, buckets" : "tunnel id, DNS, buckets",
    lost: `what was written after ${manifest.begun} (the dump is ${ageOf(manifest.begun, world.now())}). Copies of posts on other servers stay`,
    cost: "as before, and one more database while a former one is kept",
    left: leftAfter(options.stack, former === "keep"),
    steps: [
      ...(wider?.before ?? []),
      {
        key: "origin",
        lines: [CALLS.origin],
        run: (night) => prepare(manifest, former, night),
      },
      { key: "up", lines, run: (night) => restore(good, lines, night) },
      checkStep,
      startSidekiq,
      updateStep(SIDEKIQ_STEPS, "up-sidekiq"),
    ],
  };
}

/** Judges all dumps, newest first. */
async function choiceOf(context: PlanContext): Promise<Choice> {
  const { facts, options, open } = context;
  const dumps = knownDumps(
    facts.dumps,
    'First ask DigitalOcean\'s support: only they may still have the database. A dump of your own: npm run db -- restore FILE (docs/operate.md, "The database is gone").',
  );
  const wanted = open?.choice?.["dump"] ?? options.dump;
  const from = wanted === undefined || wanted === "newest" ? 0 : placeOfDump(wanted, dumps);
  const store = new SecretStore(options.cwd, options.stack, context.world.pulumi(options.cwd));
  const secrets = (await store.held()).values;
  const [way] = facts.ways;
  const fresher =
    way?.word === "there"
      ? { until: context.world.now(), line: "npm run rebuild -- database" }
      : undefined;
  const target = { config: context.config, version: versionOf(context.config), secrets, fresher };
  const good: Manifest[] = [];
  const notes: string[] = [];
  const isNamed = wanted !== undefined && wanted !== "newest";
  for (const [at, dump] of dumps.slice(from).entries()) {
    const { object, manifest, faults } = dump;
    const { refusals, doubts } =
      manifest === undefined ? { refusals: [], doubts: [] } : judgeRestore(manifest, target);
    const doubted = isNamed && at === 0 ? [] : dump.doubts;
    const against = [...faults, ...doubted, ...refusals];
    if (manifest !== undefined && against.length === 0) {
      if (good.length === 0) notes.push(...doubts.map((doubt) => `Doubt: ${doubt}`));
      good.push(manifest);
    } else if (good.length === 0) notes.push(`Refused: ${object}: ${against.join("; ")}`);
  }
  return { good, notes };
}

/** Writes the dump and its key into the stack file, once. */
async function prepare(
  manifest: Manifest,
  former: Former,
  { options, world }: NightAtWork,
): Promise<void> {
  const { stack, cwd } = options;
  const config = await configOf(options);
  if (config.postgres.origin?.dump?.object === manifest.object) return;
  await prepareRestore(new SecretStore(cwd, stack, world.pulumi(cwd)), {
    manifest,
    header: await headerOf(config, manifest.object, await world.clouds()),
    identity: await identityOf(options.identity),
    former,
  });
}

/** The fate of the database before: one that is gone can't stay beside the new one. */
function formerOf({ facts }: PlanContext): Former {
  const isThere = facts.things.some(
    ({ kind, presence }) => kind === "postgres" && presence.word === "there",
  );
  return isThere ? "keep" : "release";
}

/** Updates; a dump whose rows no restore takes makes place for the next older one. */
async function restore(
  good: readonly Manifest[],
  lines: readonly TimedStep[],
  night: NightAtWork,
): Promise<void> {
  const { origin: current, former } = (await configOf(night.options)).postgres;
  const at = good.findIndex(({ object }) => object === current?.dump?.object);
  const { failure, failed } = await updateOnce(lines, night);
  if (failure === undefined) return;
  const next = good[at + 1];
  if (!failed.includes(RESTORE_JOB) || next === undefined) throw updateFailed(failure, night);
  night.world.say(
    `Refused by the restore: ${good[at]?.object ?? "the dump"}. Taken instead: ${next.object}, of ${next.begun}.`,
  );
  await note(night, {
    choice: { dump: next.object },
    lost: `what was written after ${next.begun}. Copies of posts on other servers stay`,
  });
  await prepare(next, former === "keep" ? "keep" : "release", night);
  // The new cluster is there already, and holds nothing whole.
  await changeStackFile(stackFileOf(night.options), (document) => {
    document.setIn([...ORIGIN, "number"], current?.number);
  });
  await restore(good, lines, night);
}
