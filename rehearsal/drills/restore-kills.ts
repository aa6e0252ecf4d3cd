import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import { RESTORE_SCHEMA } from "../../domain/backup/names.ts";
import { RESTORE_COMPONENTS } from "../../domain/restore.ts";
import { clusterOf, type Cluster } from "../../ops/pods/cluster.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { evicted } from "../checks/drain.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { jobEnded, until } from "./job-run.ts";
import { liveConfig } from "./live.ts";
import type { Restored } from "./restore-content.ts";
import { holdAt, type Hold } from "./restore-holds.ts";
import { isOpen, type Moment } from "./restore-moments.ts";
import {
  differences,
  secondsToKeepalive,
  shapeOf,
  sightOf,
  type Shape,
  type Sight,
} from "./restore-sight.ts";

/**
 * Kills a restore at each moment of its life, and lets the next try come to its end. The Jobs are
 * copies of the live one. An evicted pod is created again by its Job. A program that was killed
 * fails its Job, and a new Job is what the next update would create.
 */

/** Sentences of the restore's log by which a try is known. */
const SAID = {
  done: "is restored: accounts",
  "from the beginning": "",
  "drops what was left": "dropping what it left",
  "nothing to do": "was restored before; nothing to do",
} as const;

const PATIENCE_MS = 60_000;
/** Milliseconds after which the programs beside the one that is held stand still, too. */
const SETTLED_MS = 15_000;
const LOOK_MS = 50;

/**
 * Kills the restore of an update while it copies rows.
 * @param hold prepared at `rows` before the update.
 * @returns complaints, and what there was to kill.
 */
export async function killedWhileCopying(
  rehearsal: Rehearsal,
  shared: Restored,
  hold: Hold,
): Promise<{
  readonly wrong: readonly string[];
  readonly seen: string;
  readonly keepalive: number | undefined;
}> {
  await hold.reached();
  const [pod] = await runningPods(rehearsal);
  const { sight, wrong } = await shown(rehearsal, shared, {
    hold: "rows",
    wrong: (now) => !isOpen(now) || now.filled === 0 || now.foreignKeys > 0,
  });
  const keepalive = await secondsToKeepalive(rehearsal);
  const killed = await killPrograms(rehearsal, pod!);
  return { wrong, seen: `${killed} processes killed; ${describe(sight)}`, keepalive };
}

/** Kills a restore of an empty database at a moment. The database is empty again after it. */
export async function killedAt(
  rehearsal: Rehearsal,
  shared: Restored,
  moment: Moment,
): Promise<Check> {
  const cluster = clusterOf(liveConfig(rehearsal));
  const hold = await holdAt(rehearsal, moment.hold, shared.dump!.manifest.object);
  const jobs: V1Job[] = [];
  try {
    jobs.push(await anotherJob(cluster));
    await hold.reached();
    const [pod] = await runningPods(rehearsal);
    if (moment.isNoted === true) await untilNoted(rehearsal, pod!, hold);
    const seen = await shown(rehearsal, shared, moment);
    if (moment.by === "evicted") await mustBeEvicted(cluster, pod!);
    else {
      await killPrograms(rehearsal, pod!);
      if (await jobEnded(cluster, jobs[0]!)) seen.wrong.push("its Job is complete");
      jobs.push(await anotherJob(cluster));
    }
    if (moment.isNoted !== true) await hold.releaseToNext();
    const isComplete = await jobEnded(cluster, jobs.at(-1)!);
    const logs = await logsOf(rehearsal, cluster, jobs, pod!);
    const complaints = [
      ...seen.wrong,
      ...(isComplete ? [] : [`the next try failed: ${errorsIn(logs)}`]),
      ...(await wrongAfter(rehearsal, shared, moment, { seen: seen.sight, logs })),
    ];
    return checkOf(
      `a restore that is killed ${moment.title} is whole after the next try, and noted once`,
      complaints,
      `${moment.by}; ${describe(seen.sight)}; ${Object.keys(shared.shape!).length} parts as before`,
    );
  } finally {
    await hold.close();
    for (const { metadata } of jobs)
      await cluster.batch.deleteNamespacedJob({
        ...{ name: metadata?.name ?? "", namespace: NAMESPACE },
        propagationPolicy: "Foreground",
      });
    await until(
      "the end of its pods",
      async () => (await runningPods(rehearsal)).length === 0 || undefined,
      PATIENCE_MS,
    );
    await emptied(rehearsal);
  }
}

/** Lets a held restore note its end, and nothing after it: its shell is stopped. */
async function untilNoted(rehearsal: Rehearsal, pod: V1Pod, hold: Hold): Promise<void> {
  await rehearsal.runners.jobOf(pod.metadata?.uid ?? "")!.signal("psql", "SIGSTOP", "sh");
  await hold.release();
  await until(
    "a note with an end",
    async () => (await sightOf(rehearsal)).notes.join() === "ended" || undefined,
    PATIENCE_MS,
  );
}

/** Reads the state at a hold, with a complaint if that is not the moment. */
async function shown(
  rehearsal: Rehearsal,
  { shape }: Restored,
  moment: Pick<Moment, "hold" | "wrong">,
): Promise<{ readonly sight: Sight; readonly wrong: string[] }> {
  // Programs beside the one that is held need a moment to stand still.
  const deadline = Date.now() + SETTLED_MS;
  for (; ; await sleep(LOOK_MS)) {
    const sight = await sightOf(rehearsal);
    const isWhole =
      moment.hold === "end" && differences(shape!, await shapeOf(rehearsal)).length === 0;
    if (!moment.wrong(sight, isWhole)) return { sight, wrong: [] };
    if (Date.now() > deadline)
      return { sight, wrong: [`not the moment: the database shows ${describe(sight)}`] };
  }
}

/** Complaints about the database and the logs after the next try. */
async function wrongAfter(
  rehearsal: Rehearsal,
  { shape }: Restored,
  { next }: Moment,
  { seen, logs }: { readonly seen: Sight; readonly logs: readonly string[] },
): Promise<readonly string[]> {
  const now = await sightOf(rehearsal);
  const ends = logs.filter((log) => log.includes(SAID.done)).length;
  const isAgain = next === "nothing to do";
  return [
    ...(await notWhole(rehearsal, shape!)),
    ...(ends === (isAgain ? 0 : 1) ? [] : [`${ends} tries said that they restored it`]),
    ...(isAgain && seen.made !== now.made ? ["it was restored a second time"] : []),
    ...(logs.some((log) => log.includes(SAID[next])) ? [] : [`no try said "${SAID[next]}"`]),
  ];
}

/** Complaints about a database that must hold the dump, noted once. */
export async function notWhole(rehearsal: Rehearsal, shape: Shape): Promise<readonly string[]> {
  const { notes } = await sightOf(rehearsal);
  return [
    ...differences(shape, await shapeOf(rehearsal)),
    ...(notes.join() === "ended" ? [] : [`notes: ${notes.join(", ") || "none"}`]),
  ];
}

function describe({ tables, filled, indexes, foreignKeys, notes }: Sight): string {
  return `${tables} tables, ${filled} filled, ${indexes} indexes, ${foreignKeys} foreign keys, note ${notes.join(", ") || "none"}`;
}

/** Starts a copy of the live Job. */
async function anotherJob(cluster: Cluster): Promise<V1Job> {
  const { items } = await cluster.batch.listNamespacedJob({
    namespace: NAMESPACE,
    labelSelector: `app.kubernetes.io/component=${RESTORE_COMPONENTS.restore}`,
  });
  const [live] = items;
  if (live?.spec === undefined) throw new Error("There is no Job of a restore.");
  const { selector: _, template, ...spec } = live.spec;
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(
    ([name]) => !/(^|\/)(controller-uid|job-name)$/u.test(name),
  );
  return await cluster.batch.createNamespacedJob({
    namespace: NAMESPACE,
    body: {
      metadata: { generateName: "restore-again-" },
      spec: {
        ...spec,
        template: {
          ...template,
          metadata: { ...template.metadata, labels: Object.fromEntries(labels) },
        },
      },
    },
  });
}

async function mustBeEvicted({ core }: Cluster, pod: V1Pod): Promise<void> {
  if (!(await evicted(core, pod, false)))
    throw new Error(`${pod.metadata?.name} can't be evicted.`);
}

/** Logs of all pods of these Jobs, that of the killed one included. */
async function logsOf(
  { runners }: Rehearsal,
  { core }: Cluster,
  jobs: readonly V1Job[],
  killed: V1Pod,
): Promise<readonly string[]> {
  const names = jobs.map(({ metadata }) => metadata?.name ?? "");
  const { items } = await core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `batch.kubernetes.io/job-name in (${names.join(",")})`,
  });
  const uids = new Set([killed, ...items].map(({ metadata }) => metadata?.uid ?? ""));
  return [...uids].map((uid) => {
    const { stdout = "", stderr = "" } = runners.jobOf(uid)?.results().get("psql") ?? {};
    return `${stdout}${stderr}`;
  });
}

/** First lines that name an error; all of the logs if none does. */
function errorsIn(logs: readonly string[]): string {
  const lines = logs.flatMap((log) => log.split("\n"));
  const errors = lines.filter((line) => /error/iu.test(line)).slice(0, 3);
  return (errors.length > 0 ? errors : lines).join("; ").slice(0, 400);
}

/** Makes the database empty again, as it was made. */
async function emptied({ databases }: Rehearsal): Promise<void> {
  const [row] = await databases.asAgent(
    "SELECT pg_get_userbyid(relowner) AS role FROM pg_class WHERE oid = 'public.statuses'::regclass",
  );
  const role = `"${String(row?.["role"])}"`;
  await databases.asAgent(
    `SET ROLE ${role}; DROP OWNED BY CURRENT_USER; RESET ROLE; GRANT ALL ON SCHEMA public TO ${role}; DROP SCHEMA ${RESTORE_SCHEMA} CASCADE`,
  );
}

/** The pods of a restore that have not ended. */
async function runningPods(rehearsal: Rehearsal): Promise<readonly V1Pod[]> {
  const { core } = clusterOf(liveConfig(rehearsal));
  const { items } = await core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `app.kubernetes.io/component=${RESTORE_COMPONENTS.restore}`,
  });
  return items.filter(({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""));
}

/** Kills the running programs of a restore's pod, as the kernel does when memory is short. */
async function killPrograms({ runners }: Rehearsal, pod: V1Pod): Promise<number> {
  const job = runners.jobOf(pod.metadata?.uid ?? "");
  const { length } = (await job?.processes("psql")) ?? [];
  await job?.signal("psql", "SIGKILL");
  return length;
}
