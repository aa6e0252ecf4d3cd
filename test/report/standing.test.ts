import { describe, expect, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { configWarnings } from "../../domain/config-warnings.ts";
import { parseConfig } from "../../input/parse.ts";
import { commentOf } from "../../ops/report/comment.ts";
import { readEngineLog } from "../../ops/report/engine-log.ts";
import { reportOf, type Report } from "../../ops/report/model.ts";
import { pageOf } from "../../ops/report/page.ts";
import { terminalOf } from "../../ops/report/terminal.ts";
import { fileOf, MEDIUM, type Raw } from "./scene.ts";

const BACKUP = { recipient: `age1${"q".repeat(58)}` };
const FROM_THE_CLOUD = "DigitalOcean does not offer this size at the moment.";

/** The report of a preview that says what the program says of the configuration after it. */
function reportOn(before: Raw | undefined, after: Raw): Report {
  const said = [...configWarnings(parseConfig(after), IMAGES), FROM_THE_CLOUD];
  return reportOf({
    stack: "prod",
    run: readEngineLog(
      said.map((message) => JSON.stringify({ diagnosticEvent: { severity: "warning", message } })),
    ),
    ending: "previewed",
    ...(before === undefined ? {} : { before: fileOf(before) }),
    after: fileOf(after),
    images: IMAGES,
    at: new Date("2026-11-29T09:14:00Z"),
  });
}

const NO_DUMPS = "mastodon:backup is not set";

describe("a comment that repeats what no pull request is about is no longer read", () => {
  test("a warning that main has, too, is folded", () => {
    const report = reportOn(MEDIUM, { ...MEDIUM, web: { threads: 6 } });
    expect(report.warnings).toEqual([FROM_THE_CLOUD]);
    expect(report.standing.some((warning) => warning.startsWith(NO_DUMPS))).toBe(true);
    const [shown = "", hidden = ""] = commentOf(report).split("<details><summary>");
    expect(shown).not.toContain(NO_DUMPS);
    expect(shown).toContain(FROM_THE_CLOUD);
    expect(hidden).toContain(NO_DUMPS);
    expect(pageOf(report)).toContain(NO_DUMPS);
    expect(terminalOf(report, { color: false })).toContain(NO_DUMPS);
  });

  test("one that the change brings is shown", () => {
    const report = reportOn({ ...MEDIUM, backup: BACKUP }, MEDIUM);
    expect(report.warnings.some((warning) => warning.startsWith(NO_DUMPS))).toBe(true);
  });

  test("of a new server all are shown", () => {
    expect(reportOn(undefined, MEDIUM).standing).toEqual([]);
  });
});
