import { afterAYear } from "../../domain/capacity/growth.ts";
import { costOf, inDollars, type Cost } from "../../domain/cost.ts";
import { versionOf } from "../../domain/images.ts";
import { PRICES_OF } from "../../facts/digitalocean/prices.ts";
import type { StackConfig } from "../../config/schema.ts";
import { readConfig, valuesOf, type StackText } from "../../input/stack-text.ts";
import { databaseWords, mediaWords } from "../../ops/docs/cost-table.ts";
import { linesOf } from "../../pages/checks.ts";
import { documentOf, type Page, type Section } from "../../pages/document.ts";
import { markup } from "../../pages/markup.ts";
import { metersOf, type Meter } from "../../pages/meters.ts";
import { sharesOf } from "../../pages/shares.ts";
import { pictureOf } from "../../pages/topology/picture.ts";
import { planConfig, type Plan } from "../../plan/plan-stack.ts";
import { NEVER_PROVEN } from "../result.ts";
import type { Schedule } from "../../domain/schedule.ts";
import { firstUpdateOf } from "./first-update.ts";
import { nearlyFull, roomOf, type Room } from "./room.ts";
import { topologyOf } from "./topology-of-plan.ts";
import { updatePart } from "./update-part.ts";
import { warningsOf } from "./warnings.ts";

/**
 * A stack as a page, before anything is started: from its plan in memory and its budgets. It needs
 * no engine, no network and no secrets.
 * @param stack name of the stack on the page.
 * @throws Refusal with every fault of the configuration.
 */
export async function lookPage(stack: string, text: StackText, at: Date): Promise<string> {
  const config = readConfig(text);
  const plan = await planConfig(() => config);
  const update = firstUpdateOf(plan);
  const room = roomOf(config, plan);
  const cost = costOf(config);
  const { profile } = valuesOf(text.texts);
  const warnings = warningsOf(config, text);
  return documentOf({
    title: `${config.webDomain}: ${stack}`,
    kicker: [
      stack,
      config.webDomain,
      ...(typeof profile === "string" ? [`profile ${profile}`] : []),
      `Mastodon ${versionOf(config)}`,
      config.region,
    ].join(" · "),
    sentence: sentenceOf(config, cost, update, room),
    figures: figuresOf(config, cost, update, room),
    note:
      warnings.length === 0
        ? {
            title: "Before the first update",
            tone: "good",
            lines: ["Nothing is missing in the file."],
          }
        : { title: "Before the first update", tone: "warn", lines: warnings },
    sections: sectionsOf(config, plan, cost, update, room),
    footer: `Made by npm run look at ${at.toISOString().slice(0, 16).replace("T", " ")} UTC from ${stack}, in memory; nothing was asked of a cloud.`,
  });
}

function sentenceOf(
  config: StackConfig,
  cost: Cost,
  update: Schedule,
  room: Room,
): Page["sentence"] {
  const full = nearlyFull(room);
  const grows = cost.dollarsAtCeiling > cost.dollars;
  return [
    "A server for ",
    { strong: `${config.members.toLocaleString("en-US")} active members` },
    " that costs ",
    { strong: `${inDollars(cost.dollars)} a month` },
    grows ? ` (${inDollars(cost.dollarsAtCeiling)} at most)` : "",
    ", stands ",
    { strong: `about ${Math.round(update.totalSeconds / 60)} minutes` },
    " after its first update begins",
    ...(full.length === 0 ? [", and has nothing that is nearly full."] : fullWords(full)),
  ];
}

/** Names of the two fullest budgets. */
function fullWords(full: readonly Meter[]): Page["sentence"] {
  const named = full
    .slice(0, 2)
    .map(({ what, used, limit }) => [
      { strong: lowered(what) },
      ` (${amount(used)} of ${amount(limit)})`,
    ]);
  const more = full.length - named.length;
  const [first = [], second] = more === 0 ? named : [...named.slice(0, 1), [`${more + 1} more`]];
  return [
    ", and is nearly full in ",
    ...first,
    ...(second === undefined ? [] : [" and ", ...second]),
    ".",
  ];
}

/** "Database connections" in the middle of a sentence; names and abbreviations stay. */
function lowered(text: string): string {
  return /^[A-Z][a-z]/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function amount(number: number): string {
  return number.toLocaleString("en-US");
}

function figuresOf(config: StackConfig, cost: Cost, update: Schedule, room: Room): Page["figures"] {
  const full = nearlyFull(room);
  const [fullest] = full;
  const { dollars, dollarsAtCeiling } = cost;
  return [
    { label: "active members", value: amount(config.members), besides: "what it is sized for" },
    {
      label: "a month",
      value: inDollars(dollars),
      besides:
        dollarsAtCeiling > dollars
          ? `${inDollars(dollarsAtCeiling)} at most`
          : "it never grows by itself",
    },
    {
      label: "first update",
      value: `${Math.round(update.totalSeconds / 60)} min`,
      besides: `${update.tasks.length} resources`,
    },
    {
      label: "nearly full",
      value: String(full.length),
      besides: fullest === undefined ? "room everywhere" : "see Room, below",
      tone: full.length === 0 ? "good" : "warn",
    },
  ];
}

function sectionsOf(
  config: StackConfig,
  plan: Plan,
  cost: Cost,
  update: Schedule,
  room: Room,
): readonly Section[] {
  const year = afterAYear(config);
  return [
    {
      title: "Who talks to whom",
      intro:
        "Drawn from the plan: tunnel rules, network policies and each pod's own settings. Whatever is not here, a policy denies.",
      body: pictureOf(topologyOf(plan)),
    },
    {
      title: "The first update",
      intro:
        "In the order that the program's dependencies force, each step as long as the real clouds take for it. Inside the cluster the lengths are assumed.",
      body: updatePart(update),
    },
    {
      title: "Room",
      intro:
        "Everything that there is only so much of, at its worst moment. Open a line to see who takes it and where the limit comes from.",
      body: markup`<h3>Databases</h3>
        ${metersOf(room.databases)}
        <h3>Nodes</h3>
        ${metersOf(room.nodes)}
        <h3>Edge</h3>
        ${metersOf(room.edge)}`,
    },
    {
      title: "Cost",
      intro: `US dollars a month at DigitalOcean, without tax, prices of ${PRICES_OF}. Cloudflare's plan ${config.cloudflare.plan} and media on R2 are not in it.`,
      body: markup`${sharesOf({
        caption: "Cost by the month",
        shares: cost.lines.map(({ what, sum, dollars, dollarsAtCeiling }) => ({
          what,
          sum,
          amount: dollars,
          written: inDollars(dollars),
          atMost: inDollars(dollarsAtCeiling),
        })),
        total: inDollars(cost.dollars),
        ...(cost.dollarsAtCeiling > cost.dollars
          ? { totalAtMost: inDollars(cost.dollarsAtCeiling) }
          : {}),
      })}
        <p>
          After a year, as other servers of this size were seen to grow: database
          ${databaseWords(year)}; media ${mediaWords(year)}.
        </p>`,
    },
    {
      title: "What this does not prove",
      intro:
        "A sum over a configuration: nothing ran. npm run rehearse runs it on this machine, and neither of them is the clouds.",
      body: linesOf(NEVER_PROVEN),
    },
  ];
}
