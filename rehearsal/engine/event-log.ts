import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Haystack } from "../checks/secret-search.ts";

/** The engine's events of a run. Those of a long one are longer than the longest string. */

/** Events in one text of the search for secrets. One event has some kilobytes. */
const EVENTS_IN_A_TEXT = 5_000;

/** The events as lines, one JSON object a line. */
export function* eventLines(events: readonly EngineEvent[]): Generator<string> {
  for (const event of events) yield `${JSON.stringify(event)}\n`;
}

/** The events as texts to search. */
export function eventTexts(events: readonly EngineEvent[]): readonly Haystack[] {
  const texts: Haystack[] = [];
  for (let at = 0; at < events.length; at += EVENTS_IN_A_TEXT)
    texts.push({
      name: `event log from ${at}`,
      text: [...eventLines(events.slice(at, at + EVENTS_IN_A_TEXT))].join(""),
    });
  return texts;
}
