import type { Aftermath, DoneStep } from "./aftermath.ts";
import { fenced } from "../report/markdown.ts";
import { afterFailure } from "./report.ts";

/** The end of a deploy as Markdown, for the pull request's comment and the job's summary. */

/** Facts about the deploy beside its event log. */
export interface Deploy {
  readonly stack: string;
  readonly commit: string;
  /** Address of the run. */
  readonly url: string;
  /** Exit status of `pulumi up`. */
  readonly status: number;
}

/** Most steps of a list in the comment. */
const STEPS = 25;

/** Duration for people: "4 min 12 s", "12 s". */
export function lengthOf(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  return minutes === 0 ? `${rest} s` : `${minutes} min ${rest} s`;
}

/** The result of an update that was started. */
export function aftermathText(aftermath: Aftermath, deploy: Deploy): string {
  const { seconds, done, failure, open, serving } = aftermath;
  const { stack, commit, url, status } = deploy;
  const [short, took] = [`\`${commit.slice(0, 7)}\``, lengthOf(seconds)];
  const serves = serving === undefined ? "" : ` ${serving}.`;
  const run = `[The run](${url}).`;
  if (status === 0) {
    const what = done.length === 0 ? "nothing was to be changed" : countsOf(done);
    return [`> ✅ **Deployed** ${short} in ${took}: ${what}.${serves} ${run}`, ...table(done)].join(
      "\n",
    );
  }
  const at = failure?.step;
  const where =
    at === undefined
      ? open.length === 0
        ? "stopped before its end"
        : `was cut off in the middle of \`${open.join("`, `")}\``
      : `stopped at \`${at.name}\` (${at.kind})`;
  return [
    `> 🛑 **The deploy of ${short} ${where}** after ${took}; done before: ${done.length === 0 ? "nothing" : countsOf(done)}.${serves} ${run}`,
    ...(failure === undefined ? [] : ["", fenced(failure.lines.join("\n"))]),
    "",
    afterFailure(stack).trim(),
    ...table(done),
  ].join("\n");
}

/**
 * The result of a deploy that the gate stopped.
 * @param steps the steps that it is about, Markdown. The comment has the first ones.
 */
export function stoppedText(
  says: string,
  { commit, url }: Pick<Deploy, "commit" | "url">,
  steps: readonly string[] = [],
): string {
  const more = steps.length - STEPS;
  return [
    `> 🛑 **Not deployed**: \`${commit.slice(0, 7)}\`. ${says} [The run](${url}).`,
    ...(steps.length === 0 ? [] : [">"]),
    ...steps.slice(0, STEPS).map((step) => `> - ${step}`),
    ...(more > 0 ? [`> - and ${more} more, which the run's summary names`] : []),
  ].join("\n");
}

const VERBS: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  import: "imported",
  replace: "replaced",
};

/** "8 updated, 3 replaced". The engine's three steps of a replacement count once. */
function countsOf(done: readonly DoneStep[]): string {
  const counts = new Map<string, number>();
  for (const { op } of done) {
    if (op === "delete-replaced" || op === "replace") continue;
    const verb = VERBS[op === "create-replacement" ? "replace" : op] ?? op;
    counts.set(verb, (counts.get(verb) ?? 0) + 1);
  }
  return [...counts].map(([verb, count]) => `${count} ${verb}`).join(", ");
}

function table(done: readonly DoneStep[]): readonly string[] {
  const longest = [...done].sort((one, other) => other.seconds - one.seconds).slice(0, STEPS);
  if (longest.length === 0) return [];
  return [
    "",
    `<details><summary>Steps and their durations${done.length > STEPS ? `, the longest ${STEPS} of ${done.length}` : ""}</summary>`,
    "",
    "| step | took |",
    "| --- | --- |",
    ...longest.map(
      ({ op, kind, name, seconds }) => `| ${op} \`${name}\` (${kind}) | ${lengthOf(seconds)} |`,
    ),
    "",
    "</details>",
  ];
}
