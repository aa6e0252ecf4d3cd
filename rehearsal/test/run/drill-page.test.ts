import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drillPage } from "../../reports/drill-page.ts";
import { summaryOf, writeResult, type RehearsalResult } from "../../result.ts";
import { schedule } from "../../../domain/schedule.ts";
import { pageFaults } from "../../../test/pages/page-faults.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const URN = "urn:pulumi:prod::mastodon::kubernetes:apps/v1:Deployment::web";

const RESULT: RehearsalResult = {
  drill: "whole stack",
  startedAt: "2026-11-28T18:00:00.000Z",
  seconds: 85,
  phases: [
    { title: "preview", seconds: 5, detail: "181 create", failed: false },
    { title: "up", seconds: 80, detail: "181 create", failed: false },
  ],
  checks: [
    { name: "the first preview only creates", passed: true, detail: "181 create" },
    { name: "web answers", passed: true, detail: "200", group: "web" },
  ],
  operations: [
    {
      kind: "up",
      seconds: 20,
      steps: [
        {
          op: "create",
          urn: URN,
          type: "t:Deployment",
          startedAtMs: 0,
          endedAtMs: 9_000,
          failed: false,
        },
      ],
      counts: { create: 181 },
      diagnostics: [],
      warned: [],
      failure: undefined,
    },
  ],
  resources: { "kubernetes:apps/v1:Deployment": 8, "cloudflare:index/dnsRecord:DnsRecord": 9 },
  timeline: schedule([
    {
      id: "a",
      label: "KubernetesCluster cluster",
      seconds: 323,
      source: "a public log",
      after: [],
    },
    { id: "b", label: "Deployment web", seconds: 60, source: "assumed", after: ["a"] },
  ]),
  notProven: ["The clouds are models."],
};

/** A page's words, without tags. */
function wordsOf(page: string): string {
  return page
    .replaceAll(/<style>[^]*?<\/style>/gu, "")
    .replaceAll(/<[^>]*>/gu, " ")
    .replaceAll(/\s+/gu, " ");
}

test("a drill's page says first whether it passed, then shows phases, the real length with its sources, checks and limits", () => {
  const page = drillPage(RESULT);
  expect(pageFaults(page)).toEqual([]);
  const words = wordsOf(page);
  expect(words).toContain("Rehearsal, whole stack: all 2 checks passed , in 1m 25s.");
  const order = ["Phases", "The update on the real clouds", "What passed", "What the engine did"];
  const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/gu)].map(([, title]) => title);
  expect(titles).toEqual([...order, "Resources", "What this does not prove"]);
  expect(words).toContain("KubernetesCluster cluster 0s 5m 23s a public log");
  expect(words).toContain("up 20s 181 create Deployment web, 9s well");
  expect(words).toContain("All of it 17");
});

test("what failed comes before all else, with what was seen; what it says becomes no tag", () => {
  const page = drillPage({
    ...RESULT,
    checks: [
      ...RESULT.checks,
      { name: "<script>alert(1)</script>", passed: false, detail: '"><img src=x onerror=y>' },
    ],
    phases: [{ title: "<b>up</b>", seconds: 80, detail: "", failed: true }],
  });
  expect(pageFaults(page)).toEqual([]);
  expect(page).toContain("&lt;script&gt;");
  const words = wordsOf(page);
  expect(words).toContain("1 of 3 checks failed");
  expect(words).toContain("failed after 1m 20s");
  expect(words.indexOf("What failed")).toBeLessThan(words.indexOf("Phases"));
  expect(page).toContain("<title>✗ whole stack</title>");
});

test("a drill that ended before it did anything has a page, too", () => {
  const page = drillPage({
    ...RESULT,
    phases: [],
    checks: [{ name: "every phase came to its end", passed: false, detail: "none" }],
    operations: [],
    resources: {},
    timeline: undefined,
  });
  expect(pageFaults(page)).toEqual([]);
  expect(wordsOf(page)).toContain("no phase began");
});

test("the page is written beside the result, and the summary says where", async () => {
  const folder = temporaryFolder("result");
  const written = await writeResult(folder, RESULT, drillPage(RESULT));
  expect(written).toEqual({ json: join(folder, "result.json"), page: join(folder, "result.html") });
  expect(await readFile(written.page, "utf8")).toBe(drillPage(RESULT));
  expect(summaryOf(RESULT, written)).toContain(`To look at: ${written.page}\n`);
  expect(summaryOf(RESULT, written).split("\n").at(-1)).toBe("rehearsal: 2 passed, 0 failed");
});
