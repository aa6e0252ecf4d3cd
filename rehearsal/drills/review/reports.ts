import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commentOf } from "../../../ops/report/comment.ts";
import { readEngineLog } from "../../../ops/report/engine-log.ts";
import { endingOf, reportOf, type Report } from "../../../ops/report/model.ts";
import { pageOf } from "../../../ops/report/page.ts";
import { terminalOf } from "../../../ops/report/terminal.ts";
import type { Haystack } from "../../checks/secret-search.ts";
import type { Said } from "./compare.ts";
import type { Previewed, Proposed } from "./merge.ts";

/** A report of one proposal in its three views, on the disk. */
export interface Reported {
  readonly report: Report;
  readonly said: Said;
  /** Path of the page. */
  readonly page: string;
  /** Every text of it, to be searched for secrets. */
  readonly texts: readonly Haystack[];
}

/** Characters of the CLI's last words that a workflow keeps. */
const TAIL_CHARACTERS = 2_000;

/** Makes a report as a pull request's workflow does, and writes its three views. */
export async function writeReport(
  folder: string,
  name: string,
  { preview, before, after }: Proposed & { readonly preview: Previewed },
): Promise<Reported> {
  const startedAt = performance.now();
  // As lines, because a workflow reads a file.
  const run = readEngineLog(preview.events.map((event) => JSON.stringify(event)));
  const report = reportOf({
    stack: "prod",
    run,
    ending: endingOf(run, preview.operation.failure === undefined),
    stderrTail: preview.operation.failure?.slice(-TAIL_CHARACTERS) ?? "",
    before: before.text,
    after: after.text,
    images: after.images,
    at: new Date(),
  });
  const views = {
    "comment.md": commentOf(report),
    "page.html": pageOf(report),
    "terminal.txt": terminalOf(report, { color: false }),
  };
  const milliseconds = performance.now() - startedAt;
  const own = join(folder, name);
  await mkdir(own, { recursive: true });
  for (const [file, text] of Object.entries(views)) await writeFile(join(own, file), text);
  return {
    report,
    said: {
      level: report.level,
      comment: views["comment.md"],
      order: report.order.tasks.flatMap(({ id, after: earlier }) =>
        earlier.map((each): [string, string] => [each, id]),
      ),
      seconds: report.order.totalSeconds,
      milliseconds,
    },
    page: join(own, "page.html"),
    texts: Object.entries(views).map(([file, text]) => ({ name: `${name}/${file}`, text })),
  };
}
