import { AutoscalingV2Api, BatchV1Api } from "@kubernetes/client-node";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { parseConfig } from "../../input/parse.ts";
import type { Stoppable } from "../../config/keys/stopped.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { dumpTo } from "../../ops/db/dump.ts";
import { raiseEpoch } from "../../ops/db/epoch.ts";
import { withDatabasePod, type RunInPod } from "../../ops/db/pod.ts";
import { restoreInto } from "../../ops/db/restore.ts";
import { clusterOf } from "../../ops/pods/cluster.ts";
import { isThere } from "../build/cache.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { OLD_ROWS, type OldServer } from "../data/old-server.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { execInSandbox } from "../pods/exec-in-pod.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { liveConfig, liveDeployments, probeGround, queryAsWeb } from "./live.ts";

/** The autoscaler looks every 15 s; from one pod to its minimum it needs one look. */
const SCALED_MS = 90_000;

/** All that writes to the database. */
export const EVERYTHING: readonly Stoppable[] = ["web", "streaming", "sidekiq"];

/** Provides the pod of `npm run db`. */
export async function inDatabasePod<T>(
  rehearsal: Rehearsal,
  use: (run: RunInPod) => Promise<T>,
  role?: "administrator",
): Promise<T> {
  return await withDatabasePod(
    clusterOf(liveConfig(rehearsal)),
    new AbortController().signal,
    use,
    { execute: execInSandbox(await probeGround(rehearsal)), ...(role && { role }) },
  );
}

/** Restores a dump as `npm run db` does. `replace` also overwrites a server's data. */
export async function restored(
  rehearsal: Rehearsal,
  dump: string | Buffer,
  replace = false,
): ReturnType<typeof restoreInto> {
  const open = (): Readable =>
    typeof dump === "string" ? createReadStream(dump) : Readable.from([dump]);
  const cluster = clusterOf(liveConfig(rehearsal));
  return await inDatabasePod(rehearsal, (run) =>
    restoreInto(cluster, run, { open, replace, say: () => undefined }),
  );
}

/** UIDs of all Jobs of the namespace. */
export async function jobsOf(rehearsal: Rehearsal): Promise<ReadonlySet<string>> {
  const { items } = await liveConfig(rehearsal)
    .makeApiClient(BatchV1Api)
    .listNamespacedJob({ namespace: NAMESPACE });
  return new Set(
    items.map(
      ({ metadata }) =>
        `${metadata?.labels?.["app.kubernetes.io/component"] ?? ""} ${metadata?.uid ?? ""}`,
    ),
  );
}

async function replicasBy(rehearsal: Rehearsal): Promise<ReadonlyMap<string, number>> {
  return new Map(
    (await liveDeployments(rehearsal)).map(({ metadata, status }) => [
      metadata?.name ?? "",
      status?.readyReplicas ?? 0,
    ]),
  );
}

/** Checks what runs while everything that writes is stopped. */
export async function stoppedCheck(rehearsal: Rehearsal): Promise<Check> {
  const ready = await replicasBy(rehearsal);
  const { items } = await liveConfig(rehearsal)
    .makeApiClient(AutoscalingV2Api)
    .listNamespacedHorizontalPodAutoscaler({ namespace: NAMESPACE });
  return checkOf(
    "stopped, nothing that writes to the database has a pod or an autoscaler, and tunnel and static files serve on",
    [
      ...[...ready]
        .filter(([name, count]) => isStoppable(name) !== (count === 0))
        .map(([name, count]) => `${name} has ${count} pods`),
      ...items.map(({ metadata }) => `the autoscaler ${metadata?.name} is there`),
    ],
    [...ready].map(([name, count]) => `${name} ${count}`).join(", "),
  );
}

function isStoppable(name: string): boolean {
  return /^(?:web|streaming|sidekiq-.*)$/u.test(name);
}

/** A broken connection must not leave data that looks like a server. */
export async function cutCheck(rehearsal: Rehearsal, file: string): Promise<Check> {
  const before = await tablesOf(rehearsal);
  const whole = await readFile(file);
  const complaints: string[] = [];
  for (const share of [0.5, 0.97]) {
    const said = await restored(rehearsal, whole.subarray(0, whole.length * share)).then(
      () => "it was restored",
      (error: unknown) => (error as Error).message,
    );
    if (!/^The restore failed, and the database is as it was: /u.test(said)) complaints.push(said);
    if ((await tablesOf(rehearsal)) !== before) complaints.push(`cut at ${share}, it changed`);
  }
  const target = join(rehearsal.directory, "failed.dump");
  const dumped = await inDatabasePod(rehearsal, (run) =>
    dumpTo((each) => run({ ...each, command: ["env", "PGPORT=1", ...each.command] }), target),
  ).then(
    () => true,
    () => false,
  );
  if (dumped) complaints.push("a dump from a port where nobody listens was made");
  for (const left of [`${target}.part`, target])
    if (await isThere(left)) complaints.push(`a dump that failed left ${left}`);
  return checkOf(
    "a dump that is cut is refused and changes nothing, and a dump that fails leaves no file",
    complaints,
    "cut at half and near its end",
  );
}

async function tablesOf(rehearsal: Rehearsal): Promise<string> {
  return await askedPast(
    rehearsal,
    "SELECT string_agg(relname || relkind, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace",
  );
}

/** Result of a query that bypasses web, whose pods may be stopped. */
async function askedPast(rehearsal: Rehearsal, sql: string): Promise<string> {
  return await inDatabasePod(rehearsal, async (run) => {
    let text = "";
    const out = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString("utf8");
        done();
      },
    });
    await run({ command: ["psql", "-XAtqc", sql], out, error: out });
    return text;
  });
}

/** Checks that a deploy after a restore ran its Jobs again. */
export async function newJobsCheck(
  rehearsal: Rehearsal,
  before: ReadonlySet<string>,
): Promise<Check> {
  const now = await jobsOf(rehearsal);
  const fresh = [...now].filter((job) => !before.has(job)).map((job) => job.split(" ")[0] ?? "");
  const wanted = [
    "database-grants",
    "migrate-post-deployment",
    "migrate-pre-deployment",
    "preflight",
    "streaming-grants",
  ];
  return checkOf(
    "after a restore preflight, all grants and both migrations run again",
    wanted.filter((name) => !fresh.includes(name)).map((name) => `${name} did not run`),
    fresh.sort().join(", "),
  );
}

const COUNTS = Object.keys(OLD_ROWS).map((table) => `(SELECT count(*) FROM ${table})`);

/** Checks the old server's rows, with the schema of the deployed release. */
export async function contentChecks(
  rehearsal: Rehearsal,
  old: OldServer | undefined,
): Promise<readonly Check[]> {
  const sql = `SELECT ${COUNTS.join(" || ' ' || ")}`;
  const [theirs, ours] = [await old?.sql(sql), await queryAsWeb(rehearsal, sql)];
  const columns = await queryAsWeb(
    rehearsal,
    "SELECT string_agg(column_name, ',' ORDER BY column_name) FROM information_schema.columns WHERE table_name = 'statuses'",
  );
  const statuses = columns.split(",");
  const reads = await queryAsWeb(
    rehearsal,
    "SELECT has_any_column_privilege('mastodon_streaming', 'users', 'SELECT')",
  );
  return [
    checkOf(
      "every row of the old server is there",
      theirs === ours ? [] : [`${String(theirs)} there, ${ours} here`],
      `accounts, users, statuses: ${ours}`,
    ),
    checkOf(
      "the restored older schema is migrated, before and after the deployment",
      statuses.includes("note") && !statuses.includes("old_note")
        ? []
        : [`statuses has ${columns}`],
      `statuses has its note, and no old one`,
    ),
    checkOf("streaming's role may read what was restored", reads === "t" ? [] : [reads], reads),
  ];
}

/**
 * Checks that each Deployment has the configured number of pods, including web's autoscaled ones.
 */
export async function numbersCheck(
  rehearsal: Rehearsal,
  when: string,
  stopped: readonly Stoppable[],
): Promise<Check> {
  const config = parseConfig(readStackFile());
  const least = new Map<string, number>([
    ["web", config.web.replicas],
    ["streaming", config.streaming.replicas],
    ["assets", 1],
    ["cloudflared", 1],
    ...config.sidekiq.map(
      ({ name, replicas }) =>
        [`sidekiq-${name}`, stopped.includes("sidekiq") ? 0 : replicas] as const,
    ),
  ]);
  const lacking = async (): Promise<readonly string[]> => {
    const ready = await replicasBy(rehearsal);
    return [...least]
      .filter(([name, count]) =>
        count === 0 ? ready.get(name) !== 0 : (ready.get(name) ?? 0) < count,
      )
      .map(([name, count]) => `${name} has ${ready.get(name) ?? 0} of ${count} pods`);
  };
  const deadline = Date.now() + SCALED_MS;
  let left = await lacking();
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(500);
    left = await lacking();
  }
  return checkOf(
    `${when} every Deployment has its pods, web too`,
    left,
    [...(await replicasBy(rehearsal))].map(([name, count]) => `${name} ${count}`).join(", "),
  );
}

/**
 * A second restore over the migrated database. It is refused without confirmation. The old server
 * was never changed.
 */
export async function wayBackCheck(
  rehearsal: Rehearsal,
  dump: string,
  old: OldServer | undefined,
  deployed: (rehearsal: Rehearsal, stopped: readonly Stoppable[]) => Promise<string>,
): Promise<Check> {
  const ours = join(rehearsal.directory, "ours.dump");
  await inDatabasePod(rehearsal, (run) => dumpTo(run, ours));
  const rows = `SELECT ${COUNTS.join(" || ' ' || ")}`;
  const dumped = await queryAsWeb(rehearsal, rows);
  await queryAsWeb(rehearsal, "DELETE FROM statuses WHERE id > 10");
  const before = await jobsOf(rehearsal);
  await deployed(rehearsal, EVERYTHING);
  const said = await restored(rehearsal, dump).then(
    () => "it was restored over a living server",
    (error: unknown) => (error as Error).message,
  );
  await restored(rehearsal, ours, true);
  const back = await askedPast(rehearsal, rows);
  await restored(rehearsal, dump, true);
  const epoch = await raiseEpoch(rehearsal.stack.stackFile);
  await deployed(rehearsal, []);
  const checks = [
    ...(await contentChecks(rehearsal, old)),
    await newJobsCheck(rehearsal, before),
    await numbersCheck(rehearsal, "after it", []),
  ];
  return checkOf(
    "a dump of the new server, and then the old one's again, are restored over it, once somebody says that its members may go",
    [
      ...(/^The database holds a server with 300 members; nothing was changed/u.test(said)
        ? []
        : [said]),
      ...(back.trim() === dumped ? [] : [`${dumped} were dumped, ${back.trim()} came back`]),
      ...checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`),
    ],
    `epoch ${epoch}; the old server still has its ${OLD_ROWS.statuses} posts`,
  );
}
