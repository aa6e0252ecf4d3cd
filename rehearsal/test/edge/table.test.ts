import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { pageFaults } from "../../../test/pages/page-faults.ts";
import { pageOf, spanOf } from "../../edge/table/page.ts";
import type { Outcome } from "../../edge/table/row.ts";
import { rowsOf } from "../../edge/table/rows.ts";
import { makeSigner, signatureHolds } from "../../edge/table/signature.ts";

describe("a signature that no longer fits what came through is seen", () => {
  const signer = makeSigner();
  const body = Buffer.from("a note");
  const request = { method: "POST", host: "example.social", target: "/inbox", body };
  const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
  const seen = {
    method: "POST",
    url: "/inbox",
    headers: { host: "example.social", ...signer.headersFor(request) },
    body: { sha256: sha256(body) },
  };
  const holds = (change: Partial<typeof seen>): boolean =>
    signatureHolds(signer.publicKey, { ...seen, ...change });

  test("what is untouched holds", () => {
    expect(holds({})).toBe(true);
  });

  test.each([
    ["another body", { body: { sha256: sha256(Buffer.from("a nøte")) } }],
    ["another path", { url: "/inbox?release=any" }],
    ["another method", { method: "PUT" }],
    ["another host", { headers: { ...seen.headers, host: "other.example" } }],
    ["another date", { headers: { ...seen.headers, date: new Date(0).toUTCString() } }],
  ])("%s does not", (_name, change) => {
    expect(holds(change)).toBe(false);
  });

  test("nor does another server's key", () => {
    expect(signatureHolds(makeSigner().publicKey, seen)).toBe(false);
  });
});

const hosts = { web: "example.social", streaming: "s.example.social", assets: "a.example.social" };
const rows = rowsOf({ domain: "example.social", hosts }, { current: "v2", previous: "v1" });

test("the table is as long as it is meant to be, and no row stands twice", () => {
  expect(rows.length).toBeGreaterThan(100);
  const claims = rows.map(({ what, ask }) => JSON.stringify([what, ask.path, ask.method]));
  expect(new Set(claims).size).toBe(claims.length);
});

test("the page shows what went wrong, and lets no answer become markup", () => {
  const [row] = rows;
  if (row === undefined) throw new Error("There is no row.");
  const outcome: Outcome = { row, saw: "200 <b>", complaints: ["<script>alert(1)</script>"] };
  const page = pageOf([{ title: "a & b", outcomes: [outcome] }], new Date(0));
  expect(pageFaults(page)).toEqual([]);
  expect(page).toContain("<strong>1 not as expected</strong>.");
  expect(page).toContain("&lt;script&gt;");
  expect(page).toContain("a &amp; b");
  expect(page).not.toContain("<script");
});

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [86_400, "1 d"],
  [31_536_000, "365 d"],
])("%i seconds are %s", (seconds, span) => {
  expect(spanOf(seconds)).toBe(span);
});
