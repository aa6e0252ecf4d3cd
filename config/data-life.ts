import type { StackConfig } from "./schema.ts";
import { STOPPABLE } from "./schema/stopped.ts";

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

/** Permission of one update to make a database, and what the next one is to know. */
export interface Life {
  readonly data: DataLife;
  /** Seconds since 1970 until which a schema may be loaded; undefined: never. */
  readonly mayBeEmptyUntil: number | undefined;
  /** End of a sentence that begins with the name of what would be made; undefined: it may be. */
  readonly refusal: string | undefined;
}

/**
 * Seconds in which a database may be found empty: more than any update takes, which GitHub ends
 * after six hours.
 */
const BIRTH_SECONDS = 24 * 3_600;

/**
 * Life that comes after what the last update left. An empty database is right in a stack whose first
 * update has not come to its end, and where the stack file says so: a higher epoch, with everything
 * stopped that would show the empty server to others before a dump is restored into it. A higher
 * epoch alone is that of data that was restored already.
 *
 * The right to an empty database hangs on the image and the hour of the birth, which the output
 * `running` keeps, and not on whether there is one. So the Job's template is the same in the second
 * update, and its preview is empty. A day later, or with another release, the right is gone.
 * @param running what the last update left; undefined for a stack whose first one has not ended.
 * @param image Mastodon's, of this update.
 */
export function lifeAfter(
  running: { readonly data?: DataLife } | undefined,
  config: StackConfig,
  image: string,
  now: Date,
): Life {
  const last = running?.data;
  const epoch = config.postgres.origin?.epoch ?? 1;
  const announced =
    epoch > (last?.epoch ?? 1) && STOPPABLE.every((each) => config.stopped.includes(each));
  const born = running === undefined || announced;
  const since = last?.since ?? now.toISOString().slice(0, 10);
  const birth = { image, until: Math.floor(now.getTime() / 1_000) + BIRTH_SECONDS };
  const data: DataLife = born
    ? { since, epoch, birth }
    : last?.epoch === epoch
      ? last
      : { since, epoch };
  return {
    data,
    mayBeEmptyUntil: data.birth?.image === image ? data.birth.until : undefined,
    refusal: born ? undefined : refusalOf(config, data),
  };
}

function refusalOf({ domain }: StackConfig, { since }: DataLife): string {
  return `would be made anew and empty, but ${domain} has lived here since ${since} at least. No database was made. DigitalOcean shows none to this token where one was. Run \`doctl databases list\`, and merge nothing until you know. docs/operate.md, "The database is gone", says for either answer how it comes back`;
}
