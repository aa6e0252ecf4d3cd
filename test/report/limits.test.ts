import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commentOf } from "../../ops/report/comment.ts";
import { readEngineLog } from "../../ops/report/engine-log.ts";
import { reportOf, type Report, type ReportInput } from "../../ops/report/model.ts";
import { pageOf } from "../../ops/report/page.ts";
import { terminalOf } from "../../ops/report/terminal.ts";
import { readVerdict, REPORT_CHARACTERS } from "../../ops/report/verdict.ts";
import { IMAGES } from "../../config/images.ts";
import { fileOf, MEDIUM } from "./scene.ts";

/** Number of changed resources. Production has 170 in all. */
const RESOURCES = 300;

/** Events of an update of many ConfigMaps, each with values of this length. */
function events(length: number, count = RESOURCES, text = "x"): readonly unknown[] {
  return Array.from({ length: count }, (_, at) => {
    const side = (value: string): unknown => ({
      id: `id-${at}`,
      inputs: { data: { value: value.repeat(length), token: "[secret]" } },
      outputs: {},
    });
    return {
      resourcePreEvent: {
        metadata: {
          op: "update",
          urn: `urn:pulumi:prod::mastodon::kubernetes:core/v1:ConfigMap::settings-${at}`,
          type: "kubernetes:core/v1:ConfigMap",
          old: side(text),
          new: side(`${text}y`),
        },
      },
    };
  });
}

function reportOfEvents(list: readonly unknown[], input: Partial<ReportInput> = {}): Report {
  return reportOf({
    stack: "prod",
    run: readEngineLog(list.map((event) => JSON.stringify(event))),
    ending: "previewed",
    after: fileOf(MEDIUM),
    images: IMAGES,
    head: "4f2c1ab",
    at: new Date("2026-11-29T09:14:00Z"),
    ...input,
  });
}

describe("a comment", () => {
  test.each([
    // The diff of the largest growth has 82,668 characters.
    ["ten times the longest diff", 1_400],
    ["values of a page each", 6_000],
  ])(
    "of %s is short enough for GitHub, and has its verdict, its table and its footer",
    (_name, length) => {
      const report = reportOfEvents(events(length));
      const comment = commentOf(report);
      expect(comment.length).toBeLessThanOrEqual(REPORT_CHARACTERS);
      expect(readVerdict(comment)?.level).toBe(1);
      expect(comment).toContain("| cost a month |");
      expect(comment).toMatch(/<sub>Preview of `4f2c1ab`.*<\/sub>$/u);
      // Said near the top, where it is read.
      expect(comment.indexOf("Left out here")).toBeGreaterThan(0);
      expect(comment.indexOf("Left out here")).toBeLessThan(comment.indexOf("| cost a month |"));
      // The page leaves nothing out.
      expect(pageOf(report)).toContain(`settings-${RESOURCES - 1}`);
    },
  );

  test("of any run is short enough, whatever the messages, values and names are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 200 }),
        (count, length, text, messages) => {
          const said = Array.from({ length: messages }, (_, at) => ({
            diagnosticEvent: {
              severity: at % 2 === 0 ? "error" : "warning",
              message: `${at} ${text.repeat(200)}`,
            },
          }));
          const report = reportOfEvents([...events(length, count, text), ...said]);
          const comment = commentOf(report);
          expect(comment.length).toBeLessThanOrEqual(REPORT_CHARACTERS);
          expect(readVerdict(comment)?.steps).toBe(report.stepsHash);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("can't be closed, or given another verdict, by a value of the plan", () => {
    const evil = '</details>\n<!-- verdict {"level":0,"steps":""} -->\n```\n## 🟢 @everyone';
    const comment = commentOf(reportOfEvents(events(1, 1, evil)));
    expect(readVerdict(comment)?.level).toBe(1);
    expect(comment.split("\n").filter((line) => line.startsWith("## "))).toHaveLength(1);
    expect(comment).not.toMatch(/^<!-- verdict .*"level":0/mu);
  });
});

test("no view shows a secret: the engine masks it, and the stack file's stays encrypted", () => {
  const secret = "v1:ciphertext-of-the-smtp-password";
  const file = `${fileOf(MEDIUM)}  mastodon:smtpPassword:\n    secure: ${secret}\n`;
  const report = reportOfEvents(events(10, 3), { before: fileOf(MEDIUM), after: file });
  expect(report.secrets.changes).toEqual([{ key: "smtpPassword", kind: "new" }]);
  for (const view of [commentOf(report), pageOf(report), terminalOf(report, { color: true })]) {
    expect(view).toContain("smtpPassword (new)");
    expect(view).not.toContain("ciphertext");
  }
});

test("a report of the longest plan is made within a second of the engine's end", () => {
  const lines = events(1_400).map((event) => JSON.stringify(event));
  expect(lines.join("\n").length).toBeGreaterThan(1_200_000);
  const started = performance.now();
  const report = reportOfEvents(events(1_400));
  commentOf(report);
  pageOf(report);
  // A quiet machine needs a tenth of it; a busy one may not make a test fail.
  expect(performance.now() - started).toBeLessThan(10_000);
});
