import { documentOf, type Section } from "../../../pages/document.ts";
import { markup, type Markup, type Value } from "../../../pages/markup.ts";
import { tableOf } from "../../../pages/table.ts";
import type { Outcome } from "./row.ts";

/** A table with its results, under its own heading. */
export interface AskedTable {
  readonly title: string;
  readonly outcomes: readonly Outcome[];
}

/** The tables as a page: request, expected answer and answer. */
export function pageOf(tables: readonly AskedTable[], at: Date): string {
  const all = tables.flatMap(({ outcomes }) => outcomes);
  const failed = all.filter(isBad);
  return documentOf({
    title: "The edge, rehearsed",
    kicker: `rehearsal · edge · ${at.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    sentence: [
      `${all.length} requests through a local Cloudflare: `,
      { strong: failed.length === 0 ? "all as expected" : `${failed.length} not as expected` },
      ".",
    ],
    figures: [],
    note:
      failed.length === 0
        ? undefined
        : { title: "Not as expected", tone: "bad", lines: failed.map(({ row }) => row.what) },
    sections: tables.map(sectionOf),
    footer:
      "Asked of a local Cloudflare, made from the live world's records, rules, settings and tunnel, before the programs of the live pods.",
  });
}

function isBad({ complaints }: Outcome): boolean {
  return complaints.length > 0;
}

/** Groups with a fault are open. */
function sectionOf({ title, outcomes }: AskedTable): Section {
  const groups = [...new Set(outcomes.map(({ row }) => row.group))].map((group) => {
    const rows = outcomes.filter(({ row }) => row.group === group);
    const bad = rows.filter(isBad).length;
    const table = tableOf({
      caption: `${title}: ${group}`,
      columns: ["claimed", "asked", "must come", "came", ""].map((head) => ({ title: head })),
      rows: rows.map(rowOf),
    });
    const words = `${group}: ${rows.length} asked${bad === 0 ? "" : `, ${bad} not as expected`}`;
    return bad === 0
      ? markup`<details><summary>${words}</summary>${table}</details>`
      : markup`<details open="open"><summary><strong class="bad">${words}</strong></summary>${table}</details>`;
  });
  return {
    title,
    intro: "Open a group to see what was asked, what had to come and what came.",
    body: markup`${groups}`,
  };
}

function rowOf({ row, saw, complaints }: Outcome): readonly Value[] {
  const { ask, expect } = row;
  const asked = `${ask.socket === true ? "WebSocket" : (ask.method ?? "GET")} ${ask.scheme === "http" ? "http://" : ""}${ask.host}${ask.path}`;
  const details = [
    ...Object.entries(ask.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(ask.signed === true ? ["signed"] : []),
    ...(ask.body === undefined ? [] : [`${Buffer.byteLength(ask.body)} bytes`]),
    ...(ask.claimsBytes === undefined ? [] : [`${ask.claimsBytes} bytes announced`]),
    ...(ask.before === undefined ? [] : [`after ${ask.before} like it`]),
    ...(ask.afterSeconds === undefined ? [] : [`${spanOf(ask.afterSeconds)} later`]),
  ];
  const must = [
    String(expect.status),
    `from ${expect.from}`,
    expect.cache ?? "no cache",
    ...(expect.keptSeconds === undefined ? [] : [`kept ${spanOf(expect.keptSeconds)}`]),
    ...(expect.by === undefined ? [] : [`by ${expect.by}`]),
    ...Object.entries(expect.headers ?? {}).map(([name, value]) => `${name}: ${value ?? "—"}`),
    ...Object.entries(expect.seen ?? {}).map(
      ([name, value]) => `behind it ${name}: ${value ?? "—"}`,
    ),
    ...(expect.client === undefined ? [] : [`behind it the visitor is ${expect.client}`]),
    ...(expect.signatureHolds === true ? ["its signature holds"] : []),
    ...(expect.has === undefined ? [] : [`with ${expect.has}`]),
  ];
  const ok = complaints.length === 0;
  return [
    row.what,
    markup`<code>${asked}</code>${listOf(details)}`,
    markup`${must.slice(0, 3).join(", ")}${listOf(must.slice(3))}`,
    markup`${saw}${listOf(complaints)}`,
    ok ? markup`<span class="mark good">✓</span>` : markup`<span class="mark bad">✗</span>`,
  ];
}

/** Formats seconds as whole days or minutes if possible. */
export function spanOf(seconds: number): string {
  if (seconds > 0 && seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function listOf(lines: readonly string[]): Markup | undefined {
  return lines.length === 0
    ? undefined
    : markup`<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}
