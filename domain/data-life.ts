import { anewRefusals, type KeptThings } from "./kept.ts";
import type { StackConfig } from "../config/schema.ts";
import { STOPPABLE } from "../config/keys/stopped.ts";

/**
 * Memory of the stack that a server lives in its database, so that no update puts an empty one in
 * its place: other servers would meet new keys under old names, and never trust that name again.
 * Pure.
 */

/** Life of the database's content, as the output `running` remembers it. */
export interface DataLife {
  /** Day since which the server lives at least, UTC: "2026-11-28". An older program told none. */
  readonly since: string;
  /** `postgres.origin.epoch`; 1 where the file has none. */
  readonly epoch: number;
  /** Left out for data that came by itself: restored, or of an update by an older program. */
  readonly birth?: Birth;
}

/** Release that may find an empty database, and until when. */
export interface Birth {
  /** Mastodon's image. */
  readonly image: string;
  /** Seconds since 1970. */
  readonly until: number;
}

/** Permission of one update to make what lived, and what the next one is to know. */
export interface Life {
  readonly data: DataLife;
  /** Seconds since 1970 until which a schema may be loaded; undefined: never. */
  readonly mayBeEmptyUntil: number | undefined;
  /** Ends of sentences that begin with the name of what would be made; without one it may be. */
  readonly refusals: ReadonlyMap<string, string>;
}

/** Resources that hold the database's content, by their names in the program. */
const DATABASES = ["postgres-cluster", "postgres-database"] as const;

/** Memory of the last update, as far as a life goes by it. */
type Remembered = { readonly data?: DataLife; readonly kept?: KeptThings } | undefined;

/**
 * Seconds in which a database may be found empty: more than any update takes, which GitHub ends
 * after six hours.
 */
const BIRTH_SECONDS = 24 * 3_600;

/**
 * Life that comes after what the last update left. An empty database is right in a stack whose
 * first update has not come to its end, unless the stack file knows since when a server lives; and
 * where that file says so: a higher epoch, with everything stopped that would show the empty server
 * to others before a dump is restored into it. A higher epoch alone is that of data that was
 * restored already.
 *
 * The right to an empty database hangs on the image and the hour of the birth, which the output
 * `running` keeps, and not on whether there is one. So the Job's template is the same in the second
 * update, and its preview is empty. A day later, or with another release, the right is gone.
 * @param running what the last update left; undefined for a stack whose first one has not ended.
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
  const born =
    isAnnounced(running, config) || (running === undefined && origin?.since === undefined);
  const since = last?.since ?? origin?.since ?? now.toISOString().slice(0, 10);
  const birth = { image, until: Math.floor(now.getTime() / 1_000) + BIRTH_SECONDS };
  const data: DataLife = born
    ? { since, epoch, birth }
    : last?.epoch === epoch
      ? last
      : { since, epoch };
  return {
    data,
    mayBeEmptyUntil: data.birth?.image === image ? data.birth.until : undefined,
    refusals: new Map(
      [
        ...anewRefusals(running?.kept, config),
        ...DATABASES.map((name) => [name, refusalOf(config, data)] as const),
      ].filter(([name]) => !born || !name.startsWith("postgres-")),
    ),
  };
}

/** Whether the stack file announces another life of the data, with nothing to show it to others. */
function isAnnounced(
  running: { readonly data?: DataLife } | undefined,
  config: StackConfig,
): boolean {
  const epoch = config.postgres.origin?.epoch ?? 1;
  return (
    epoch > (running?.data?.epoch ?? 1) && STOPPABLE.every((each) => config.stopped.includes(each))
  );
}

/**
 * Fault of a state that remembers no update, while the stack file remembers a server. Undefined if
 * there is none. Beginning anew there makes a second tunnel, network and database, as far as their
 * names let it.
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

/** Advice to commit what only the state knows. Undefined if the stack file has it. */
export function lifeToCommit(
  running: { readonly data?: DataLife } | undefined,
  config: StackConfig,
): string | undefined {
  const since = running?.data?.since;
  return since === undefined || config.postgres.origin?.since !== undefined
    ? undefined
    : `Only Pulumi's state knows that ${config.domain} lives. Commit it, so that no update begins anew if that state is lost: pulumi config set --path mastodon:postgres.origin.since ${since}`;
}

function refusalOf({ domain }: StackConfig, { since }: DataLife): string {
  return `would be made anew and empty, but ${domain} has lived here since ${since} at least. No database was made. DigitalOcean shows none to this token where one was. Run \`doctl databases list\`, and merge nothing until you know. docs/operate.md, "The database is gone", says for either answer how it comes back`;
}
