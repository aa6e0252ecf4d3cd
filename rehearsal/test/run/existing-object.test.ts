import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { operationOf } from "../../engine/operation.ts";

const STARTED = Date.parse("2026-11-28T14:00:00.700Z");

/** Event of a completed step, with the creation time of its object. */
function done(op: string, type: string, creationTimestamp?: string): EngineEvent {
  const outputs = { metadata: { name: "web", creationTimestamp } };
  const metadata = { op, type, urn: `urn:pulumi:prod::mastodon::${type}::web`, new: { outputs } };
  return { sequence: 1, timestamp: 0, resOutputsEvent: { metadata } } as unknown as EngineEvent;
}
const update = (event: EngineEvent, failure?: string) =>
  operationOf("up", [{ event, atMs: STARTED + 900 }], STARTED, STARTED + 1_000, failure);

const SERVICE = "kubernetes:core/v1:Service";

test.each(["create", "create-replacement"])(
  "a %s over an object that was there before fails, as it does in production",
  (op) => {
    const { failure, diagnostics } = update(done(op, SERVICE, "2026-11-28T13:59:59Z"));
    expect(failure).toMatch(/^web exists already: production's provider refuses to create urn:/u);
    expect(diagnostics).toEqual([`error: ${failure}`]);
  },
);

test.each([
  ["an object that this update made", done("create", SERVICE, "2026-11-28T14:00:00Z")],
  ["an object that is updated", done("update", SERVICE, "2026-11-28T13:00:00Z")],
  ["what is no object", done("create", "digitalocean:index/vpc:Vpc", "2026-11-28T13:00:00Z")],
  ["an object of a preview, which has no age", done("create", SERVICE)],
])("%s is no such thing", (_name, event) => {
  expect(update(event).failure).toBeUndefined();
});

test("an update that failed fails in its own words", () => {
  expect(update(done("create", SERVICE, "2026-11-28T13:00:00Z"), "no room").failure).toBe(
    "no room",
  );
});
