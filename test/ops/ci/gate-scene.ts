import type { PullVerdict } from "../../../ops/ci/comment-body.ts";
import type { GateInput } from "../../../ops/ci/gate.ts";
import type { MainCommit } from "../../../ops/ci/landed.ts";
import { marksOf, type Operation, type Step } from "../../../ops/report/step-marks.ts";
import type { Level } from "../../../ops/report/verdict.ts";

/** Commits of main with their reviews, and the deploy of the newest. */

export const commit = (name: string): string => name.repeat(40).slice(0, 40);
export const [DEPLOYED, OTHER] = [commit("d"), commit("c")];
export const HASH = "1".repeat(64);
export const OTHER_HASH = "2".repeat(64);

const TYPE = "kubernetes:apps/v1:Deployment";
export const change = (operation: Operation, name: string, level: Level = 1): Step => ({
  ...{ operation, name, level, type: TYPE },
  urn: `urn:pulumi:prod::mastodon::${TYPE}::${name}`,
});
export const WEB = change("update", "web");
export const STREAMING = change("update", "streaming", 2);

/** A commit of main from a pull request whose preview showed these changes. */
export const merged = (
  number: number,
  changes: readonly Step[],
  verdict: Partial<PullVerdict> = {},
): MainCommit => ({
  commit: commit(`a${number}`),
  pull: {
    number,
    head: commit(`b${number}`),
    verdict: {
      head: commit(`b${number}`),
      base: DEPLOYED,
      level: Math.max(0, ...changes.map(({ level }) => level)) as Level,
      steps: `${number}`.repeat(64).slice(0, 64),
      ...(marksOf(changes) === "" ? {} : { each: marksOf(changes)! }),
      ...verdict,
    },
  },
});
export const pushed = (name: string): MainCommit => ({ commit: commit(name) });
export const without = ({ commit: landed, pull }: MainCommit): MainCommit => ({
  commit: landed,
  pull: { number: pull!.number, head: pull!.head },
});
/** A comment of an earlier version of the program, which lists no steps. */
export const older = (landed: MainCommit, steps: string): MainCommit => {
  const { each: _, ...verdict } = landed.pull!.verdict!;
  return { ...landed, pull: { ...landed.pull!, verdict: { ...verdict, steps } } };
};

/** The deploy of the first of these commits, the newest first, with these changes. */
export function deploy(
  commits: readonly MainCommit[],
  changes: readonly Step[],
  preview: Partial<GateInput["preview"]> = {},
): GateInput {
  const [newest] = commits;
  return {
    stack: "prod",
    preview: {
      ...{ refused: false, reason: "", steps: HASH, unlocked: false, changes },
      level: Math.max(0, ...changes.map(({ level }) => level)) as Level,
      remaining: changes.flatMap(({ operation, urn }) => (operation === "delete" ? [] : [urn])),
      ...preview,
    },
    commit: newest!.commit,
    main: newest!.commit,
    since: { deployed: DEPLOYED, commits },
  };
}

export const OUTAGE = change("delete", "web", 4);
