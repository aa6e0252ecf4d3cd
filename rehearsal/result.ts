import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./checks/check.ts";
import type { CloudPlugin } from "./engine/cloud-plugins.ts";
import type { Operation } from "./engine/operation.ts";
import type { PhaseResult } from "./phases.ts";
import { formatDuration } from "../pages/duration.ts";
import type { Schedule } from "../domain/schedule.ts";

/** A table of findings. The first cell of a row is its heading. */
export interface ResultTable {
  readonly title: string;
  readonly intro: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Results of a rehearsal; `result.json` is this, as JSON. */
export interface RehearsalResult {
  readonly drill: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly phases: readonly PhaseResult[];
  readonly checks: readonly Check[];
  readonly tables?: readonly ResultTable[];
  /** Each engine operation with its steps. */
  readonly operations: readonly Operation[];
  /** Number of the stack's resources by Pulumi type. */
  readonly resources: Readonly<Record<string, number>>;
  /** The update with the real clouds' durations; undefined if no update succeeded. */
  readonly timeline: Schedule | undefined;
  /** Claims that this result does not prove. */
  readonly notProven: readonly string[];
}

/** Claims that no rehearsal proves, with any drill and any result. */
export const NEVER_PROVEN: readonly string[] = [
  "DigitalOcean and Cloudflare are models of their documented behaviour: quotas, outages and undocumented checks of the real ones are not in them.",
  "The Kubernetes provider is built from its public source of 2026-01-15, between 4.24.0 and 4.26.0; production runs the version that package.json names. Since 4.29.0 an object that exists already is refused at a create; the built one adopts it, so each update here looks for that itself.",
  "Durations of the clouds are other people's measurements, those inside the cluster are assumptions.",
];

/** Limits of a rehearsal in which the simulated providers are attached. */
export const WITH_SIMULATED =
  "The plugins of DigitalOcean and Cloudflare do not run: simulated ones are attached, held to what the real ones declare. `npm run rehearse -- --plugins real` runs the real ones.";

/** Limits of a rehearsal on kwok's nodes with the clouds' real plugins, or with simulated ones. */
export function notProvenWith(plugins: readonly CloudPlugin[] | undefined): readonly string[] {
  if (plugins === undefined) return NOT_PROVEN;
  const names = plugins.map(({ name, version }) => `${name} ${version}`).join(" and ");
  return [
    `The real plugins of ${names} ask models of the clouds' APIs on this machine: what the clouds themselves refuse is not in them.`,
    "The plugins wait in real time and the clouds' clock is scaled: no length of an update comes from this run.",
    "No bucket of Spaces is made: each would have a host name of its own.",
    ...NOT_PROVEN.filter((line) => line !== WITH_SIMULATED),
  ];
}

/** Limits of a rehearsal on kwok's nodes. */
export const NOT_PROVEN: readonly string[] = [
  ...NEVER_PROVEN,
  WITH_SIMULATED,
  "Mastodon itself does not run: its pods are placed and reported ready by a fake kubelet; what they would connect to is probed with their own env and mounts.",
  "Of Mastodon's image the preflight and the migrations' scripts find a stand-in: Debian 13's Ruby and gems, and a `rails` that knows three tasks and made-up migrations.",
  "No image is pulled and no registry asked: the stack's copy here says `mastodon:images: { unpinned: allow }`, so digests are not rehearsed.",
  "Sidekiq is Debian's 7.3 with a made-up job; Puma its 6.6 and Rails' middleware its 7.2, before made-up pages: Mastodon has 8.1, 8.0 and 8.1.",
  "The assets origin's nginx is Debian's, and what its init containers copy is a made-up `public` folder of each release.",
  "At the edge small programs answer behind Puma and in the place of streaming, with what Mastodon says of each path; Cloudflare's phases and cache are a model of its documentation, in one data centre, and nothing there speaks TLS.",
];

/** Files of a result. */
export interface WrittenResult {
  /** All of it, for programs. */
  readonly json: string;
  /** The same as a page. */
  readonly page: string;
}

/** Writes `result.json` and its page. */
export async function writeResult(
  folder: string,
  result: RehearsalResult,
  page: string,
): Promise<WrittenResult> {
  await mkdir(folder, { recursive: true });
  const written = { json: join(folder, "result.json"), page: join(folder, "result.html") };
  await writeFile(written.json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(written.page, page);
  return written;
}

/** Summary for an operator. Its last line is `rehearsal: N passed, M failed`. */
export function summaryOf(result: RehearsalResult, { json, page }: WrittenResult): string {
  const failed = result.checks.filter((check) => !check.passed);
  const lines = ["", ...linesOf(result.checks)];
  if (result.timeline !== undefined)
    lines.push(
      "",
      `On the real clouds this update takes about ${formatDuration(result.timeline.totalSeconds)}. What decides it:`,
      ...result.timeline.criticalPath.map(
        ({ label, seconds, startsAt }) =>
          `  at ${formatDuration(startsAt).padStart(8)}  ${label}, ${formatDuration(seconds)}`,
      ),
    );
  lines.push("", `To look at: ${page}`, `All of it, with every step: ${json}`);
  lines.push("", "Not proven by this:", ...result.notProven.map((line) => `  - ${line}`), "");
  lines.push(`rehearsal: ${result.checks.length - failed.length} passed, ${failed.length} failed`);
  return lines.join("\n");
}

/** A line for each check; checks of a group that all passed share one. */
function linesOf(checks: readonly Check[]): readonly string[] {
  const said = new Set<string>();
  return checks.flatMap((check) => {
    const { name, passed, detail, group } = check;
    const mates = group === undefined ? [check] : checks.filter((other) => other.group === group);
    if (group === undefined || mates.some((mate) => !mate.passed))
      return [`${passed ? "  ok  " : "  FAIL"}  ${name}: ${detail}`];
    if (said.has(group)) return [];
    said.add(group);
    const refusals = mates.filter((mate) => mate.name.endsWith("is refused")).length;
    return [
      `  ok    ${group}: ${mates.length - refusals} connections answer, ${refusals} wrong ones are refused for the right reason`,
    ];
  });
}
