import type { Outcome } from "./row.ts";

/** A table as it was asked, under its own heading. */
export interface AskedTable {
  readonly title: string;
  readonly outcomes: readonly Outcome[];
}

/** The tables as a page to read: what was asked, what had to come and what came. No script, nothing loaded. */
export function pageOf(tables: readonly AskedTable[], at: Date): string {
  const all = tables.flatMap(({ outcomes }) => outcomes);
  const failed = all.filter(({ complaints }) => complaints.length > 0);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The edge, rehearsed</title>
<style>
${STYLE}
</style>
<h1>The edge, rehearsed</h1>
<p>${all.length} requests through a local Cloudflare, made from the live world's records, rules, settings and tunnel, to the programs of the live pods.
<strong class="${failed.length === 0 ? "ok" : "bad"}">${failed.length === 0 ? "All as expected." : `${failed.length} not as expected.`}</strong>
${escaped(at.toISOString().slice(0, 16).replace("T", " "))} UTC.</p>
${tables.map(sectionOf).join("\n")}
</html>
`;
}

function sectionOf({ title, outcomes }: AskedTable): string {
  const groups = [...new Set(outcomes.map(({ row }) => row.group))];
  const bodies = groups.map((group) => {
    const rows = outcomes.filter(({ row }) => row.group === group);
    return `<tbody>
<tr><th colspan="5" scope="rowgroup">${escaped(group)} (${rows.length})</th></tr>
${rows.map(rowOf).join("\n")}
</tbody>`;
  });
  return `<h2>${escaped(title)}</h2>
<table>
<thead><tr><th>What is claimed</th><th>Asked</th><th>Must come</th><th>Came</th><th></th></tr></thead>
${bodies.join("\n")}
</table>`;
}

function rowOf({ row, saw, complaints }: Outcome): string {
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
  return `<tr class="${ok ? "ok" : "bad"}"><td>${escaped(row.what)}</td><td><code>${escaped(asked)}</code>${listOf(details)}</td><td>${escaped(must.slice(0, 3).join(", "))}${listOf(must.slice(3))}</td><td>${escaped(saw)}${listOf(complaints)}</td><td class="mark">${ok ? "✓" : "✗"}</td></tr>`;
}

/** Seconds as a person says them, where they are whole days or minutes. */
export function spanOf(seconds: number): string {
  if (seconds > 0 && seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function listOf(lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`;
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" };
  return text.replaceAll(/[&<>"]/gu, (character) => `&${names[character]};`);
}

const STYLE = `:root { color-scheme: light dark; --line: #8884; --ok: #1a7f37; --bad: #c62828; }
@media (prefers-color-scheme: dark) { :root { --ok: #4ac26b; --bad: #ff7b72; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 84rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-bottom-width: 2px; } tbody th { padding-top: 1.4rem; }
th:nth-child(1) { width: 22%; } th:nth-child(2) { width: 30%; } th:nth-child(5) { width: 2.5rem; }
code { font-size: .85rem; } ul { margin: .15rem 0 0; padding-left: 1rem; font-size: .82rem; opacity: .85; }
.mark { font-weight: bold; } .ok .mark, strong.ok { color: var(--ok); } .bad .mark, strong.bad { color: var(--bad); }
tr.bad td { background: #c6282818; } tr.ok td:nth-child(4) { color: var(--ok); } tr.bad td:nth-child(4) { color: var(--bad); }`;
