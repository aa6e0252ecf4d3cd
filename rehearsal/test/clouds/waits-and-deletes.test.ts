import { describe, expect, it } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import type { Properties } from "../../providers/provider.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { Cloud, refOf } from "./cloud.ts";
import * as types from "./standard.ts";

const ROWS = [...digitaloceanRows.resources, ...cloudflareRows.resources];

/**
 * Types whose second delete is no error: a missing object counts as deleted, or no call is made
 * (measured or read 2026-11-28).
 */
const FORGIVEN: ReadonlySet<string> = new Set([
  types.CLUSTER,
  types.PROJECT_RESOURCES,
  types.SETTINGS,
  types.VALKEY_SETTINGS,
  types.SMART_TIERS,
  types.ZONE_SETTING,
  types.BOTS,
  types.TIERS,
  types.TUNNEL_CONFIG,
  types.R2_LIFECYCLE,
  types.R2_LOCK,
]);

describe("a delete of what somebody removed by hand, which passes here and fails for real", () => {
  it.each(ROWS.map(({ type }) => type))("%s", async (type) => {
    const cloud = new Cloud();
    const made = (await types.oneOfEach(cloud)).get(type);
    const object = cloud.world.get(type, made?.id ?? "");
    if (made === undefined || object === undefined) throw new Error(`No ${type} was made.`);
    cloud.world.remove(object);
    const again = cloud.remove(made);
    if (FORGIVEN.has(type)) await again;
    else await expect(again).rejects.toThrow(/: 404, it is gone already\./u);
  });
});

/**
 * The `customTimeouts` that the real providers use (digitalocean/terraform-provider-digitalocean
 * v2.99.1).
 */
const HEEDED: Readonly<Record<string, readonly string[]>> = {
  [types.CLUSTER]: ["create"],
  [types.NODE_POOL]: ["create", "delete"],
  [types.DATABASE]: ["create"],
  [types.VPC]: ["delete"],
  [types.PROJECT]: ["delete"],
};

describe("a time limit that the real provider ignores", () => {
  it.each(ROWS.map(({ type }) => type))("of %s", async (type) => {
    const provider = await new Cloud().provider(type);
    const ref = refOf(type, "it");
    const old = { inputs: {}, outputs: {} };
    const asked: Readonly<Record<string, () => Promise<unknown>>> = {
      create: () => provider.create(ref, {}, { preview: true, timeoutSeconds: 60 }),
      update: () =>
        provider.update(
          ref,
          "1",
          old,
          {},
          { preview: true, timeoutSeconds: 60, ignoreChanges: [] },
        ),
      delete: () => provider.delete(ref, "1", old, 60),
    };
    for (const [operation, ask] of Object.entries(asked)) {
      const words: unknown = await ask().catch((error: unknown) => String(error));
      const refused = String(words).includes(`customTimeouts.${operation} of ${type}`);
      const heeded = HEEDED[type]?.includes(operation) === true;
      expect({ operation, refused }).toEqual({ operation, refused: !heeded });
    }
  });

  it("is nowhere in the program", async () => {
    const heeds = new Map(ROWS.map((row) => [row.type, row.timeouts ?? {}]));
    const { resources } = await planStack();
    const timed = resources.filter(
      ({ type, createTimeout }) => heeds.has(type) && createTimeout !== "",
    );
    expect(timed.length).toBeGreaterThan(0);
    for (const { type, name } of timed)
      expect({ name, heeded: heeds.get(type)?.create !== undefined }).toEqual({
        name,
        heeded: true,
      });
  });
});

describe("an update that fails for want of time, and goes on", () => {
  it("a resize of a database waits by the time of the create", async () => {
    const cloud = new Cloud(1 / 100_000);
    const made = await cloud.make(types.DATABASE, "pg", types.postgresInputs);
    cloud.world.slowed.set(`update ${types.DATABASE}`, 4_000);
    const bigger: Properties = { ...types.postgresInputs, size: "db-s-2vcpu-4gb" };
    await expect(cloud.update(made, bigger)).rejects.toThrow(
      "Error resizing database cluster: Timeout waiting to database cluster to become online",
    );
    // The state has the old size; a refresh finds the new one, and no change remains.
    const found = await cloud.read(made);
    expect(found?.outputs["size"]).toBe("db-s-2vcpu-4gb");
    expect(await cloud.diff({ ...made, ...found }, bigger)).toMatchObject({ changes: false });
  });
});

describe("a project that is deleted too early", () => {
  it("is asked for again until it is empty, or its time is over", async () => {
    const cloud = new Cloud(1 / 20_000);
    const project = await cloud.make(types.PROJECT, "social", {});
    const inputs = { project: project.id, resources: [] };
    const members = await cloud.make(types.PROJECT_RESOURCES, "members", inputs);
    await expect(cloud.remove(project, 20)).rejects.toThrow(
      /412 .*cannot delete a project with resources$/u,
    );
    const gone = cloud.remove(project);
    await cloud.remove(members);
    await gone;
    expect(cloud.world.inventory()).toEqual([]);
  });
});
