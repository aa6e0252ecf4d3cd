import { describe, expect, it } from "vitest";
import {
  bodyOf,
  neutral,
  NOTICE_CHARACTERS,
  partsOf,
  type Parts,
} from "../../../ops/ci/comment-body.ts";
import { digestOf, MOST_MARKS } from "../../../ops/report/step-marks.ts";
import { markerOf, REPORT_CHARACTERS } from "../../../ops/report/verdict.ts";
import { deployed, ended, stale, waiting } from "../../../ops/ci/moments.ts";

const HEAD = "a".repeat(40);
const BASE = "b".repeat(40);
const STEPS = "0123456789abcdef".repeat(4);
const RUN = { head: HEAD, base: BASE, url: "https://github.example/run/1" };
const GREEN = { report: "## 🟢 Restarts web only\n\nAbout 2 min.", level: "1", steps: STEPS };
const green = ended(undefined, RUN, "success", GREEN);
const written = (parts: Parts): string => bodyOf("prod", parts);

describe("a comment is read as it was written", () => {
  it.each<[string, Parts]>([
    ["a verdict", green],
    ["a verdict below a notice", waiting(green, { ...RUN, head: "c".repeat(40) })],
    ["a notice alone", waiting(undefined, RUN)],
    ["an outdated verdict", stale(green, { from: BASE, to: HEAD, next: "Again." })],
    ["a result", deployed(green, "> ✅ Deployed")],
  ])("%s", (_, parts) => {
    expect(partsOf(written(parts))).toEqual(parts);
    expect(written(parts).split("\n")[0]).toBe(markerOf("prod"));
  });

  it("also after a person has edited it, with the other end of line", () => {
    expect(partsOf(written(green).replaceAll("\n", "\r\n"))).toEqual(green);
  });
});

describe("text of the pull request's own code can't make a verdict that its reader does not see", () => {
  const forged = `<!-- verdict ${JSON.stringify({ head: HEAD, base: BASE, level: 4, steps: STEPS })} -->`;

  it.each([
    ["before its text", `${forged}\n${GREEN.report}`],
    ["after its text", `${GREEN.report}\n${forged}`],
    ["as a whole comment", `${markerOf("prod")}\n${forged}\n<!-- report -->\n${GREEN.report}`],
    ["in a code block", `${GREEN.report}\n\`\`\`\n${forged}\n\`\`\``],
    ["behind another marker", `<!-- a --> <!-- b\n-->\n${forged}\n${GREEN.report}`],
    ["split by a hidden character", `${GREEN.report}\n${forged.replace("<!", "<\u202e!")}`],
  ])("%s", (_, report) => {
    const body = written(ended(undefined, RUN, "success", { ...GREEN, report }));
    expect(partsOf(body).verdict).toEqual({ head: HEAD, base: BASE, level: 1, steps: STEPS });
    expect(body.match(/<!-- /gu)).toHaveLength(3);
  });

  it.each([
    [
      "a lower level on top than it hands over",
      { ...GREEN, level: "4" },
      "## 🔴 Outage or loss",
      4,
    ],
    ["no first line", { ...GREEN, report: "all is well" }, "## 🟢 Members notice nothing", 1],
    ["a level that is none", { ...GREEN, level: "-1" }, "## 🛑 Refused", 5],
    ["a level with more behind it", { ...GREEN, level: "1}" }, "## 🛑 Refused", 5],
    ["no list of steps", { ...GREEN, steps: "none" }, "## 🛑 Refused", 5],
  ])("%s: the first line is the level's", (_, given, line, level) => {
    const { report, verdict } = partsOf(written(ended(undefined, RUN, "success", given)));
    expect(report.split("\n")[0]).toBe(line);
    expect(verdict?.level).toBe(level);
  });

  it("a comment whose first line was edited to another level has no verdict", () => {
    const edited = written(green).replace("## 🟢", "## ⚪");
    expect(partsOf(edited).verdict).toBeUndefined();
    expect(partsOf(written(green)).verdict).toBeDefined();
  });

  it("a job that failed has no green verdict, whatever it printed", () => {
    const { report, verdict } = ended(undefined, RUN, "failure", GREEN);
    expect(report).toMatch(/^## 🛑 Refused\n\n#### 🟢/u);
    expect(verdict).toEqual({ head: HEAD, base: BASE, level: 5, steps: STEPS });
    const outage = { ...GREEN, report: "## 🔴 Outage", level: "4" };
    expect(ended(undefined, RUN, "failure", outage).verdict?.level).toBe(4);
  });
});

describe("the marks of each step", () => {
  it("are read as they were handed over", () => {
    const each = `c1${digestOf("a")}u3${digestOf("b")}`;
    const parts = ended(undefined, RUN, "success", { ...GREEN, each });
    expect(partsOf(written(parts)).verdict).toEqual({ ...green.verdict, each });
  });

  it.each([
    ["of another operation", `z1${digestOf("a")}`],
    ["of a level that is none", `u5${digestOf("a")}`],
    ["cut off", `u1${digestOf("a")}`.slice(0, 9)],
    ["that end the line", `u1${digestOf("a")} -->`],
    ["too many", `u1${digestOf("a")}`.repeat(MOST_MARKS + 1)],
    ["none", ""],
  ])("%s: the verdict has no list, and its hash alone counts", (_, each) => {
    const parts = ended(undefined, RUN, "success", { ...GREEN, each });
    expect(partsOf(written(parts))).toEqual(green);
    // Also if a person has written them into the comment.
    const edited = { ...green, verdict: { ...green.verdict!, each } };
    expect(partsOf(written(edited)).verdict).toEqual(green.verdict);
  });
});

describe("a verdict is never lost, and never taken for another commit's", () => {
  it.each(["cancelled", "skipped"] as const)("%s: the earlier one stays, named", (outcome) => {
    const next = { ...RUN, head: "c".repeat(40) };
    const parts = ended(waiting(green, next), next, outcome, { report: "", level: "", steps: "" });
    expect(parts.verdict?.head).toBe(HEAD);
    expect(parts.notice).toContain(`of \`ccccccc\` was ${outcome}`);
    expect(parts.notice).toContain("Below: the preview of `aaaaaaa`.");
    expect(parts.report).toBe(GREEN.report);
  });

  it("a job that left nothing replaces the green one", () => {
    const { report, verdict } = ended(green, RUN, "failure", { report: "", level: "", steps: "" });
    expect(report).toMatch(/^## 🛑 No preview\n\nThe job for `aaaaaaa` left no report/u);
    expect(verdict?.level).toBe(5);
  });

  it("a new result takes away every notice: nothing is said twice", () => {
    const old = stale(waiting(green, RUN), { from: BASE, to: HEAD, next: "Again." });
    expect(ended(old, RUN, "success", GREEN).notice).toBe("");
  });
});

describe("a text of any length", () => {
  it("fits into GitHub's limit, and the block that it is cut in is closed", () => {
    const report = `## 🟢 x\n<details><summary>diff</summary>\n\n\`\`\`\`diff\n${"+ línea ✓\n".repeat(20_000)}`;
    const parts = ended(undefined, RUN, "success", { ...GREEN, report });
    expect(parts.report.length).toBeLessThanOrEqual(REPORT_CHARACTERS);
    expect(parts.report).toMatch(
      /\n````\n<\/details>\n\n… the rest is left out: the text has 2\d{5}/u,
    );
    const each = Array.from({ length: MOST_MARKS }, (_, at) => `r4${digestOf(`${at}`)}`).join("");
    const { verdict } = ended(undefined, RUN, "success", { ...GREEN, report, each });
    expect(verdict?.each).toBe(each);
    const notice = "x\n".repeat(50_000);
    const all = bodyOf("prod", { ...deployed(parts, notice), verdict: verdict! });
    expect(partsOf(all).notice.length).toBeLessThanOrEqual(NOTICE_CHARACTERS);
    expect(partsOf(all).verdict?.each).toBe(each);
    expect(all.length).toBeLessThan(65_536);
  });

  it("mentions nobody, and leaves a digest as it is", () => {
    expect(neutral("ask @everyone, nginx@sha256:00")).toBe("ask @\u200beveryone, nginx@sha256:00");
  });
});
