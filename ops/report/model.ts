import type { Images } from "../../config/images.ts";
import { configWarnings } from "../../domain/config-warnings.ts";
import { lifeToCommit } from "../../domain/data-life.ts";
import type { Schedule } from "../../domain/schedule.ts";
import type { Finding } from "../../policy/views.ts";
import { stepFindings } from "../../policy/steps/all.ts";
import { stepContextOf } from "../../policy/steps/context.ts";
import { nounOf } from "./kinds.ts";
import type { StackConfig } from "../../config/schema.ts";
import { changesOf, type Change } from "./change.ts";
import { effectOf, type EffectContext } from "./effects.ts";
import type { EngineRun } from "./engine-log.ts";
import { goneOf, type Gone } from "./replaced.ts";
import { headlineOf, type Judged } from "./headline.ts";
import { imagesIn, type ImageChange } from "./image-changes.ts";
import { orderOf } from "./order.ts";
import { parsed, refusalOfUpdate, refusedOf, type Refused } from "./refused.ts";
import { moneyOf, rowsOf, type Money, type Row } from "./rows.ts";
import { summaryOf, wayBackOf } from "./summary.ts";
import { secretChangesOf, type SecretChanges } from "./secret-changes.ts";
import { capital } from "./text.ts";
import { NOT_SEEN, visibleOf, type Notice, type Visible } from "./visible.ts";
import { hashOf, type Level } from "./verdict.ts";

export type { Level } from "./verdict.ts";

/**
 * The report of a preview, as data: one pure function from the engine's events, two stack files and
 * the images to it. Comment, page and terminal show the same.
 */

/** Content of a stack file. Encrypted values stay as they are. */
export type StackFileText = string;

/** Ending of the engine. */
export type Ending = "previewed" | "refused" | "crashed" | "cancelled";

/**
 * Ending of a preview that nobody cancelled. A crashed one has no error of the engine, or one that
 * nobody wrote for a person: the program threw.
 */
export function endingOf(run: EngineRun | undefined, wentThrough: boolean): Ending {
  if (run === undefined) return "crashed";
  if (wentThrough) return "previewed";
  return run.failed && !run.threw ? "refused" : "crashed";
}

/** Everything that a report is made from. */
export interface ReportInput {
  readonly stack: string;
  /** Undefined if there is no event log. */
  readonly run: EngineRun | undefined;
  readonly ending: Ending;
  /** Last lines of standard error, for a run without an event log. */
  readonly stderrTail?: string;
  /** The stack file at the base commit; unset if it is new there. */
  readonly before?: StackFileText;
  readonly after: StackFileText;
  /** Images that would be deployed. */
  readonly images: Images;
  /** Commit of the pull request, and the one of main under it. */
  readonly head?: string;
  readonly base?: string;
  readonly at: Date;
  readonly runUrl?: string;
}

/** The report. */
export interface Report {
  readonly stack: string;
  readonly ending: Ending;
  readonly level: Level;
  /** The first line, without its sign. */
  readonly headline: string;
  /** Sentences of the second line. */
  readonly summary: readonly string[];
  /** Way to undo it. */
  readonly wayBack: string;
  readonly notices: readonly Notice[];
  readonly rows: readonly Row[];
  readonly money: Money | undefined;
  readonly gone: readonly Gone[];
  readonly order: Schedule;
  readonly secrets: SecretChanges;
  /** Violations that the policy pack and the rules over steps found. */
  readonly findings: readonly Finding[];
  /** Unlocked resources that this update touches, each with its reason. */
  readonly unlocked: readonly { readonly noun: string; readonly because: string }[];
  readonly images: readonly ImageChange[];
  /** Changes of resources, in the engine's order. */
  readonly changes: readonly Change[];
  /** The same, each with its effect on members. */
  readonly judged: readonly Judged[];
  readonly counts: Readonly<Record<string, number>>;
  /** Warnings that the configuration before did not have. */
  readonly warnings: readonly string[];
  /** Warnings that would be said without this change, too. */
  readonly standing: readonly string[];
  readonly refused: Refused | undefined;
  readonly stepsHash: string;
  readonly head?: string;
  readonly base?: string;
  readonly at: Date;
  readonly runUrl?: string;
}

/** Makes the report. */
export function reportOf(input: ReportInput): Report {
  const { stack, run, ending, head, base, at, runUrl } = input;
  const file = `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
  const after = parsed(input.after, file);
  const before = input.before === undefined ? undefined : parsed(input.before, file).config;
  const steps = run?.steps ?? [];
  const changes = changesOf(steps);
  const images = imagesIn(changes);
  const rules =
    after.config === undefined ? undefined : stepContextOf(stack, after.config, run?.running);
  const secrets = secretChangesOf(input.before, input.after, file);
  const context: EffectContext = {
    ...(after.config === undefined ? {} : { config: after.config }),
    ...(rules === undefined ? {} : { rules }),
    changedSecrets: secrets.changes.flatMap(({ key, kind }) => (kind === "changed" ? [key] : [])),
  };
  const judged = changes.map((change): Judged => ({ change, effect: effectOf(change, context) }));
  const ofUpdate = refusalOfUpdate(after.config, input.images);
  const byEngine = ofUpdate === undefined ? levelOf(ending, run, judged) : 5;
  // What does not run yet is seen by nobody, and without a step nothing changes.
  const isSeen = run?.exists === true && byEngine > 0 && byEngine < 5;
  const visible = isSeen ? visibleOf(before, after.config) : NOT_SEEN;
  const level = Math.max(byEngine, visible.level) as Level;
  // What is refused is never done.
  const order = orderOf(level === 5 ? [] : changes);
  const all = after.config === undefined ? [] : rowsOf(before, after.config);
  // What is full, or costs as before, is no news of a change that won't come.
  const rows = level === 5 ? all.filter(({ changed }) => changed) : all;
  const money = after.config === undefined ? undefined : moneyOf(before, after.config);
  return {
    stack,
    ending,
    level,
    headline: headlineFor(input, byEngine, judged, visible),
    summary: summaryOf({ level, changes, rows, money, order }),
    wayBack: wayBackOf(changes, after.config),
    notices: [...noticesOf(judged), ...visible.notices],
    rows,
    money,
    gone: goneOf(changes),
    order,
    secrets,
    findings: [
      ...(run?.policies ?? []),
      ...(rules === undefined ? [] : stepFindings(steps, rules)),
    ],
    unlocked: unlockedOf(changes, after.config),
    images,
    changes,
    judged,
    counts: run?.counts ?? {},
    ...warningsIn(run, before, images.length === 0 ? input.images : undefined),
    refused:
      level === 5 && ending !== "cancelled"
        ? refusedOf({
            parsed: after,
            run,
            images: input.images,
            stderrTail: input.stderrTail,
            ofUpdate: ending === "previewed" ? ofUpdate : undefined,
          })
        : undefined,
    stepsHash: hashOf(steps),
    ...(head === undefined ? {} : { head }),
    ...(base === undefined ? {} : { base }),
    at,
    ...(runUrl === undefined ? {} : { runUrl }),
  };
}

/** @param images those before the change, as far as they are known. */
function warningsIn(
  run: EngineRun | undefined,
  before: StackConfig | undefined,
  images: Images | undefined,
): Pick<Report, "warnings" | "standing"> {
  const had = new Set([
    ...(before === undefined || images === undefined ? [] : configWarnings(before, images)),
    ...(before === undefined ? [] : [lifeToCommit(run?.running, before)]),
  ]);
  const said = (run?.diagnostics ?? []).flatMap(({ severity, message }) =>
    severity === "warning" ? [message] : [],
  );
  return {
    warnings: said.filter((warning) => !had.has(warning)),
    standing: said.filter((warning) => had.has(warning)),
  };
}

function levelOf(ending: Ending, run: EngineRun | undefined, judged: readonly Judged[]): Level {
  if (ending !== "previewed" || run === undefined || run.failed) return 5;
  // Nobody uses a server that does not exist yet.
  if (!run.exists && judged.length > 0) return 1;
  return judged.reduce<Level>(
    (worst, { effect }) => (effect.level > worst ? effect.level : worst),
    0,
  );
}

function headlineFor(
  { ending, run }: ReportInput,
  level: Level,
  judged: readonly Judged[],
  { notices, level: ofSettings }: Visible,
): string {
  if (ending === "cancelled") return "Cancelled — nothing is known of this commit";
  if (run?.threw === true) return "The program crashed — merging this deploys nothing";
  if (ending === "crashed")
    return "The preview crashed — merging this deploys nothing that was looked at";
  const [worst] = notices;
  if (worst !== undefined && ofSettings === 4 && level < 4)
    return `${capital(worst.what)}, from then on`;
  return headlineOf(level, judged, run?.exists === false, worst?.what);
}

function unlockedOf(
  changes: readonly Change[],
  config: StackConfig | undefined,
): Report["unlocked"] {
  return Object.entries(config?.unlocked ?? {}).flatMap(([name, { because }]) => {
    const change = changes.find((each) => each.name === name);
    return change === undefined ? [] : [{ noun: nounOf(change), because }];
  });
}

/** Effects that members notice, the worst first, each once. */
function noticesOf(judged: readonly Judged[]): readonly Notice[] {
  const noticed = [...judged]
    .sort((one, other) => other.effect.level - one.effect.level)
    .flatMap(({ effect: { notice, howLong } }): Notice[] =>
      notice === undefined ? [] : [{ what: notice, howLong: howLong ?? "while it changes" }],
    );
  return [...new Map(noticed.map((one) => [`${one.what} ${one.howLong}`, one])).values()];
}
