import { basename } from "node:path";
import type { Manifest } from "../../domain/backup/manifest.ts";
import { RESTORE_5GB } from "../../facts/durations.ts";
import { askBeside, dropBeside, fillBeside, makeBeside } from "../db/beside.ts";
import { decrypted } from "../db/decrypted.ts";
import { diskBytesOf } from "../db/disk.ts";
import { askPod } from "../db/restore.ts";
import { reasonOf } from "../pods/cluster.ts";
import { fileKeyOf } from "../restore/prepare.ts";
import { dumpsOf, headerOf, knownDumps, openDump, type FoundDump } from "./dumps.ts";
import { configOf } from "../stack-file/place.ts";
import { identityOf } from "../restore/identity.ts";
import type { NightOptions } from "./plan.ts";
import { inMinutes } from "./times.ts";
import { ageOf } from "./words.ts";
import type { RebuildWorld } from "./world.ts";

/**
 * `npm run rebuild -- drill`: restores the newest dump beside the live database, compares it with
 * its manifest, and drops it. The live database, its server and the stack are not changed.
 */

/** Name of the scratch database. It is no `mastodon_beside`, which somebody may still need. */
const SCRATCH = { name: "mastodon_drill" } as const;

/** Bytes to which the assumed duration of a restore belongs. */
const ASSUMED_BYTES = 5e9;

/** One step that has ended, for the table. */
interface Timed {
  readonly title: string;
  readonly seconds: number;
}

/**
 * Does the drill.
 * @param context of the kubeconfig; undefined: the current one.
 * @returns whether the dump restores whole.
 * @throws Error in a sentence. The scratch database is dropped then, too.
 */
export async function drill(
  options: NightOptions,
  context: string | undefined,
  world: RebuildWorld,
): Promise<boolean> {
  const config = await configOf(options);
  const clouds = await world.clouds();
  const { say, now } = world;
  const steps: Timed[] = [];
  const timed = async <T>(title: string, work: () => Promise<T>): Promise<T> => {
    const since = now().getTime();
    world.live?.(`  ▸ ${title}`);
    try {
      return await work();
    } finally {
      world.live?.("");
      steps.push({ title, seconds: (now().getTime() - since) / 1_000 });
    }
  };
  const inPod = world.pod;
  const [admin, member] = [
    { context, role: "administrator" },
    { context, role: "application" },
  ] as const;

  const identity = await identityOf(options.identity);
  const manifest = await timed("newest good dump, and its key", async () => {
    const found = newestOf(
      await dumpsOf(config, basename(options.stack), clouds),
      config.domain,
      say,
    );
    await fileKeyOf(found, await headerOf(config, found.object, clouds), identity);
    return found;
  });
  say(
    `Drill with ${manifest.object}, ${ageOf(manifest.begun, now())}, beside the live database, which stays as it is.`,
  );
  let faults: readonly string[];
  let mayBeThere = false;
  try {
    await timed("room, scratch database", () =>
      inPod(admin, async (run) => {
        mayBeThere = true;
        // A drill that was killed has left it.
        await dropBeside(run, SCRATCH);
        await makeBeside(run, await diskBytesOf(clouds, await askPod(run, "$PGHOST")), {
          ...SCRATCH,
          leastBytes: manifest.databaseBytes,
        });
      }),
    );
    const open = decrypted(openDump(config, manifest.object, clouds), identity);
    faults = await inPod(member, async (run) => {
      await timed(RESTORE, () => fillBeside(run, open, SCRATCH));
      return await timed("counts, schema, indexes", async () =>
        faultsOf(manifest, await askBeside(run, FOUND, SCRATCH.name)),
      );
    });
  } finally {
    if (mayBeThere)
      mayBeThere = await timed("scratch database dropped", () =>
        inPod(admin, (run) => dropBeside(run, SCRATCH)).then(
          () => false,
          (error: unknown) => {
            say(`${SCRATCH.name} is not dropped: ${reasonOf(error)}. The next drill drops it.`);
            return true;
          },
        ),
      );
    say(tableOf(steps));
  }
  say(measuredLine(manifest, steps.find(({ title }) => title === RESTORE)?.seconds ?? 0));
  say(
    faults.length === 0
      ? `The dump of ${manifest.begun} restores whole: ${manifest.counts.localUsers} members, ${manifest.counts.statuses} posts, every index valid.`
      : `The dump of ${manifest.begun} does not restore whole: ${faults.join("; ")}. Keep older dumps, and look with npm run db -- beside load ${manifest.object}.`,
  );
  return faults.length === 0 && !mayBeThere;
}

const RESTORE = "dump into it, indexes built";

/** The newest dump that nothing speaks against. @throws Error with the reason if there is none. */
function newestOf(
  dumps: Awaited<ReturnType<typeof dumpsOf>>,
  domain: string,
  say: (text: string) => void,
): Manifest {
  for (const dump of knownDumps(dumps, "Begin with npm run backup -- key --out FILE.")) {
    const against = againstOf(dump, domain);
    if (dump.manifest !== undefined && against.length === 0) return dump.manifest;
    say(`Passed over: ${dump.object}: ${against.join("; ")}.`);
  }
  throw new Error(
    "There is no good dump to try. Nothing was changed. npm run backup -- check says what is wrong.",
  );
}

function againstOf({ manifest, faults, doubts }: FoundDump, domain: string): readonly string[] {
  const isOther = manifest !== undefined && manifest.domain !== domain;
  return [...faults, ...doubts, ...(isOther ? [`it is a dump of ${manifest.domain}`] : [])];
}

/** Facts of the scratch database, as one line of numbers. */
const FOUND = `SELECT concat_ws(' ',
  (SELECT count(*) FROM accounts), (SELECT count(*) FROM users), (SELECT count(*) FROM statuses),
  (SELECT count(*) FROM schema_migrations), (SELECT max(version) FROM schema_migrations),
  (SELECT count(*) FROM pg_index WHERE NOT (indisvalid AND indisready)))`;

/** Differences between the manifest and what was restored; none if all is there. */
function faultsOf({ counts, migrations, schema }: Manifest, found: string): readonly string[] {
  const wanted = [
    ["accounts", counts.accounts],
    ["members", counts.localUsers],
    ["posts", counts.statuses],
    ["migrations", migrations],
    ["newest schema", schema],
    ["invalid indexes", 0],
  ] as const;
  const values = found.split(" ");
  return wanted.flatMap(([what, value], at) =>
    values[at] === String(value)
      ? []
      : [`${what}: ${values[at] || "no answer"} instead of ${value}`],
  );
}

function tableOf(steps: readonly Timed[]): string {
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  return [...steps, { title: "together", seconds: total }]
    .map(({ title, seconds }) => `  ${title.padEnd(32)} ${inMinutes(seconds).padStart(9)}`)
    .join("\n");
}

/** The measured restore, beside the one that estimates assume. */
function measuredLine({ bytes, databaseBytes }: Manifest, seconds: number): string {
  const assumed = (RESTORE_5GB.seconds * databaseBytes) / ASSUMED_BYTES;
  return `Measured: ${Math.round(seconds)} s for a dump of ${bytes} bytes and a database of ${databaseBytes} bytes. Estimates assume ${Math.round(assumed)} s (facts/durations.ts, RESTORE_5GB).`;
}
