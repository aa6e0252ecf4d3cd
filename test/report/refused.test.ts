import { describe, expect, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { changeRefusals } from "../../domain/changes.ts";
import { decidedBy } from "../../domain/decided.ts";
import { cured } from "../../domain/fault.ts";
import { parseConfig } from "../../input/parse.ts";
import { commentOf } from "../../ops/report/comment.ts";
import { readEngineLog } from "../../ops/report/engine-log.ts";
import { endingOf, reportOf, type Report, type ReportInput } from "../../ops/report/model.ts";
import { readVerdict } from "../../ops/report/verdict.ts";
import { fileOf, MEDIUM, type Raw } from "./scene.ts";

/** The events of a refusal: the stack's own step, and the program's sentence twice. */
function refused(
  after: Raw,
  input: Partial<ReportInput> = {},
  message = "It can't become that.",
): Report {
  const running = decidedBy(parseConfig(MEDIUM));
  const said = { diagnosticEvent: { severity: "error", prefix: "", color: "raw", message } };
  const stack = {
    resourcePreEvent: {
      metadata: {
        op: "same",
        urn: "urn:pulumi:prod::mastodon::pulumi:pulumi:Stack::mastodon-prod",
        type: "pulumi:pulumi:Stack",
        old: { id: "", inputs: {}, outputs: { running } },
        new: { id: "", inputs: {}, outputs: {} },
      },
    },
  };
  const run = readEngineLog([stack, said, said].map((event) => JSON.stringify(event)));
  return reportOf({
    stack: "prod",
    run,
    ending: endingOf(run, false),
    before: fileOf(MEDIUM),
    after: fileOf(after),
    images: IMAGES,
    at: new Date("2026-11-29T09:14:00Z"),
    ...input,
  });
}

describe("a refusal", () => {
  test("names what would have been deleted, and the line that takes it back", () => {
    const report = refused({ ...MEDIUM, region: "fra1" });
    expect(report.level).toBe(5);
    expect(report.refused?.dies).toContain("Postgres: all accounts and posts");
    const comment = commentOf(report);
    expect(comment).toContain("## 🛑 Refused — merging this deploys nothing");
    expect(comment).toContain("Would have been deleted: Postgres: all accounts and posts");
    expect(comment).toContain('| Set mastodon:region to "nyc3" (it was a slip) |');
    // Once, though the engine says it twice.
    expect(comment.split("It can't become that.")).toHaveLength(2);
    expect(readVerdict(comment)?.level).toBe(5);
  });

  test("of a file that can't be read is a refusal, too, and no crash of the report", () => {
    const report = refused(MEDIUM, { after: "config:\n  mastodon:domain: [" });
    expect(report.level).toBe(5);
    expect(commentOf(report)).toContain("Pulumi.prod.yaml, line");
  });

  test("of a crash shows the last words, and takes the place of a green comment", () => {
    const comment = commentOf(
      refused(MEDIUM, { run: undefined, ending: "crashed", stderrTail: "panic: it fell over" }),
    );
    expect(comment).toContain("🛑 The preview crashed");
    expect(comment).toContain("panic: it fell over");
  });

  test("by a program that throws is called a crash: no line of the stack file mends it", () => {
    const trace = `Unhandled exception: TypeError: Cannot read properties of undefined (reading 'replicas')
    at file:///repository/index.ts:141:35
    at async Stack.initialize (/repository/node_modules/@pulumi/pulumi/runtime/stack.js:75:28)`;
    const report = refused(MEDIUM, {}, trace);
    expect([report.ending, report.level]).toEqual(["crashed", 5]);
    const comment = commentOf(report);
    expect(comment).toContain("## 🛑 The program crashed — merging this deploys nothing");
    expect(comment).toContain("at file:///repository/index.ts:141:35");
  });

  test("that was cancelled claims nothing of the commit", () => {
    expect(refused(MEDIUM, { ending: "cancelled" }).headline).toBe(
      "Cancelled — nothing is known of this commit",
    );
  });
});

test.each([
  ["region", { region: "fra1" }],
  ["control plane", { cluster: { version: "1.35.1-do.6", highAvailability: false } }],
  ["account", { cloudflare: { accountId: "2".repeat(32), zoneId: "1".repeat(32) } }],
  ["bucket", { media: { bucket: "another-bucket" } }],
] satisfies readonly (readonly [string, Raw])[])(
  "the way back that a refusal names is accepted when it is typed: %s",
  (_name, change) => {
    const running = decidedBy(parseConfig(MEDIUM));
    const raw = { ...MEDIUM, ...change };
    const wanted = (given: Raw): readonly unknown[] => changeRefusals(running, parseConfig(given));
    const faults = changeRefusals(running, parseConfig(raw));
    expect(faults).toHaveLength(1);
    const [cure] = faults[0]!.cures;
    expect(wanted(cured(raw, cure!))).toEqual([]);
  },
);
