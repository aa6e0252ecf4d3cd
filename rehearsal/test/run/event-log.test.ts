import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { eventLines, eventTexts } from "../../engine/event-log.ts";

test("a long run's events are searched in several texts, each event in one: in one text they are longer than a string may be", () => {
  const events = Array.from({ length: 10_001 }, (_, sequence) => ({ sequence }) as EngineEvent);
  const texts = eventTexts(events);
  expect(texts.map(({ name }) => name)).toEqual([
    "event log from 0",
    "event log from 5000",
    "event log from 10000",
  ]);
  expect(texts.map(({ text }) => text).join("")).toBe([...eventLines(events)].join(""));
});
