import { afterAll, beforeEach, expect, it } from "vitest";
import type { LiveObject } from "../../ops/adopt/in-cluster.ts";
import { nameOf, type StackExport, type StateResource } from "../../ops/recover/state.ts";
import { ServerWithoutState } from "./adopt-world.ts";
import { recoverUnwritten } from "./recover-world.ts";

/**
 * Objects that exist twice. A create ended with an error after it had stored one; the next update
 * made another, under another name.
 */

const server = await ServerWithoutState.open();
await server.adopt();
const { resources: whole = [] } = server.written!.deployment;
const first = new Map(server.objects);
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  for (const [name, objects] of first) server.objects.set(name, objects);
  server.deleted.length = 0;
  server.clusterStatus = undefined;
});

/** Puts another object beside the one that the state holds. */
function double(name: string, more: Partial<LiveObject> = {}): void {
  const [one] = first.get(name)!;
  const id = `${one!.id.slice(0, -8)}00000000`;
  server.objects.set(name, [one!, { ...one!, id, importId: id, ...more }]);
}

async function recover({
  beside = [],
  program = true,
}: { readonly beside?: readonly StateResource[]; readonly program?: boolean } = {}) {
  const state: StackExport = { version: 3, deployment: { resources: [...whole, ...beside] } };
  const world = program ? server.commandsWorld() : undefined;
  const { well, said } = await recoverUnwritten(server.rest, state, world);
  return { well, said, deleted: [...server.deleted] };
}

it("a stack without any deletes nothing", async () => {
  expect(await recover()).toMatchObject({ well: true, deleted: [] });
});

it("the one that no state holds is deleted, and its place is named", async () => {
  double("environment-rails");
  double("migrate-pre-deployment");
  const { well, said, deleted } = await recover();
  expect(deleted.toSorted()).toEqual([
    "mastodon/environment-rails-00000000",
    "mastodon/migrate-pre-deployment-00000000",
  ]);
  expect(well, said).toBe(true);
  expect(said).toContain("delete    environment-rails (ConfigMap): the state has the same as");
});

it("one that waits for its deletion in the state is the engine's to delete", async () => {
  double("environment-rails");
  const old = whole.find((each) => nameOf(each) === "environment-rails")!;
  const id = "mastodon/environment-rails-00000000";
  const { deleted } = await recover({ beside: [{ ...old, id, delete: true }] });
  expect(deleted).toEqual([]);
});

it("one that has not the program's labels is somebody else's", async () => {
  double("environment-rails", { doubt: "an object of this name has not the program's label" });
  expect(await recover()).toMatchObject({ well: true, deleted: [] });
});

it("a Job that runs still is left to its end, and nothing else is deleted before", async () => {
  double("environment-rails");
  double("migrate-pre-deployment", { busy: "its Job still runs" });
  const { well, said, deleted } = await recover();
  expect({ well, deleted }).toEqual({ well: false, deleted: [] });
  expect(said).toContain(
    "mastodon/migrate-pre-deployment-00000000: its Job still runs. Nothing was deleted. Run this again once it has ended, and no update before.",
  );
});

it("a cluster that does not answer is named, and is no reason to stop", async () => {
  double("environment-rails");
  server.clusterStatus = 503;
  const { well, said, deleted } = await recover();
  expect({ well, deleted }).toEqual({ well: true, deleted: [] });
  expect(said).toMatch(/there twice is not known: .*503/u);
});

it("a deploy, which opens no cluster here, deletes nothing", async () => {
  double("environment-rails");
  expect(await recover({ program: false })).toMatchObject({ well: true, deleted: [] });
});
