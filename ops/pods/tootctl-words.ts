/**
 * Commands of `tootctl` that need a confirmation, found before anything runs (mastodon/mastodon
 * `lib/mastodon/cli/`).
 */

/**
 * Commands that can't be undone, or that affect other servers, each with a sentence about its
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

/** Complete commands that are also the beginning of a dangerous one. */
const HARMLESS = ["media remove"];

/** Options that make a harmless command dangerous. */
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
 * prints a secret). An option means that only the command with this option prints one.
 */
const SECRET_OUTPUT: readonly (readonly [command: string, option?: string])[] = [
  ["accounts create"],
  ["accounts modify", "--reset-password"],
];

/**
 * These keep sessions, locks or helper tables over many statements, which a transaction pool can't
 * do.
 */
const DIRECT = ["maintenance", "statuses", "upgrade"];

/** Meaning of a list of arguments. */
export interface Judgement {
  /** A message, if this command never runs from here. */
  readonly refused?: string;
  /** Its effect, if it needs a confirmation. */
  readonly dangerous?: string;
  /** Whether it needs the direct database port. */
  readonly direct: boolean;
  /** Whether its output contains a password, which no pod's log may keep. */
  readonly secretOutput: boolean;
}

/**
 * Classifies the arguments for `tootctl`. Thor accepts any prefix of a command, and `_` for `-`, so
 * this does, too.
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

/** Whether the words are this command, or a prefix of it, word by word. */
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
