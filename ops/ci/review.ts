import { IMAGES } from "../../config/images.ts";
import { stepContextOf } from "../../policy/steps/context.ts";
import { isUnlocked } from "../../policy/steps/unlocks.ts";
import type { StepView } from "../../policy/views.ts";
import { readEngineLog, type EngineRun } from "../report/engine-log.ts";
import { endingOf, reportOf, type Report } from "../report/model.ts";
import { parsed } from "../report/refused.ts";
import { stepOf } from "../report/step-marks.ts";
import { isChange } from "../report/verdict.ts";
import type { OwnPreview } from "./gate.ts";

/** A preview in a job: its report, and what the gate needs of it. */

/** A preview that has ended: complete, refused, crashed or cancelled. */
export interface Ended {
  readonly stack: string;
  /** Content of the stack file, and the one at the base commit. */
  readonly after: string;
  readonly before?: string;
  /** Lines of the event log; missing if Pulumi wrote none. */
  readonly log?: readonly string[];
  /** Exit status of Pulumi. */
  readonly status: number;
  /** Whether the job was cancelled, or Pulumi asked to stop. */
  readonly cancelled: boolean;
  /** Everything that Pulumi printed. */
  readonly printed: string;
  /** Commit of the pull request, and the one of main under it. */
  readonly head?: string;
  readonly base?: string;
  readonly at: Date;
  /** Address of the run. */
  readonly url: string;
}

/** Lines of Pulumi's output in the report of a crash. */
const TAIL = 20;

/** The report of a preview, and the facts for the gate. */
export function reviewOf(ended: Ended): { readonly report: Report; readonly own: OwnPreview } {
  const { stack, after, before, log, status, cancelled, printed, head, base, at, url } = ended;
  const run = log === undefined ? undefined : readEngineLog(log);
  const report = reportOf({
    stack,
    run,
    ending: cancelled ? "cancelled" : endingOf(run, status === 0),
    stderrTail: printed.trimEnd().split("\n").slice(-TAIL).join("\n"),
    after,
    ...(before === undefined ? {} : { before }),
    images: IMAGES,
    ...(head === undefined ? {} : { head }),
    ...(base === undefined ? {} : { base }),
    at,
    runUrl: url,
  });
  const broken = report.findings.find(({ level }) => level === "mandatory");
  return {
    report,
    own: {
      refused: report.level === 5 || broken !== undefined,
      reason: broken === undefined ? report.headline : `${broken.rule}: ${broken.message}`,
      level: report.level,
      steps: report.stepsHash,
      changes: report.judged.map(stepOf),
      remaining: (run?.steps ?? []).filter(isThereAfter).map(({ urn }) => urn),
      unlocked: run !== undefined && isNamed(stack, after, run),
    },
  };
}

/** Whether the resource of a step exists after it. A refresh says nothing about the program. */
const isThereAfter = ({ op, new: wanted }: StepView): boolean =>
  wanted !== undefined && op !== "refresh";

/** Whether the stack file names a resource of the steps, to let it go or to make it again. */
function isNamed(stack: string, text: string, run: EngineRun): boolean {
  const { config } = parsed(text, `Pulumi.${stack}.yaml`);
  // The program refuses such a file itself, before any step.
  if (config === undefined) return false;
  const context = stepContextOf(stack, config, run.running);
  return run.steps
    .filter(isChange)
    .some((step) => isUnlocked(step, context) || context.anew.includes(step.name));
}
