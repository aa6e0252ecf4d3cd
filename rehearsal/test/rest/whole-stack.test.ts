import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digitaloceanClient } from "../../../ops/recover/clouds.ts";
import { openRest, type RestFaces } from "../../clouds/rest/open.ts";
import { ACCOUNT, Cloud, ZONE } from "../clouds/cloud.ts";
import * as types from "../clouds/standard.ts";
import type { Thing } from "./client-row.ts";
import { CLOUDFLARE_ROWS } from "./cloudflare-client.ts";
import { cloudflareClient } from "./cloudflare-opened.ts";
import { CLIENT_ROWS } from "./digitalocean-client.ts";

/** Types that a zone has from its first day: each keeps its last value, and no API deletes it. */
const KEPT = [types.ZONE_SETTING, types.BOTS, types.TIERS];

/** Types of both clouds in production's plan. */
function plannedTypes(): readonly string[] {
  const golden = fileURLToPath(new URL("../../../test/golden/prod.yaml", import.meta.url));
  const lines = readFileSync(golden, "utf8").matchAll(/^((?:digitalocean|cloudflare):\S+) /gm);
  return [...new Set([...lines].map(([, type = ""]) => type))];
}

describe("both clouds, asked over HTTP by their official clients alone", () => {
  let cloud: Cloud;
  let rest: RestFaces;
  beforeEach(async () => {
    cloud = new Cloud();
    cloud.world.zones.set(ZONE, { name: "social.example", accountId: ACCOUNT });
    rest = await openRest(cloud.world);
  });
  afterEach(async () => {
    await rest.close();
  });

  it("have every type of production's plan", () => {
    const driven = new Set([...CLIENT_ROWS, ...CLOUDFLARE_ROWS].map(({ type }) => type));
    expect(plannedTypes().length).toBeGreaterThan(25);
    expect(plannedTypes().filter((type) => !driven.has(type))).toEqual([]);
  });

  it("make one of each, show it, change one property of it, and take it away", async () => {
    const digitalocean = await digitaloceanClient("any", rest.digitaloceanUrl);
    const cloudflare = cloudflareClient(rest.cloudflareUrl);
    const made = new Map<string, Thing>();
    // Up.
    for (const { type, make } of CLIENT_ROWS) made.set(type, await make(digitalocean, made));
    for (const { type, make } of CLOUDFLARE_ROWS) made.set(type, await make(cloudflare, made));
    // Refresh: a read returns the same as the list, and nothing has changed at a second read.
    for (const [type, { read, list, isIn }] of made) {
      expect((await list()).some(isIn), type).toBe(true);
      expect(await read(), type).toEqual(await read());
    }
    // Update.
    for (const [type, { read, change }] of made) {
      if (change === undefined) continue;
      expect(change.seen(await read()), type).not.toEqual(change.value);
      await change.make();
      expect(change.seen(await read()), type).toEqual(change.value);
    }
    // Destroy.
    for (const { remove } of [...made.values()].reverse()) await remove();
    const left = cloud.world.inventory().filter(({ type }) => !KEPT.includes(type));
    expect(left).toEqual([]);
    expect([...rest.digitalocean.notModelled, ...rest.cloudflare.notModelled]).toEqual([]);
  });
});
