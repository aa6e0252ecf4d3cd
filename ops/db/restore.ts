import { PassThrough, type Readable } from "node:stream";
import { STOPPABLE } from "../../config/keys/stopped.ts";
import { FOREIGN_ENTRIES } from "../../domain/restore.ts";
import { NAMESPACE } from "../../config/topology.ts";
import type { Cluster } from "../pods/cluster.ts";
import { collected } from "../pods/collected.ts";
import type { RunInPod } from "./pod.ts";

/**
 * Arguments of a restore: the dump, whether it may replace members, and the receiver of messages.
 */
export interface RestoreOptions {
  /** Opens the dump from its beginning. It may be called several times. */
  readonly open: () => Readable;
  /** Whether a database with members may be replaced. */
  readonly replace: boolean;
  readonly say: (sentence: string) => void;
}

/** Result of a restore. */
export interface Restored {
  /** Entries of the dump that a managed database allows only its administrator to create. */
  readonly leftOut: readonly string[];
}

const FOREIGN = new RegExp(FOREIGN_ENTRIES, "u");

/**
 * Restores all entries but those, in one transaction. Either the dump replaces the content of the
 * database, or nothing changes. The script writes `COMMIT` only after `pg_restore` succeeded, so a
 * truncated dump or a broken connection leaves the database as it was.
 *
 * `DROP OWNED` also drops tables that the dump does not have. Tables of a newer schema would make
 * its migrations fail later.
 */
const LIST = `set -eu
pg_restore --list | tee /tmp/all | grep -vE '${FOREIGN_ENTRIES}' > /tmp/list
grep -E '${FOREIGN_ENTRIES}' /tmp/all || true`;
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
 * Replaces the content of the database with a dump.
 * @throws Error if the server still runs, if members would be lost without confirmation, or if the
 * restore failed. Nothing is changed then.
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
 * Refuses a restore while a workload that can be stopped still runs. The operator must stop it
 * through this program (`stopped`), because the program also starts it again.
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

/** The answer of the database to a query, as text. */
export async function asked(run: RunInPod, sql: string): Promise<string> {
  const [{ out, text }, errors] = [collected(), collected()];
  const command = ["psql", "-XAtqc", sql];
  const status = await run({ command, out, error: errors.out });
  if (status !== 0) throw new Error(`The database can't be asked: ${lastLine(errors.text())}`);
  return text().trim();
}

/** A text that the shell of the pod expands: `$PGHOST`. */
export async function askPod(run: RunInPod, text: string): Promise<string> {
  const { out, text: answer } = collected();
  await run({
    command: ["sh", "-c", `printf %s "${text}"`],
    out,
    error: new PassThrough().resume(),
  });
  return answer().trim();
}

/** The last line of an output: the error, where a program has failed. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it did not say why";
}
