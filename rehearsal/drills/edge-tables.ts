import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Document } from "yaml";
import type { Images } from "../../config/images.ts";
import type { Releases } from "../checks/assets-origin.ts";
import { checkOf, type Check } from "../checks/check.ts";
import type { OpenEdge } from "../edge/open.ts";
import { pageOf, type AskedTable } from "../edge/table/page.ts";
import type { Row } from "../edge/table/row.ts";
import { runTable } from "../edge/table/run.ts";
import type { Phase } from "../phases.ts";
import type { Progress } from "../progress.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { liveDeployments, livePods, scaleByHand } from "./live.ts";
import { DRILLED } from "../releases.ts";
import { imagesOf } from "./release-steps.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/** Folder for the page and the result of the edge, below `rehearsal/out`. */
const EDGE_FOLDER = "edge";
/** The release with which the edge starts, before the upgrade. */
export const BEFORE: Images = imagesOf(DRILLED.before);
export const RELEASES: Releases = { previous: DRILLED.before, current: DRILLED.now };
/** Pods start and stop in milliseconds here, and controllers look every few seconds. */
const SETTLED_MS = 30_000;
const POLL_MS = 100;

/** State that the phases of the edge share. */
export interface EdgeDrill {
  readonly context: DrillContext;
  readonly findings: Findings;
  readonly tables: AskedTable[];
  edge?: OpenEdge;
}

/** The open edge. @throws if there is none, which means a fault in the drill's order. */
export function edgeOf({ edge }: EdgeDrill): OpenEdge {
  if (edge === undefined) throw new Error("The drill asked for its edge before it was open.");
  return edge;
}

/** Sends the requests of a table, and returns a check for each of its groups. */
export async function ask(
  drill: EdgeDrill,
  title: string,
  rows: readonly Row[],
  progress: Progress,
): Promise<string> {
  const outcomes = await runTable(rows, edgeOf(drill), progress);
  drill.tables.push({ title, outcomes });
  const groups = [...new Set(rows.map(({ group }) => group))];
  drill.findings.checks.push(
    ...groups.map((group): Check => {
      const own = outcomes.filter(({ row }) => row.group === group);
      const complaints = own.flatMap(({ row, complaints }) =>
        complaints.map((complaint) => `${row.what} (${row.ask.path}): ${complaint}`),
      );
      return checkOf(`the edge, ${title}: ${group}`, complaints, `${own.length} requests`);
    }),
  );
  const wrong = outcomes.filter(({ complaints }) => complaints.length > 0).length;
  return `${rows.length} requests, ${wrong === 0 ? "all as expected" : `${wrong} not as expected`}`;
}

/** Removes all pods of a Deployment during the work, and waits until they are back. */
export async function whileGone(
  drill: EdgeDrill,
  deployment: string,
  work: () => Promise<string>,
): Promise<string> {
  const { refresh } = edgeOf(drill);
  const rehearsal = rehearsalOf(drill.context);
  const replicas = (await liveDeployments(rehearsal)).find(
    ({ metadata }) => metadata?.name === deployment,
  )?.spec?.replicas;
  if (replicas === undefined) throw new Error(`There is no Deployment ${deployment} to stop.`);
  const scale = async (count: number): Promise<void> => {
    await scaleByHand(rehearsal, deployment, count);
    const deadline = performance.now() + SETTLED_MS;
    for (;;) {
      // Pods that are being deleted count, too: they may still answer.
      const pods = (await livePods(rehearsal)).filter(
        ({ metadata }) => metadata?.labels?.["app.kubernetes.io/component"] === deployment,
      );
      const ready = pods.filter(
        ({ metadata, status }) =>
          metadata?.deletionTimestamp === undefined &&
          status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"),
      );
      if (pods.length === count && ready.length === count) break;
      if (performance.now() > deadline)
        throw new Error(
          `${deployment} did not get to ${count} pods: ${ready.length} of ${pods.length} are ready.`,
        );
      await sleep(POLL_MS);
    }
    await refresh();
  };
  const before = await refresh();
  await scale(0);
  const said = await work();
  await scale(replicas);
  const after = await refresh();
  if (after !== before) throw new Error(`${before} programs answered before, ${after} do now.`);
  return said;
}

/**
 * Updates to a changed stack file and reconnects the edge. It is another server to the edge, so
 * earlier copies are gone.
 */
export async function update(
  drill: EdgeDrill,
  edit: (document: Document) => void,
): Promise<string> {
  const { stack } = rehearsalOf(drill.context);
  await stack.editConfig(edit);
  const up = succeeded(drill.findings, await stack.up());
  const { edge, refresh } = edgeOf(drill);
  await refresh();
  edge.cache.purge("everything");
  return countsOf(up);
}

/** Requests and answers as a page. */
export function pagePhase({ context, tables }: EdgeDrill): Phase {
  return {
    title: "page",
    run: async () => {
      const folder = join(context.projectDirectory, "rehearsal", "out", EDGE_FOLDER);
      await mkdir(folder, { recursive: true });
      const file = join(folder, "edge.html");
      await writeFile(file, pageOf(tables, new Date()));
      const rows = tables.flatMap(({ title, outcomes }) =>
        outcomes.map(({ row, saw, complaints }) => ({
          ...{ table: title, group: row.group, what: row.what, asked: shownAsk(row) },
          ...{ expected: row.expect, saw, complaints },
        })),
      );
      await writeFile(join(folder, "table.json"), `${JSON.stringify(rows, null, 2)}\n`);
      return `${rows.length} requests: ${file}`;
    },
  };
}

/** Without the body, because nobody reads 97 MB. */
function shownAsk({ ask: { body, ...asked } }: Row): object {
  return body === undefined ? asked : { ...asked, bodyBytes: Buffer.byteLength(body) };
}
