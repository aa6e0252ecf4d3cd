import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Disturbance } from "../../rehearsal/clouds/rest/faults.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { runRebuild } from "../../ops/rebuild/command.ts";
import { DOMAIN, mortalWorld, Scene } from "./rebuild-world.ts";

/** `npm run rebuild`, and the night in which the cluster is gone. */

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.open();
});
afterEach(async () => {
  await scene.close();
});

const yes = ["cluster", "--yes", DOMAIN] as const;

describe("alone it only looks: an operator must dare to type it", () => {
  it("a whole server: nothing is wrong, and nothing is written", async () => {
    expect(await scene.type(), scene.said).toBe(true);
    expect(scene.said).toContain("Nothing is lost.");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it("a lost cluster: names the night, what is there, and the line to type", async () => {
    await scene.lose(types.CLUSTER);
    expect(await scene.type()).toBe(false);
    expect(scene.said).toMatch(/cluster cluster-doks-1 +gone +404, asked twice/u);
    expect(scene.said).toMatch(/Postgres pg-\w+ +there +online/u);
    expect(scene.said).toContain('This is the night "cluster".');
    expect(scene.said).toMatch(/ {2}npm run rebuild -- cluster +about 15 min/u);
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });
});

describe("an outage that is taken for a loss: the state would forget what goes on running", () => {
  it("the API does not answer, and DigitalOcean calls the cluster running: refused", async () => {
    scene.apiFailure = Object.assign(new Error("no route"), { code: "ECONNREFUSED" });
    await expect(scene.type(...yes)).rejects.toThrow(
      /^The cluster cluster-doks-1 is there \(DigitalOcean says running\), but its API does not answer: .*\nThat is an outage, not a loss\. Nothing was changed\./u,
    );
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it.each<readonly [string, Disturbance]>([
    ...([401, 403, 429, 500, 503] as const).map(
      (status) => [String(status), { kind: "answer", status }] as const,
    ),
    ["a broken connection", { kind: "hang up", when: "before" }],
  ])("%s is not known, whatever became of the cluster", async (_name, does) => {
    await scene.lose(types.CLUSTER);
    scene.rest.digitalocean.faults.add({ does });
    await expect(scene.type(...yes)).rejects.toThrow("Nothing was changed.");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it("another account's token sees nothing of the stack, and that is no loss", async () => {
    for (const type of [types.CLUSTER, types.DATABASE, types.VPC]) await scene.lose(type);
    await expect(scene.type(...yes)).rejects.toThrow("the token of the right account");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it("a cluster that is there is not rebuilt", async () => {
    await expect(scene.type(...yes)).rejects.toThrow(
      "The cluster cluster-doks-1 is there. Nothing is lost.",
    );
  });
});

describe("the question", () => {
  beforeEach(() => scene.lose(types.CLUSTER));

  it.each([
    ["another domain", "example.org", `"example.org" is not this server's domain`],
    ["nobody to ask", undefined, `If it is meant, add --yes ${DOMAIN}.`],
  ])("%s: nothing was changed", async (_name, typed, words) => {
    scene.typed = typed;
    await expect(scene.type("cluster")).rejects.toThrow(words);
    expect([scene.written, scene.updates]).toEqual([0, 0]);
    expect(scene.said).toContain("Lost: nothing.");
  });

  it("is asked once, and shows time, loss and cost before it", async () => {
    scene.typed = DOMAIN;
    expect(await scene.type("cluster"), scene.said).toBe(true);
    expect(scene.said).toMatch(/2 {2}what is lost leaves the state/u);
    expect(scene.said).toContain("Not touched: Postgres, Valkey, tunnel, DNS, buckets.");
    expect(scene.said).toMatch(/✓ cluster +1 min 00 \/ 5 min 23/u);
    expect(scene.said).toMatch(
      /example\.social answers again, after 5 min \d+ s .*Lost: nothing\./u,
    );
    expect(scene.names()).toContain("cluster-doks");
  });
});

describe("a kill at any moment: the same command goes on, and ends the same", () => {
  beforeEach(() => scene.lose(types.CLUSTER));

  it("during the update: a second run asks nothing, and does what is left", async () => {
    scene.beforeUp = () => {
      throw new Error("killed");
    };
    await expect(scene.type(...yes)).rejects.toThrow("killed");
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain("npm run rebuild -- cluster");
    scene.beforeUp = () => undefined;
    expect(await scene.type("cluster"), scene.said).toBe(true);
    expect(scene.said).toContain("you have said yes to that");
    expect(scene.said).toContain("what is lost leaves the state: done before");
    expect(await scene.type(), scene.said).toBe(true);
  });

  it("on another machine: the journal beside the state is enough", async () => {
    scene.beforeUp = () => {
      throw new Error("killed");
    };
    await expect(scene.type(...yes)).rejects.toThrow("killed");
    await rm(join(scene.directory, ".rebuild"), { recursive: true });
    scene.beforeUp = () => undefined;
    expect(await scene.type("cluster"), scene.said).toBe(true);
  });

  it("before and after each call of the outside world", async () => {
    const mortal = async (kills: number): Promise<boolean> => {
      await scene.close();
      scene = new Scene();
      await scene.open();
      await scene.lose(types.CLUSTER);
      return await runRebuild(yes, mortalWorld(scene.world(), kills)).catch(() => false);
    };
    let kills = 0;
    // Five, so that it is before one call and after another.
    for (; !(await mortal(kills)); kills += 5) {
      const again = await scene.type(...yes).catch((error: Error) => error.message);
      expect(again, `killed at ${kills}: ${scene.said}`).toSatisfy(
        (end) => end === true || String(end).includes("Nothing is lost."),
      );
      expect(scene.names().filter((name) => name === "cluster-doks")).toHaveLength(1);
      expect(scene.names()).not.toContain("web");
      expect(scene.cloud.world.find(types.CLUSTER)).toHaveLength(1);
      expect(await scene.type(), scene.said).toBe(true);
    }
    expect(kills).toBeGreaterThan(30);
  });

  it("a night of yesterday is not gone on with", async () => {
    scene.beforeUp = () => {
      throw new Error("killed");
    };
    await expect(scene.type(...yes)).rejects.toThrow("killed");
    scene.pass(25 * 60);
    await expect(scene.type("cluster")).rejects.toThrow("Nothing was changed");
  });
});

describe("the check from outside", () => {
  it("another actor key than before: not as before, for other servers trust the former", async () => {
    await scene.lose(types.CLUSTER);
    expect(await scene.type(...yes), scene.said).toBe(true);
    const cluster = scene.cloud.world.find(types.CLUSTER).at(0);
    if (cluster !== undefined) scene.cloud.world.remove(cluster);
    scene.key = "another key";
    expect(await scene.type(...yes)).toBe(false);
    expect(scene.said).toContain("has another key than before");
  });

  it("keys that were noted on a good day are what a night is compared with", async () => {
    expect(await scene.type("remember"), scene.said).toBe(true);
    expect(scene.said).toContain("the public keys of 2 actors");
    await scene.lose(types.CLUSTER);
    scene.key = "another key";
    expect(await scene.type(...yes)).toBe(false);
    expect(scene.said).toContain("has another key than before");
  });

  it("a server that does not answer is not remembered as one that is well", async () => {
    scene.isServing = false;
    expect(await scene.type("remember")).toBe(false);
    expect(scene.said).toContain("so nothing was noted");
  });

  it("a second preview with changes: not as before", async () => {
    await scene.lose(types.CLUSTER);
    scene.changes = { same: 99, create: 1 };
    expect(await scene.type(...yes)).toBe(false);
    expect(scene.said).toContain("second preview: 1 create");
  });
});

it("a node pool that is gone: the update may make another one, and the cluster stays", async () => {
  await scene.lose(types.NODE_POOL);
  expect(await scene.type(...yes), scene.said).toBe(true);
  expect(scene.names()).toContain("web");
  const stack = scene.resources().find(({ type }) => type === "pulumi:pulumi:Stack");
  expect(JSON.stringify(stack?.outputs)).not.toContain("cluster-workloads");
  expect(scene.said).not.toContain("no connector of the old cluster");
});

it("a node pool that is gone, killed and typed again: the cluster that stays may serve", async () => {
  await scene.lose(types.NODE_POOL);
  const connector = { id: "ours", originIp: "198.51.100.1", openedAt: "2026-11-28T12:00:00Z" };
  scene.cloud.world.connectors.set(scene.idOf(types.TUNNEL), [connector]);
  scene.beforeUp = () => {
    throw new Error("killed");
  };
  await expect(scene.type(...yes)).rejects.toThrow("killed");
  scene.beforeUp = () => undefined;
  expect(await scene.type("cluster"), scene.said).toBe(true);
  expect(scene.said).not.toContain("no connector of the old cluster");
});
