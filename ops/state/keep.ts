import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecoverWorld } from "../recover/world.ts";
import { providerOf } from "../secrets/stack-file.ts";
import type { Kept, StateBucket } from "./bucket.ts";
import { judged, type Judged, type WholeCopy, type Whose } from "./copies.ts";

/** The state of one stack, and its copies in the backend and on the operator's disk. */

/** Outside interfaces of the state's checks and copies. */
export interface KeepWorld extends Pick<
  RecoverWorld,
  "say" | "confirm" | "now" | "pulumi" | "cwd"
> {
  /**
   * The backend of the states, from `PULUMI_BACKEND_URL`.
   * @throws Error in a sentence if it can't be read.
   */
  readonly bucket: () => Promise<StateBucket>;
}

/** A stack and its folder. */
export interface Place {
  readonly stack: string;
  readonly cwd: string;
}

/** One copy. */
export interface Copy {
  /** The copy's location in messages. */
  readonly where: string;
  readonly modified: Date;
  readonly judged: Judged;
}

/** The project's name in Pulumi.yaml. */
const PROJECT = "mastodon";

/** Folders of a stack's copies in the backend (pulumi/pulumi `pkg/backend/diy/store.go`). */
const file = (stack: string): string => `.pulumi/stacks/${PROJECT}/${stack}.json`;
const FOLDERS = {
  history: (stack: string) => `.pulumi/history/${PROJECT}/${stack}/`,
  backups: (stack: string) => `.pulumi/backups/${PROJECT}/${stack}/`,
  locks: (stack: string) => `.pulumi/locks/organization/${PROJECT}/${stack}/`,
};

/**
 * Prefixes that need a lock. A lock on the whole bucket, or on the state file, blocks each update.
 */
export const LOCKED = [".pulumi/backups/", ".pulumi/history/"] as const;

/**
 * Newest copies of each kind that are read: if none of these is whole, older ones won't be either.
 */
const MOST = 5;

/** The stack that a copy must belong to. */
export async function whoseOf({ stack, cwd }: Place): Promise<Whose> {
  const text = await readFile(join(cwd, `Pulumi.${stack}.yaml`), "utf8").catch(() => "");
  const { encryptionsalt, encryptedkey } = providerOf(text);
  return { project: PROJECT, stack, encryption: encryptionsalt ?? encryptedkey };
}

/** The state file, if it exists, and the newest copies in the backend. */
export async function copiesIn(
  bucket: StateBucket,
  { stack }: Place,
  whose: Whose,
): Promise<{ readonly own: Copy | undefined; readonly copies: readonly Copy[] }> {
  const read = async ({ key, modified }: Kept): Promise<Copy> => ({
    where: key,
    modified,
    judged: judged(await bucket.read(key), whose),
  });
  // The state file, `.bak`, and each version that PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS keeps.
  const beside = await bucket.list(file(stack));
  const own = beside.find(({ key }) => key === file(stack));
  const kinds = [
    beside.filter(({ key }) => key !== file(stack) && !key.endsWith(".attrs")),
    (await bucket.list(FOLDERS.backups(stack))).filter(({ key }) => key.endsWith(".json")),
    (await bucket.list(FOLDERS.history(stack))).filter(({ key }) =>
      key.endsWith(".checkpoint.json"),
    ),
  ];
  const newest = kinds.flatMap((kind) =>
    kind.toSorted((one, other) => Number(other.modified) - Number(one.modified)).slice(0, MOST),
  );
  return {
    own: own && (await read(own)),
    copies: await Promise.all(newest.map(read)),
  };
}

/** Keys of the locks of running or interrupted updates. */
export async function locksOf(bucket: StateBucket, { stack }: Place): Promise<readonly Kept[]> {
  return await bucket.list(FOLDERS.locks(stack));
}

/** The newest whole copy that is not empty, by the engine's own time. */
export function newestWhole(copies: readonly Copy[]): WholeFound | undefined {
  return copies
    .flatMap((copy) => (copy.judged.word === "whole" ? [{ ...copy, whole: copy.judged.copy }] : []))
    .filter(({ whole }) => whole.resources > 0)
    .toSorted((one, other) => Date.parse(other.whole.time) - Date.parse(one.whole.time))[0];
}

/** A copy that can replace the state. */
export interface WholeFound extends Copy {
  readonly whole: WholeCopy;
}

/**
 * The fault of the state file; undefined for a whole one. A new one from `pulumi stack init`,
 * made after the loss of the old one, counts as lost.
 */
export function faultOf(own: Copy | undefined, newest: WholeFound | undefined): string | undefined {
  if (own === undefined) return "There is no state file.";
  const { judged: found } = own;
  if (found.word !== "whole") return `The state file is ${found.word}: ${found.why}.`;
  return found.copy.resources === 0 && newest !== undefined
    ? `The state holds no resource, and ${newest.where} holds ${newest.whole.resources}. Unless the stack was destroyed, it is lost.`
    : undefined;
}

/** A copy in a local file: an artifact of a deploy, or the output of `backup`. */
export async function copyInFile(path: string, whose: Whose): Promise<Copy> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} can't be read (${error.code ?? error.message}). Nothing was changed.`);
  });
  return { where: path, modified: new Date(), judged: judged(text, whose) };
}

/**
 * Writes the export of a state into a new file that only its owner can read.
 * @returns the file's name.
 */
export async function backup(
  place: Place & { readonly out: string | undefined },
  world: KeepWorld,
): Promise<boolean> {
  const { stack, cwd } = place;
  const text = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const { word, ...more } = judged(text, await whoseOf(place));
  if (word !== "whole" || !("copy" in more))
    throw new Error(
      `The state of ${stack} is ${word}: ${"why" in more ? more.why : ""}. Nothing was written. Run \`npm run state -- restore\`.`,
    );
  const out =
    place.out ?? `state-${stack}-${world.now().toISOString().replaceAll(/[:.]/gu, "-")}.json`;
  // Its secrets stay encrypted, but names and addresses are readable. So only the owner may read
  // it.
  await writeFile(join(cwd, out), text, { mode: 0o600, flag: "wx" }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Error(
        `${out} can't be written (${error.code ?? error.message}). Nothing was written. Name another file: --out FILE.`,
      );
    },
  );
  world.say(
    `${out}: ${more.copy.resources} resources, as of ${more.copy.time}. Keep it elsewhere.`,
  );
  return true;
}
