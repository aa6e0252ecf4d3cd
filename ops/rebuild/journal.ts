import type { Part } from "./night.ts";
import type { Shelf } from "./shelf.ts";

/**
 * Journal of one night, so that an interrupted command continues at its step, from any machine. It
 * holds step names and ids, and no secret.
 */
export interface Journal {
  readonly form: 1;
  readonly part: Part;
  readonly stack: string;
  readonly domain: string;
  /** ISO. */
  readonly begun: string;
  /** Time of the successful check from outside, ISO. */
  readonly ended?: string;
  /** Losses that were agreed to, in words. */
  readonly lost: string;
  readonly steps: readonly DoneStep[];
  /** Choices of the plan, such as the id of a database cluster. None is a secret. */
  readonly choice?: Readonly<Record<string, string>>;
  /** Machine and time of the engine's last start, by which its own lock is known. */
  readonly engine?: EngineStart;
}

/** A step that has ended. */
export interface DoneStep {
  readonly key: string;
  readonly ended: string;
}

/** Start of the engine by this command. */
export interface EngineStart {
  readonly machine: string;
  readonly since: string;
}

/** Hours after which an interrupted night is no longer continued. */
const HOURS = 24;

/** The newest interrupted night of a part; of any part if none is given. */
export async function unfinishedOn(
  shelf: Shelf,
  now: Date,
  part?: Part,
): Promise<Journal | undefined> {
  const oldest = now.getTime() - HOURS * 3_600_000;
  const all = (await shelf.read(/^rebuild-.+\.json$/u)) as readonly Partial<Journal>[];
  const whole = all.filter((each): each is Journal => each.form === 1 && Array.isArray(each.steps));
  // Both places have each night; the one with more steps is the newer.
  const nights = new Map<string, Journal>();
  for (const journal of whole) {
    const known = nights.get(nameOf(journal));
    if (known === undefined || rank(journal) > rank(known)) nights.set(nameOf(journal), journal);
  }
  return [...nights.values()]
    .filter(({ ended, begun }) => ended === undefined && Date.parse(begun) > oldest)
    .filter((each) => part === undefined || each.part === part)
    .toSorted((one, other) => Date.parse(other.begun) - Date.parse(one.begun))[0];
}

const rank = ({ steps, ended }: Journal): number => steps.length + (ended === undefined ? 0 : 0.5);

/** Name of a journal's file: `rebuild-cluster-20261128T021203Z.json`. */
export function nameOf({ part, begun }: Pick<Journal, "part" | "begun">): string {
  return `rebuild-${part}-${begun.replaceAll(/[-:]|\.\d+/gu, "")}.json`;
}
