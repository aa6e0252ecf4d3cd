import { databaseClustersOf, postgresNameOf } from "./database-clusters.ts";
import { anewRefusals, type KeptThings } from "./kept.ts";
import type { StackConfig } from "../config/schema.ts";
import { openedBy, type HadUnlocked } from "./unlocked.ts";
import { STOPPABLE } from "../config/keys/stopped.ts";

/**
 * Records in the stack that a server's data is in its database, so that no update replaces it by an
 * empty one. Otherwise other servers would meet new keys under old names, and never trust that name
 * again.
 */

/** Life of the database's content, from the output `running`. */
export interface DataLife {
  /**
   * Date since which the server has existed at least, UTC: "2026-11-28". An older program did not
   * record it.
   */
  readonly since: string;
  /** `postgres.origin.epoch`; 1 if the file has none. */
  readonly epoch: number;
  /** `postgres.origin.number`, whichever of the clusters serves. Unset: 1. */
  readonly number?: number;
  /** Unset for data from another source: restored, or of an update by an older program. */
  readonly birth?: Birth;
}

/** Release that may find an empty database, and the time limit. */
export interface Birth {
  /** Mastodon's image. */
  readonly image: string;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Permissions of one update to create such resources, and the record for the next one. */
export interface Life {
  readonly data: DataLife;
  /** Seconds since 1970 until which a schema may be loaded; undefined: never. */
  readonly mayBeEmptyUntil: number | undefined;
  /**
   * Ends of messages that begin with the resource's name. A resource without an entry may be
   * created.
   */
  readonly refusals: ReadonlyMap<string, string>;
  /** Logical names of resources that this update may replace, so they are not protected. */
  readonly opened: readonly string[];
}

/** Resources with the database's content: logical names without that of their component. */
const DATABASES = ["cluster", "database"] as const;

/** Records of the last update that determine the life. */
type Remembered =
  | { readonly data?: DataLife; readonly kept?: KeptThings; readonly unlocked?: HadUnlocked }
  | undefined;

/**
 * Seconds in which a database may be empty: longer than any update, which GitHub ends after six
 * hours.
 */
const BIRTH_SECONDS = 24 * 3_600;

/**
 * Computes the life after the last update. An empty database is allowed in two cases. In the first,
 * the stack's first update is not complete, and the stack file has no date since which a server
 * exists. In the second, the stack file has a higher epoch, and every workload that would show the
 * empty server to others is stopped. A higher epoch alone means data that was already restored.
 *
 * The permission for an empty database depends on the image and the time of the birth. The output
 * `running` stores them. It does not depend on whether there is a database. So the Job's template
 * is the same in the second update, and its preview is empty. A day later, or with another release,
 * the permission ends.
 * @param running outputs of the last update; undefined if the stack's first one is not complete.
 * @param image Mastodon's, of this update.
 */
export function lifeAfter(
  running: Remembered,
  config: StackConfig,
  image: string,
  now: Date,
): Life {
  const last = running?.data;
  const { origin } = config.postgres;
  const epoch = origin?.epoch ?? 1;
  const { newest } = databaseClustersOf(config.postgres);
  const born =
    newest === 1 &&
    (isAnnounced(running, config) || (running === undefined && origin?.since === undefined));
  const since = last?.since ?? origin?.since ?? now.toISOString().slice(0, 10);
  const birth = { image, until: Math.floor(now.getTime() / 1_000) + BIRTH_SECONDS };
  const number = newest === 1 ? {} : { number: newest };
  const data: DataLife = born
    ? { since, epoch, birth }
    : last?.epoch === epoch && (last.number ?? 1) === newest
      ? last
      : { since, epoch, ...number };
  return {
    data,
    mayBeEmptyUntil: data.birth?.image === image ? data.birth.until : undefined,
    refusals: new Map(
      [...anewRefusals(running?.kept, config), ...databaseRefusals(last, config, data)].filter(
        ([name]) => !born || !name.startsWith("postgres-"),
      ),
    ),
    opened: openedBy(running, config),
  };
}

/**
 * Whether the stack file announces another life of the data, with every serving workload stopped.
 */
export function isAnnounced(
  running: { readonly data?: DataLife } | undefined,
  config: StackConfig,
): boolean {
  const epoch = config.postgres.origin?.epoch ?? 1;
  return (
    epoch > (running?.data?.epoch ?? 1) && STOPPABLE.every((each) => config.stopped.includes(each))
  );
}

/**
 * Fault of a state without any update, if the stack file has a server. Undefined if there is none.
 * A new start there would create a second tunnel, network and database, unless their names are
 * taken.
 */
export function lostStateFault(
  running: { readonly data?: DataLife } | undefined,
  config: StackConfig,
): string | undefined {
  const since = config.postgres.origin?.since;
  return running !== undefined || since === undefined || isAnnounced(running, config)
    ? undefined
    : `${config.domain} has lived here since ${since} (mastodon:postgres.origin.since), but the state of this stack remembers no update; nothing was changed. The state is lost, or PULUMI_BACKEND_URL leads to another one. docs/operate.md, "The state is lost", brings it back. For another server, take that line out of its stack file`;
}

/** Advice to commit a value that only the state has. Undefined if the stack file has it. */
export function lifeToCommit(
  running: { readonly data?: DataLife } | undefined,
  config: StackConfig,
): string | undefined {
  const since = running?.data?.since;
  return since === undefined || config.postgres.origin?.since !== undefined
    ? undefined
    : `Only Pulumi's state knows that ${config.domain} lives. Commit it, so that no update begins anew if that state is lost: pulumi config set --path mastodon:postgres.origin.since ${since}`;
}

/**
 * Refusals for the clusters that an update left, and for one that is kept beside another. A number
 * that is higher than the last update's is made, because `origin` says where its data comes from.
 */
function databaseRefusals(
  last: DataLife | undefined,
  config: StackConfig,
  data: DataLife,
): readonly (readonly [name: string, refusal: string])[] {
  const { serving, idle, newest } = databaseClustersOf(config.postgres);
  const left = newest === 1 ? 1 : (last?.number ?? 1);
  return [
    ...(serving > left ? [] : [[serving, refusalOf(config, data)] as const]),
    ...(idle === undefined ? [] : [[idle, idleRefusal(idle, newest)] as const]),
  ].flatMap(([number, refusal]) =>
    DATABASES.map((part) => [`${postgresNameOf(number)}-${part}`, refusal] as const),
  );
}

/** The end of the message that refuses to make a cluster which only keeps former data. */
function idleRefusal(idle: number, newest: number): string {
  const cure =
    idle < newest
      ? "`pulumi config set --path mastodon:postgres.former release`"
      : "give mastodon:postgres.origin the number and the source that it had before that one";
  return `would be made anew and empty, but it stands only for data that no longer serves. None was made. DigitalOcean does not show it to this token. If it is there, \`npm run state -- adopt\` takes it into the state again; if it is gone for good: ${cure}`;
}

function refusalOf({ domain }: StackConfig, { since }: DataLife): string {
  return `would be made anew and empty, but ${domain} has lived here since ${since} at least. No database was made. DigitalOcean shows none to this token where one was. Run \`doctl databases list\`, and merge nothing until you know. docs/operate.md, "The database is gone", says for either answer how it comes back`;
}
