import { expect, test } from "vitest";
import { checksOf } from "../../pages/checks.ts";
import { documentOf, type Page } from "../../pages/document.ts";
import { ganttOf } from "../../pages/gantt.ts";
import { markup, type Markup } from "../../pages/markup.ts";
import { fullnessOf, metersOf, type Meter } from "../../pages/meters.ts";
import { sharesOf } from "../../pages/shares.ts";
import { tableOf } from "../../pages/table.ts";
import { pageFaults, tagsOf } from "./page-faults.ts";

const EVIL = `<script>alert(1)</script>"'&`;

/** A part's words, without tags. */
function wordsOf(part: Markup | string): string {
  return String(part)
    .replaceAll(/<[^>]*>/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
}

test("no part lets a tag in through any of its texts", () => {
  const parts = [
    ganttOf({
      totalSeconds: 10,
      rows: [{ label: EVIL, startsAt: 0, endsAt: 5 }],
      rest: { label: EVIL, spans: [[1, 2]] },
      legend: { critical: EVIL, other: EVIL },
    }),
    metersOf([
      {
        what: EVIL,
        used: 1,
        limit: 2,
        unit: EVIL,
        source: EVIL,
        parts: [{ who: EVIL, amount: 1 }],
      },
    ]),
    sharesOf({
      caption: EVIL,
      shares: [{ what: EVIL, sum: EVIL, amount: 1, written: EVIL, atMost: EVIL }],
      total: EVIL,
      totalAtMost: EVIL,
    }),
    tableOf({ caption: EVIL, columns: [{ title: EVIL }], rows: [[EVIL]], foot: [EVIL] }),
    checksOf([
      { name: EVIL, passed: false, detail: EVIL },
      { name: EVIL, passed: true, detail: EVIL, group: EVIL },
    ]),
  ];
  for (const part of parts) {
    const tags = tagsOf(part.toString());
    expect(tags.map(({ name }) => name)).not.toContain("script");
    expect(part.toString()).toContain("&lt;script&gt;");
  }
});

test("a bar stands where its work was, and its time beside it in words", () => {
  const chart = ganttOf({
    totalSeconds: 200,
    rows: [
      { label: "cluster", startsAt: 0, endsAt: 100, critical: true },
      { label: "web", startsAt: 150, endsAt: 200, failed: true },
    ],
  }).toString();
  const bars = tagsOf(chart).filter(({ attributes }) => attributes["class"] === "bar");
  expect(bars.map(({ attributes }) => attributes["style"])).toEqual([
    "left:0%;width:50%",
    "left:75%;width:25%",
  ]);
  expect(wordsOf(chart)).toContain("cluster , from 0s, on the critical path 1m 40s");
  expect(wordsOf(chart)).toContain("failed after 50s");
});

test.each([0, 0.4, 3, 59, 835, 7_200, 100_000])(
  "a chart of %d s has a few marks, the last at its end",
  (total) => {
    const chart = ganttOf({ totalSeconds: total, rows: [] }).toString();
    const marks = [...chart.matchAll(/<span style="left:([\d.]+)%">/gu)].map(([, at]) =>
      Number(at),
    );
    expect(marks.length).toBeLessThanOrEqual(8);
    expect(marks[0]).toBe(0);
    expect(marks.at(-1)).toBe(100);
  },
);

const meter = (used: number, limit: number, more: Partial<Meter> = {}): Meter => ({
  what: `${used} of ${limit}`,
  used,
  limit,
  unit: "",
  source: "",
  parts: [],
  ...more,
});

test("how full something is stands in words, and what is full is never rounded to it", () => {
  expect(fullnessOf(meter(89, 100))).toBe("room");
  expect(fullnessOf(meter(90, 100))).toBe("nearly");
  expect(fullnessOf(meter(101, 100))).toBe("over");
  expect(fullnessOf(meter(1, 100, { over: true }))).toBe("over");
  expect(fullnessOf(meter(1, 0))).toBe("over");
  const words = wordsOf(metersOf([meter(1, 2), meter(1_999, 2_000), meter(3, 2)]));
  expect(words).toContain("99 % · 1,999 of 2,000 · nearly full");
  expect(words).toContain("150 % · 3 of 2 · too little");
  expect(wordsOf(metersOf([meter(2, 2)]))).toContain("100 % · 2 of 2 · full");
  expect(words.indexOf("150 %")).toBeLessThan(words.indexOf("99 %"));
  expect(words.indexOf("99 %")).toBeLessThan(words.indexOf("· 1 of 2"));
});

test("the bar of a sum has a part for each line of its table, of its colour", () => {
  const share = { sum: "1 × a", amount: 1, written: "$1.00" };
  const part = sharesOf({
    caption: "cost",
    shares: [
      { what: "nodes", ...share },
      { what: "Postgres", ...share, amount: 2 },
    ],
    total: "$3.00",
  }).toString();
  const tags = tagsOf(part);
  const coloured = (name: string): readonly string[] =>
    tags
      .filter((tag) => tag.name === name && /\bh\d/u.test(tag.attributes["class"] ?? ""))
      .map(({ attributes }) => /\bh\d/u.exec(attributes["class"] ?? "")?.[0] ?? "");
  expect(coloured("i")).toEqual(["h0", "h1"]);
  expect(coloured("span")).toEqual(["h0", "h1"]);
  expect(wordsOf(part)).toContain("All of it $3.00");
  expect(wordsOf(part)).not.toContain("at most");
});

test("what failed is read first, and open; a group that passed is folded", () => {
  const part = checksOf([
    { name: "fine", passed: true, detail: "1" },
    { name: "in a group", passed: true, detail: "2", group: "web" },
    { name: "broken", passed: false, detail: "why" },
  ]).toString();
  const words = wordsOf(part);
  expect(words.indexOf("broken")).toBeLessThan(words.indexOf("fine"));
  expect(words.indexOf("fine")).toBeLessThan(words.indexOf("in a group"));
  expect(part.slice(part.indexOf("<details>"))).toContain("in a group");
  expect(part.slice(0, part.indexOf("<details>"))).toContain("broken");
  expect(wordsOf(checksOf([]))).toBe("");
});

const PAGE: Page = {
  title: "t",
  kicker: "k",
  sentence: ["plain ", { strong: "heavy" }],
  figures: [{ label: "members", value: "5", tone: "good" }],
  note: { title: "warnings", tone: "warn", lines: ["careful"] },
  sections: [{ title: "part", intro: "i", body: markup`<p>${EVIL}</p>` }],
  footer: "f",
};

test("a page is one file: language, one first heading, no script, nothing to load", () => {
  const page = documentOf(PAGE);
  expect(pageFaults(page)).toEqual([]);
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/u);
  expect(page).toContain("default-src &#39;none&#39;");
  expect(wordsOf(page)).toContain("plain heavy");
});

test("the checker of pages sees each fault that it is there for", () => {
  const page = documentOf(PAGE);
  const broken: readonly (readonly [string, string])[] = [
    [page.replace(' lang="en"', ""), "it names no language"],
    [page.replace("<h2>part</h2>", "<h4>part</h4>"), "h4 follows h2"],
    [page.replace("</main>", "<script></script></main>"), "it has a <script>"],
    [page.replace("</main>", '<p onclick="x"></p></main>'), "<p> has onclick"],
    [page.replace("</main>", "<svg></svg></main>"), "a picture lacks title or description"],
    [page.replace("</main>", "<table></table></main>"), "a table lacks its caption"],
    [page.replace("</style>", "a{b:url(x)}</style>"), "its style loads something"],
    [page.replace("</main>", '<p id="a"></p><p id="a"></p></main>'), "the id a is there twice"],
  ];
  for (const [text, fault] of broken) expect(pageFaults(text)).toContain(fault);
  expect(() => pageFaults(page.replace("</main>", "a < b</main>"))).toThrow('A raw "<"');
  expect(() => pageFaults(page.replace("</main>", "</section>"))).toThrow("</section> ends");
});
