/**
 * Commands of `tootctl` that need a second thought, judged before anything runs (mastodon/mastodon
 * `lib/mastodon/cli/`). Pure.
 */

/**
 * Commands that can't be undone, or that other servers notice, each with a sentence about its
 * effect.
 */
const DANGEROUS: readonly (readonly [command: string, says: string])[] = [
  ["accounts delete", "deletes the account and everything it ever posted, here and elsewhere"],
  ["accounts rotate", "gives accounts new keys and tells every server of it"],
  ["accounts cull", "deletes every remote account whose server says it is gone"],
  ["accounts prune", "deletes remote accounts that nobody here has had to do with"],
  ["accounts merge", "moves one account's relations to another and deletes it"],
  ["accounts reset-relationships", "ends follows"],
  ["accounts unfollow", "makes every local account unfollow one"],
  ["accounts follow", "makes every local account follow one"],
  ["domains purge", "deletes everything known from a domain, and ends follows on both sides"],
  ["emoji purge", "deletes custom emoji"],
  ["feeds clear", "empties every home feed"],
  [
    "media remove-orphans",
    "deletes every file that the database does not know: after a restore, all that is newer than the backup",
  ],
  ["statuses remove", "deletes posts from elsewhere"],
  [
    "maintenance fix-duplicates",
    "merges and deletes rows; Mastodon and Sidekiq must be stopped and a dump taken before",
  ],
  ["ip_blocks remove", "lifts blocks"],
  ["settings registrations open", "lets anyone register"],
];

/** Whole commands that look like the beginning of a dangerous one. */
const HARMLESS = ["media remove"];

/** Options that make a harmless command a dangerous one. */
const DANGEROUS_OPTIONS: readonly (readonly [command: string, option: string, says: string])[] = [
  ["media remove", "--prune-profiles", "deletes pictures of everyone whom nobody here follows"],
  [
    "media remove",
    "--remove-headers",
    "deletes header pictures of everyone whom nobody here follows",
  ],
  ["media remove", "--include-follows", "deletes pictures of people who are followed, too"],
  ["accounts create", "--force", "deletes the account that has the name now"],
];

/**
 * Commands whose output holds a password: `New password: …` (mastodon/mastodon
 * `lib/mastodon/cli/accounts.rb` at v4.6.5 and on main of 2026-08-08; no other file of the CLI
 * prints a secret). With an option where the command prints one only then.
 */
const SECRET_OUTPUT: readonly (readonly [command: string, option?: string])[] = [
  ["accounts create"],
  ["accounts modify", "--reset-password"],
];

/**
 * These keep sessions, locks or helper tables over many statements: not through a transaction pool.
 */
const DIRECT = ["maintenance", "statuses", "upgrade"];

/** Meaning of a list of arguments. */
export interface Judgement {
  /** A sentence, where it is never run from here. */
  readonly refused?: string;
  /** Its effect, if it needs a confirmation. */
  readonly dangerous?: string;
  /** Whether it needs the database's own port. */
  readonly direct: boolean;
  /** Whether what it prints holds a password, which no pod's log may keep. */
  readonly secretOutput: boolean;
}

/**
 * Judges the arguments for `tootctl`. Thor takes any beginning of a command for the whole, and `_`
 * for `-`: so does this.
 */
export function judge(args: readonly string[]): Judgement {
  const words = args.filter((arg) => !arg.startsWith("-")).map(plain);
  const options = args.filter((arg) => arg.startsWith("-")).map((arg) => plain(arg.split("=")[0]!));
  const [first = ""] = words;
  const direct = DIRECT.some((group) => first !== "" && group.startsWith(first));
  const secretOutput = SECRET_OUTPUT.some(
    ([command, option]) =>
      begins(command, words) &&
      (option === undefined || options.some((given) => abbreviates(given, option))),
  );
  const how = { direct, secretOutput };
  if (first.length > 2 && "self-destruct".startsWith(first))
    return {
      ...how,
      refused:
        "`tootctl self-destruct` tells every server to forget this one, for good: it is never run from here. Whoever means it opens `npm run console` and reads https://docs.joinmastodon.org/admin/tootctl/#self-destruct first.",
    };
  if (options.includes("--dry-run")) return how;
  const [, option] =
    DANGEROUS_OPTIONS.flatMap(([command, name, says]) =>
      begins(command, words) && options.some((given) => abbreviates(given, name))
        ? [[command, says] as const]
        : [],
    )[0] ?? [];
  const harmless = HARMLESS.includes(words.slice(0, 2).join(" "));
  const says =
    option ?? (harmless ? undefined : DANGEROUS.find(([command]) => begins(command, words))?.[1]);
  return says === undefined ? how : { ...how, dangerous: says };
}

/** Whether the words given are this command, or the beginning of it, word by word. */
function begins(command: string, words: readonly string[]): boolean {
  return command
    .split(" ")
    .map(plain)
    .every((word, at) => words[at] !== undefined && word.startsWith(words[at]));
}

function abbreviates(given: string, option: string): boolean {
  return given.length > 2 && option.startsWith(given);
}

function plain(word: string): string {
  return word.replaceAll("_", "-").toLowerCase();
}
