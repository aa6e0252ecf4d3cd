import { PassThrough, Writable, type Readable } from "node:stream";
import { STOPPABLE } from "../../config/keys/stopped.ts";
import { NAMESPACE } from "../../config/topology.ts";
import type { Cluster } from "../pods/cluster.ts";
import type { RunInPod } from "./pod.ts";

/**
 * Arguments of a restore: the dump, whether it may replace members, and the receiver of messages.
 */
export interface RestoreOptions {
  /** The dump from its beginning, as often as it is asked for. */
  readonly open: () => Readable;
  /** Whether a database with members may be replaced. */
  readonly replace: boolean;
  readonly say: (sentence: string) => void;
}

/** Result of a restore. */
export interface Restored {
  /** Entries of the dump that a managed database lets nobody but its own administrator make. */
  readonly leftOut: readonly string[];
}

/**
 * Entries that only a superuser may make. The extension is PgHero's, and DigitalOcean has its own.
 */
const FOREIGN = / (?:COMMENT - )?(?:EXTENSION|SCHEMA) /u;

/**
 * The list without those entries, then all in one transaction: what the database held goes, and
 * what the dump holds comes, or nothing changes. `COMMIT` is written only after `pg_restore` ended
 * well, so a dump that is cut, or a connection that breaks, leaves the database as it was. `DROP
 * OWNED` also takes tables that the dump does not know: a newer schema's, which would be in the way
 * of its own migrations.
 */
const LIST = `set -eu
pg_restore --list | tee /tmp/all | grep -vE ' (COMMENT - )?(EXTENSION|SCHEMA) ' > /tmp/list
grep -E ' (COMMENT - )?(EXTENSION|SCHEMA) ' /tmp/all || true`;
const RESTORE = `set -eu
export PGOPTIONS=--client-min-messages=error
rm -f /tmp/came-through
{
  echo 'BEGIN; DROP OWNED BY CURRENT_USER;'
  pg_restore --no-owner --no-privileges --exit-on-error --use-list=/tmp/list --file=- &&
    touch /tmp/came-through && echo 'COMMIT; ANALYZE;'
} | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse --output=/dev/null
test -e /tmp/came-through`;

/**
 * Puts a dump in the place of what the database holds.
 * @throws Error where the server still runs, where members would be lost without a word, and where
 * the restore failed; nothing is changed then.
 */
export async function restoreInto(
  cluster: Cluster,
  run: RunInPod,
  { open, replace, say }: RestoreOptions,
): Promise<Restored> {
  await refuseRunning(cluster);
  const has = await asked(run, "SELECT to_regclass('public.users') IS NOT NULL");
  const members = has === "t" ? Number(await asked(run, "SELECT count(*) FROM users")) : 0;
  if (members > 0 && !replace)
    throw new Error(
      `The database holds a server with ${members} members; nothing was changed. To replace all of it, add --replace.`,
    );
  const listed = collected();
  const { out, text } = collected();
  const listStatus = await run({
    command: ["sh", "-c", LIST],
    input: open(),
    out,
    error: listed.out,
  });
  if (listStatus !== 0)
    throw new Error(
      `The file is no dump that can be read: ${lastLine(listed.text())}. It must be made by pg_dump --format=custom. Nothing was changed.`,
    );
  const leftOut = text()
    .split("\n")
    .filter((line) => FOREIGN.test(line));
  say(
    `Restoring${leftOut.length === 0 ? "" : `, without ${leftOut.length} entries of extensions and schemas`}.`,
  );
  const errors = collected();
  const status = await run({
    command: ["sh", "-c", RESTORE],
    input: open(),
    out: new PassThrough().resume(),
    error: errors.out,
  });
  if (status !== 0)
    throw new Error(
      `The restore failed, and the database is as it was: ${lastLine(errors.text())}`,
    );
  return { leftOut };
}

/**
 * Refuses a restore while a workload that can be stopped still runs. This program must stop it
 * (`stopped`), because the program also brings it back.
 */
async function refuseRunning(cluster: Cluster): Promise<void> {
  const { items } = await cluster.apps.listNamespacedDeployment({ namespace: NAMESPACE });
  const running = items
    .filter(({ metadata, status }) => {
      const [component = ""] = (metadata?.name ?? "").split("-");
      return STOPPABLE.some((one) => one === component) && (status?.replicas ?? 0) > 0;
    })
    .map(({ metadata }) => metadata?.name ?? "");
  if (running.length > 0)
    throw new Error(
      `${running.join(", ")} still run, and would write into what is being restored. Set mastodon:stopped to [${STOPPABLE.join(", ")}], run \`pulumi up --refresh\`, then this again.`,
    );
}

async function asked(run: RunInPod, sql: string): Promise<string> {
  const [{ out, text }, errors] = [collected(), collected()];
  const command = ["psql", "-XAtqc", sql];
  const status = await run({ command, out, error: errors.out });
  if (status !== 0) throw new Error(`The database can't be asked: ${lastLine(errors.text())}`);
  return text().trim();
}

/** Keeps what is written to it. */
function collected(): { readonly out: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { out, text: () => Buffer.concat(chunks).toString("utf8") };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it did not say why";
}
