import { join } from "node:path";
import type { Images } from "../../../config/images.ts";
import type { RealDuration } from "../../../facts/durations.ts";
import { nearest } from "../../../input/messages/nearest.ts";
import { checkOf } from "../../checks/check.ts";
import { findSecrets, type Haystack } from "../../checks/secret-search.ts";
import type { RecordedOperation } from "../../clouds/clock.ts";
import type { Phase } from "../../phases.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { timelineOf, type CloudDurations } from "../../timeline/update-timeline.ts";
import { noFindings, type Drill, type Findings } from "../drill.ts";
import { bringToLife, type Living } from "../nights/living.ts";
import { installPhases } from "../release-steps.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "../setup.ts";
import { allHaystacks, allSecrets } from "../world-secrets.ts";
import { billOf } from "./bill.ts";
import type { Change } from "./change.ts";
import { CHANGES, FIRST_IMAGES } from "./changes.ts";
import { OTHER_PARTS } from "./other-parts.ts";
import { untruths, type Outcome } from "./compare.ts";
import { deploy, previewOf, propose } from "./merge.ts";
import { picturesOf } from "./pictures.ts";
import { writeReport } from "./reports.ts";
import { reviewTable, type Reviewed } from "./table.ts";
import { mergeTogether } from "./together.ts";
import { truthOf } from "./truth.ts";
import { look, Witness, type Look } from "./witness.ts";

/** Options of the reviews. */
export interface ReviewOptions {
  /**
   * Names of the changes, as "scale-web,edge-rule", or "other-parts" for the second table. If
   * unset: the first one.
   */
  readonly change: string | undefined;
}

/** State that the changes share. */
interface Shared {
  server?: { readonly living: Living; look: Look };
  images: Images;
  readonly reviewed: Reviewed[];
  readonly texts: Haystack[];
}

/**
 * Proposes changes one by one. Each is previewed and reported as in a pull request, then applied,
 * and the report is held against what really happened.
 */
export function reviewDrill(context: DrillContext, { change }: ReviewOptions): Drill {
  const findings = noFindings();
  const shared: Shared = { images: FIRST_IMAGES, reviewed: [], texts: [] };
  return {
    name: "review",
    findings,
    phases: [
      ...setupPhases(context),
      ...installPhases(context, findings, FIRST_IMAGES),
      {
        title: "life",
        run: async () => {
          const living = await bringToLife(rehearsalOf(context));
          shared.server = { living, look: await look(rehearsalOf(context), living) };
          return "posts, members, media, jobs";
        },
      },
      {
        title: "merged together",
        run: async () => {
          const rehearsal = rehearsalOf(context);
          const seen = await mergeTogether(rehearsal, shared.images, findings);
          // Its Jobs are others than before.
          if (shared.server !== undefined)
            shared.server.look = await look(rehearsal, shared.server.living);
          return seen;
        },
      },
      ...chosen(change).map((each) => changePhase(context, findings, shared, each)),
      {
        title: "pages",
        run: async () => {
          const seen = await picturesOf(firstOfEach(shared), join(folderOf(context), "pictures"));
          if (typeof seen === "string") return seen;
          findings.checks.push(seen);
          return seen.detail;
        },
      },
      secretsPhase(context, findings, shared),
      ...(change === undefined ? [levelsPhase(findings, shared)] : []),
    ],
  };
}

/** @throws Error with all names for a change that does not exist. */
function chosen(option: string | undefined): readonly Change[] {
  if (option === undefined) return CHANGES;
  if (option === "other-parts") return OTHER_PARTS;
  const all = [...CHANGES, ...OTHER_PARTS];
  const names = all.map(({ name }) => name);
  for (const wanted of option.split(",")) {
    if (names.includes(wanted)) continue;
    const meant = nearest(wanted, names);
    throw new Error(
      `--change names "${wanted}", which is no proposed change. ${meant === undefined ? "" : `Did you mean ${meant}? `}Write one of these, several with commas, or other-parts for the second half: ${names.join(", ")}.`,
    );
  }
  return all.filter(({ name }) => option.split(",").includes(name));
}

/** A change that can't be judged is a failed check, and the next one is still tried. */
function changePhase(
  context: DrillContext,
  findings: Findings,
  shared: Shared,
  change: Change,
): Phase {
  const check = (wrong: readonly string[], seen: string): void => {
    findings.checks.push(checkOf(`${change.name}: the report told the truth`, wrong, seen));
  };
  return {
    title: change.name,
    run: async () => {
      try {
        const reviewed = await review(rehearsalOf(context), folderOf(context), shared, change);
        const { report, truth, wrong, operations } = reviewed;
        findings.operations.push(...operations);
        check(wrong, report.headline);
        shared.reviewed.push(reviewed);
        findings.tables.splice(0, Infinity, reviewTable(shared.reviewed));
        const untrue = wrong.length === 0 ? "" : `: ${wrong.join("; ")}`;
        return `${report.level} said, ${truth.level} seen${untrue}`;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        check([why], "");
        return why;
      }
    },
  };
}

/** Previews, reports, applies and judges one change. */
async function review(
  rehearsal: Rehearsal,
  folder: string,
  shared: Shared,
  change: Change,
): Promise<Reviewed> {
  const { server } = shared;
  if (server === undefined) throw new Error("A change came before there was a server.");
  const { before, after } = await propose(rehearsal, change, shared.images);
  const preview = await previewOf(rehearsal, change);
  const { report, said, page, texts } = await writeReport(join(folder, "reports"), change.name, {
    preview,
    before,
    after,
  });
  shared.texts.push(...texts);
  const witness = await Witness.start(rehearsal, server.look);
  const [{ clock }, recorded] = [rehearsal, rehearsal.clock.records.length];
  const up = await deploy(rehearsal, change, preview, before).finally(() => witness.end());
  // What was refused, or took no step, left the server as it was.
  if (up.failure === undefined && up.steps.length > 0)
    server.look = await look(rehearsal, server.living);
  const seen = witness.seen(up, server.look);
  if (!seen.refused) shared.images = after.images;
  const truth = truthOf(seen);
  const outcome: Outcome = {
    truth,
    steps: up.kind === "up" ? up.steps : [],
    seconds: seen.refused
      ? 0
      : timelineOf(up, server.look.resources, durationsOf(clock.records.slice(recorded)))
          .totalSeconds,
    bill: seen.refused ? undefined : billOf(rehearsal.world),
    words: change.says ?? [],
  };
  return {
    change,
    report,
    truth,
    wrong: untruths(said, outcome),
    page,
    milliseconds: said.milliseconds,
    operations: [preview.operation, up],
  };
}

/** Real duration by URN: what is replaced takes a creation and a deletion. */
function durationsOf(records: readonly RecordedOperation[]): CloudDurations {
  const durations = new Map<string, RealDuration>();
  for (const { urn, realSeconds, source } of records)
    durations.set(urn, { seconds: (durations.get(urn)?.seconds ?? 0) + realSeconds, source });
  return durations;
}

function folderOf({ projectDirectory }: DrillContext): string {
  return join(projectDirectory, "rehearsal", "out", "review");
}

/** The page of the first report of each level. */
function firstOfEach({ reviewed }: Shared): readonly string[] {
  const pages = reviewed.map(({ report: { level }, page }) => [level, page] as const);
  return [...new Map(pages.toReversed()).values()];
}

function secretsPhase(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "secrets",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const secrets = await allSecrets(rehearsal);
      const haystacks = [...shared.texts, ...(await allHaystacks(rehearsal))];
      findings.checks.push(
        checkOf(
          "no secret stands in a report, state, event log, ConfigMap or output",
          findSecrets(secrets, haystacks),
          `${secrets.length} secrets looked for in ${haystacks.length} places`,
        ),
        checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
      );
      return `${secrets.length} secrets, ${haystacks.length} places`;
    },
  };
}

/** A verdict that no change reaches is never held against anything. */
function levelsPhase(findings: Findings, { reviewed }: Shared): Phase {
  return {
    title: "levels",
    run: async () => {
      const count = (level: number): number =>
        reviewed.filter(({ truth }) => truth.level === level).length;
      const levels = [0, 1, 2, 3, 4, 5];
      const seen = levels.map((level) => `${level}: ${count(level)}`).join(", ");
      findings.checks.push(
        checkOf(
          "each level was reached by a change that happened",
          levels.filter((level) => count(level) === 0).map((level) => `none reached ${level}`),
          seen,
        ),
      );
      return await Promise.resolve(seen);
    },
  };
}
