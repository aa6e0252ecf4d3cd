import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Manifest } from "../../domain/backup/manifest.ts";
import { runRebuild } from "../../ops/rebuild/command.ts";
import type { Engine } from "../../ops/rebuild/world.ts";
import { cutRegion } from "../../rehearsal/clouds/region-outage.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { bucketOf, putDump, sceneOfDumps, sealed } from "./dump-scene.ts";
import { DOMAIN, mortalWorld, type Scene } from "./rebuild-world.ts";

/** `npm run rebuild -- database`: a lost database comes back from a dump. */

const DUMP = await sealed(new Uint8Array(5_000));
const { identity, encrypted } = DUMP;
const BUCKET = bucketOf(DUMP);

let scene: Scene;
let file: string;

beforeEach(async () => {
  ({ scene, file } = await sceneOfDumps(DUMP));
});
afterEach(async () => {
  await scene.close();
});

/** Puts a dump of this time into the bucket; undefined: without its manifest. */
function put(stamp: string, change: Partial<Manifest> | undefined = {}): string {
  const begun = stamp.replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u,
    "$1-$2-$3T$4:$5:$6.000Z",
  );
  return putDump(scene, DUMP, stamp, { begun, fingerprints: {}, ...change });
}

const line = (): readonly string[] => ["database", "--yes", DOMAIN, "--identity", file];

/** Keeps the stack file of each update, and lets some fail in the restore. */
function watchUpdates(failing: (text: string) => boolean = () => false): string[] {
  const { engine } = scene.world();
  const files: string[] = [];
  const up: Engine["up"] = async (...given) => {
    const text = await scene.stackFile();
    files.push(text);
    return failing(text)
      ? { failure: "the Job failed", failed: ["restore"], changes: {}, harmed: [] }
      : await engine.up(...given);
  };
  scene.given = { engine: { ...engine, up } };
  return files;
}

/** Keeps the stack file of each update, which makes a whole server in another place. */
function madeElsewhere(): string[] {
  const { engine } = scene.world();
  const files: string[] = [];
  const up: Engine["up"] = async () => {
    files.push(await scene.stackFile());
    scene.isServing = true;
    return { failure: undefined, failed: [], changes: {}, harmed: [] };
  };
  scene.given = { engine: { ...engine, up } };
  return files;
}

describe("the database is gone", () => {
  beforeEach(() => scene.lose(types.DATABASE));

  it("the newest good dump is taken, and each newer one is refused by its name", async () => {
    put("20261128T010000Z");
    const good = put("20261128T070000Z");
    put("20261128T080000Z", { domain: "example.org" });
    put("20261128T090000Z", { bytes: 7 });
    put("20261128T100000Z", { suspicious: ["smaller"] });
    for (const stamp of ["20261128T110000Z", "20261128T103000Z"])
      scene.cloud.world.r2.put(BUCKET, `dumps/prod/${stamp}.dump.age`, encrypted);
    scene.cloud.world.r2.put(BUCKET, "dumps/prod/20261128T103000Z.json", Buffer.from("{"));
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain('This is the night "database".');
    const files = watchUpdates();
    expect(await scene.type(...line()), scene.said).toBe(true);
    expect(scene.said).toContain(`Taken: ${good}, 412 members`);
    for (const [stamp, why] of [
      ["20261128T080000Z", "is a dump of example.org"],
      ["20261128T090000Z", "its manifest says 7"],
      ["20261128T100000Z", "much smaller"],
      ["20261128T103000Z", "is no manifest"],
      ["20261128T110000Z", "did not end well"],
    ] as const)
      expect(scene.said).toMatch(new RegExp(`Refused: dumps/prod/${stamp}.*${why}`, "u"));
    expect(scene.said).toContain("(the dump is 5 h 0 min old)");
    expect(files[0]).toContain(good);
    expect(files[0]).toMatch(/dumpFileKey:\s+secure:/u);
    expect(files[0]).toMatch(/stopped:\s+- sidekiq/u);
    expect(files[0]).toContain("former: release");
    expect(files[1]).toContain("restored: true");
    expect(files[1]).not.toContain("dumpFileKey");
    expect(files[1]).not.toContain("stopped");
    expect(scene.said.match(/✓ Sidekiq/gu)).toHaveLength(1);
    expect(files.join("")).not.toContain(identity);
    expect(scene.said).not.toContain(identity);
  });

  it("one that the restore refuses makes place for the next, in the same new cluster", async () => {
    const older = put("20261128T010000Z");
    const bad = put("20261128T070000Z");
    const files = watchUpdates((text) => text.includes(bad));
    expect(await scene.type(...line()), scene.said).toBe(true);
    expect(scene.said).toContain(`Refused by the restore: ${bad}. Taken instead: ${older}`);
    expect(files[1]).toContain(older);
    expect(files[1]).toContain("number: 2");
    expect(scene.said).toContain("Lost: what was written after 2026-11-28T01:00:00.000Z");
  });

  it("without an identity nothing is made: no dump could be opened", async () => {
    put("20261128T070000Z");
    await expect(scene.type("database", "--yes", DOMAIN)).rejects.toThrow(
      "Add --identity FILE, or export BACKUP_IDENTITY_FILE.",
    );
    expect(scene.updates).toBe(0);
  });

  it("no dump, or bad ones alone: nothing is made, and the last way is named", async () => {
    await expect(scene.type(...line())).rejects.toThrow("No dump can be restored.");
    put("20261128T070000Z", { domain: "example.org" });
    await expect(scene.type(...line())).rejects.toThrow(/is a dump of example\.org.*support/su);
    expect(await scene.stackFile()).not.toContain("origin");
  });

  it("a dump that is named and not there: the names that there are", async () => {
    put("20261128T070000Z");
    await expect(scene.type(...line(), "--dump", "20261127T070000Z")).rejects.toThrow(
      "Write newest, or one of: 20261128T070000Z.",
    );
  });

  it("killed before its last update: the end still says that the stack file is to be committed", async () => {
    put("20261128T070000Z");
    const { engine } = scene.world();
    const up: Engine["up"] = async (...given) => {
      if ((await scene.stackFile()).includes("restored")) throw new Error("killed");
      return await engine.up(...given);
    };
    scene.given = { engine: { ...engine, up } };
    await expect(scene.type(...line())).rejects.toThrow("killed");
    scene.given = {};
    expect(await scene.type(...line()), scene.said).toBe(true);
    expect(scene.said).toContain("Commit Pulumi.prod.yaml before any deploy.");
  });

  it("killed and typed again: one new cluster, and the same dump", async () => {
    const good = put("20261128T070000Z");
    const mortal = async (kills: number): Promise<boolean> =>
      await runRebuild(line(), mortalWorld(scene.world(), kills)).catch(() => false);
    let kills = 0;
    while (!(await mortal(kills))) kills += 3;
    expect(kills).toBeGreaterThan(10);
    const text = await scene.stackFile();
    expect(text).toContain("number: 2");
    expect(text).toContain(good);
    expect(text).not.toContain("dumpFileKey");
  });
});

it("a database that is there is offered the fresher way first, and a dump only by name", async () => {
  put("20261128T070000Z");
  await expect(scene.type(...line())).rejects.toThrow(/1\. Point in time.*--dump newest/su);
  const files = watchUpdates();
  expect(await scene.type(...line(), "--dump", "newest"), scene.said).toBe(true);
  expect(scene.said).toMatch(/Doubt: DigitalOcean still has the data of .* hours more/u);
  expect(files[0]).toContain("former: keep");
});

describe("DigitalOcean has closed the account", () => {
  const account = (): readonly string[] => ["account", "--yes", DOMAIN, "--identity", file];

  /** Behind a new token is an empty account: every id of the old one answers 404. */
  function closeAccount(): void {
    for (const object of scene.cloud.world.inventory())
      if (object.type.startsWith("digitalocean:")) {
        const found = scene.cloud.world.get(object.type, object.id);
        if (found !== undefined) scene.cloud.world.remove(found);
      }
    scene.isServing = false;
  }

  it("no diagnosis calls it a loss: it asks for the right token, and names the line", async () => {
    closeAccount();
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain("npm run rebuild -- account");
    expect(scene.said).not.toContain("This is the night");
    await expect(scene.type(...line())).rejects.toThrow("the token of the right account");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it("everything at DigitalOcean leaves the state, and Cloudflare's stays", async () => {
    put("20261128T070000Z");
    closeAccount();
    const files = madeElsewhere();
    expect(await scene.type(...account()), scene.said).toBe(true);
    expect(scene.names()).toEqual([
      "mastodon-prod",
      "tunnel-tunnel",
      "records-web",
      "media-r2-bucket",
      "media-host",
    ]);
    const stack = JSON.stringify(scene.resources()[0]?.outputs);
    expect(stack).toContain("tunnel-tunnel");
    expect(stack).not.toContain("cluster-doks");
    expect(files[0]).toMatch(/tunnelSecret:\s+secure:/u);
    expect(files[0]).toContain("former: release");
    expect(scene.said).toContain("jobs that waited");
  });

  it("a token that sees the stack's network: the account is there, and nothing is done", async () => {
    put("20261128T070000Z");
    await expect(scene.type(...account())).rejects.toThrow("so the account is not closed.");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it("an account with a network of such a stack is not taken for an empty one", async () => {
    put("20261128T070000Z");
    closeAccount();
    await scene.cloud.make(types.VPC, "network-vpc", types.vpcInputs);
    await expect(scene.type(...account())).rejects.toThrow("so it is not empty.");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });

  it("a cloud that does not answer is no closed account", async () => {
    put("20261128T070000Z");
    closeAccount();
    scene.rest.digitalocean.faults.add({ does: { kind: "answer", status: 401 } });
    await expect(scene.type(...account())).rejects.toThrow("it does not know the token");
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });
});

describe("a region is lost", () => {
  const region = (...more: readonly string[]): readonly string[] => [
    ...["region", "--yes", DOMAIN, "--identity", file],
    ...more,
  ];

  function regionDown(): void {
    cutRegion(scene.cloud.world, "fra1");
    scene.isServing = false;
  }

  it("no diagnosis names it: an outage is waited for, and only an operator says more", async () => {
    regionDown();
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain(
      "Only if DigitalOcean says that the region is lost: npm run rebuild -- region",
    );
    expect(scene.said).not.toContain("This is the night");
  });

  it("what is in it leaves the state, and another network is asked for elsewhere", async () => {
    put("20261128T070000Z");
    regionDown();
    const files = madeElsewhere();
    expect(await scene.type(...region("--to", "ams3")), scene.said).toBe(true);
    expect(files[0]).toMatch(/mastodon:region: ams3/u);
    expect(files[0]).toMatch(/mastodon:network: 2/u);
    expect(files[0]).toMatch(/tunnelSecret:\s+secure:/u);
    expect(scene.names()).toContain("network-stack");
    expect(scene.names()).toContain("tunnel-tunnel");
    for (const name of ["network-vpc", "postgres-cluster", "cluster-doks", "web"])
      expect(scene.names()).not.toContain(name);
    expect(scene.said).toContain("No way back");
    expect(scene.said).toMatch(/Once fra1 answers again: npm run rebuild -- orphans/u);
  });

  it("killed and typed again: one new region, one network, and what is left is still said", async () => {
    put("20261128T070000Z");
    regionDown();
    madeElsewhere();
    const typed = region("--to", "ams3");
    const world = scene.world();
    // After the change of the stack file, and before the journal knows of it.
    const say = (text: string): void => {
      if (text.includes("✓ the stack file names the new")) throw new Error("killed");
    };
    for (const args of [typed, typed])
      await expect(runRebuild(args, { ...world, say })).rejects.toThrow("killed");
    expect(await scene.type(...typed), scene.said).toBe(true);
    expect(await scene.stackFile()).toMatch(/mastodon:network: 2$/mu);
    expect(await scene.stackFile()).toContain("number: 2");
    expect(scene.said).toMatch(/Once fra1 answers again: npm run rebuild -- orphans/u);
  });

  it("a region that is none, or this one, is refused before anything is done", async () => {
    put("20261128T070000Z");
    await expect(scene.type(...region("--to", "mars1"))).rejects.toThrow("names no region.");
    await expect(scene.type(...region())).rejects.toThrow("names no region.");
    await expect(scene.type(...region("--to", "fra1"))).rejects.toThrow(
      "is the region in which the server runs.",
    );
    expect([scene.written, scene.updates]).toEqual([0, 0]);
  });
});
