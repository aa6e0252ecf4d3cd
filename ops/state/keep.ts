import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RecoverWorld } from "../recover/world.ts";
import { providerOf } from "../secrets/stack-file.ts";
import type { Kept, StateBucket } from "./bucket.ts";
import { judged, type Judged, type WholeCopy, type Whose } from "./copies.ts";

/** The state of one stack, and the copies of it that its place and the operator have. */

/** Parts of the outside world that the state's keeping touches. */
export interface KeepWorld extends Pick<
  RecoverWorld,
  "say" | "confirm" | "now" | "pulumi" | "cwd"
> {
  /**
   * The place of the states, as `PULUMI_BACKEND_URL` names it. @throws in a sentence where it can't
   * be read.
   */
  readonly bucket: () => Promise<StateBucket>;
}

/** One stack of one folder. */
export interface Place {
  readonly stack: string;
  readonly cwd: string;
}

/** One copy. */
export interface Copy {
  /** Words for where it is. */
  readonly where: string;
  readonly modified: Date;
  readonly judged: Judged;
}

/** Name in Pulumi.yaml. */
const PROJECT = "mastodon";

/** Folders of a place, below which copies of a stack are (pulumi/pulumi `pkg/backend/diy/store.go`). */
const file = (stack: string): string => `.pulumi/stacks/${PROJECT}/${stack}.json`;
const FOLDERS = {
  history: (stack: string) => `.pulumi/history/${PROJECT}/${stack}/`,
  backups: (stack: string) => `.pulumi/backups/${PROJECT}/${stack}/`,
  locks: (stack: string) => `.pulumi/locks/organization/${PROJECT}/${stack}/`,
};

/** Prefixes that a lock belongs on. One on the whole, or on the state's own file, stops each update. */
export const LOCKED = [".pulumi/backups/", ".pulumi/history/"] as const;

/** Copies that are read of each kind, newest first: one of them is whole, or none will be. */
const MOST = 5;

/** The stack that a copy must be of. */
export async function whoseOf({ stack, cwd }: Place): Promise<Whose> {
  const text = await readFile(join(cwd, `Pulumi.${stack}.yaml`), "utf8").catch(() => "");
  const { encryptionsalt, encryptedkey } = providerOf(text);
  return { project: PROJECT, stack, encryption: encryptionsalt ?? encryptedkey };
}

/** The state's own file, if there is one, and the newest copies beside it. */
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
  // The file, `.bak`, and each write that PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS keeps.
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

/** Keys of the locks that an update holds, or has left behind. */
export async function locksOf(bucket: StateBucket, { stack }: Place): Promise<readonly Kept[]> {
  return await bucket.list(FOLDERS.locks(stack));
}

/** The newest whole one that holds something, by the engine's own time. */
export function newestWhole(copies: readonly Copy[]): WholeFound | undefined {
  return copies
    .flatMap((copy) => (copy.judged.word === "whole" ? [{ ...copy, whole: copy.judged.copy }] : []))
    .filter(({ whole }) => whole.resources > 0)
    .toSorted((one, other) => Date.parse(other.whole.time) - Date.parse(one.whole.time))[0];
}

/** A copy that can be put in the state's place. */
export interface WholeFound extends Copy {
  readonly whole: WholeCopy;
}

/**
 * The fault of the state's own file; undefined for a good one. One that a person made anew
 * with `pulumi stack init`, after the loss of the old one, is as good as lost.
 */
export function faultOf(own: Copy | undefined, newest: WholeFound | undefined): string | undefined {
  if (own === undefined) return "There is no state file.";
  const { judged: found } = own;
  if (found.word !== "whole") return `The state file is ${found.word}: ${found.why}.`;
  return found.copy.resources === 0 && newest !== undefined
    ? `The state holds no resource, and ${newest.where} holds ${newest.whole.resources}. Unless the stack was destroyed, it is lost.`
    : undefined;
}

/** A copy in the operator's hand: an artifact of a deploy, or what `backup` wrote. */
export async function copyInFile(path: string, whose: Whose): Promise<Copy> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} can't be read (${error.code ?? error.message}). Nothing was changed.`);
  });
  return { where: path, modified: new Date(), judged: judged(text, whose) };
}

/** Writes the export of a state into a new file, for its owner alone. Answers the file's name. */
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
  // Secrets in it stay encrypted, and names and addresses are in the clear: nobody else's to read.
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
