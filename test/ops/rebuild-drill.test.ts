import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { generateX25519Identity } from "age-encryption";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Manifest } from "../../domain/backup/manifest.ts";
import type { DatabasePod } from "../../ops/db/cluster-pod.ts";
import type { RunInPod } from "../../ops/db/pod.ts";
import { readAll } from "../../ops/recover/clouds.ts";
import { MANIFEST } from "../backup/sample.ts";
import { putDump, sceneOfDumps, sealed } from "./dump-scene.ts";
import type { Scene } from "./rebuild-world.ts";

/** `npm run rebuild -- drill`: a dump is tried, and nothing of the live server changes. */

const PLAIN = Buffer.from("a dump's rows".repeat(400));
const DUMP = await sealed(PLAIN);
const { identity, encrypted } = DUMP;
const { counts, migrations, schema } = MANIFEST;
const WHOLE = `${counts.accounts} ${counts.localUsers} ${counts.statuses} ${migrations} ${schema} 0`;
const GB = 1e9;

let scene: Scene;
let file: string;
/** Databases of the cluster, and the scripts that ran. */
let databases: Set<string>;
let ran: string[];
/** Answers of the database. */
let found: string;
let sizes: string;
/** Number of the program at which the command is killed. */
let killedAt: number;

beforeEach(async () => {
  ({ scene, file } = await sceneOfDumps(DUMP));
  databases = new Set(["mastodon", "mastodon_beside"]);
  [ran, found, sizes, killedAt] = [[], WHOLE, `${GB} ${2 * GB}`, Infinity];
  const [cluster] = await readAll(
    (await scene.world().clouds()).digitalocean.databases,
    "databases",
  );
  scene.given = { pod: podAt(String(cluster?.privateConnection?.host)) };
});
afterEach(async () => {
  await scene.close();
});

function podAt(host: string): DatabasePod {
  const run: RunInPod = async ({ command, input, out }) => {
    const script = command.join(" ");
    if (ran.length >= killedAt) throw new Error("killed");
    ran.push(script);
    scene.pass(2);
    const plain = input === undefined ? undefined : await buffer(input);
    if (plain !== undefined) expect(plain.equals(PLAIN)).toBe(true);
    const [, made] = /CREATE DATABASE (\w+)/u.exec(script) ?? [];
    if (made !== undefined) databases.add(made);
    const [, dropped] = /DROP DATABASE IF EXISTS (\w+)/u.exec(script) ?? [];
    if (dropped !== undefined) databases.delete(dropped);
    if (script.includes("$PGHOST")) out.write(host);
    else if (script.includes("pg_database_size")) out.write(sizes);
    else if (script.includes("WHERE datname"))
      out.write(databases.has("mastodon_drill") ? "1" : "0");
    else if (script.includes("FROM pg_index")) out.write(found);
    return 0;
  };
  return async (_at, use) => await use(run);
}

const put = (stamp: string, change: Partial<Manifest> = {}): string =>
  putDump(scene, DUMP, stamp, change);

const drill = async (): Promise<boolean> => await scene.type("drill", "--identity", file);

/** The live database, and one that somebody may still need, are as before. */
function expectUntouched(): void {
  expect([...databases]).toEqual(["mastodon", "mastodon_beside"]);
  expect([scene.written, scene.updates]).toEqual([0, 0]);
  expect(scene.said).not.toContain(identity);
}

it("a good dump restores whole: it says the time of each step, and nothing stays", async () => {
  const older = put("20261128T010000Z");
  put("20261128T070000Z", { domain: "example.org" });
  expect(await drill(), scene.said).toBe(true);
  expect(scene.said).toMatch(/Passed over: .*T070000Z.*a dump of example\.org/u);
  expect(scene.said).toContain(`Drill with ${older}`);
  expect(scene.said).toMatch(/dump into it, indexes built\s+4 min 00\n/u);
  expect(scene.said).toMatch(
    /Measured: 240 s for a dump of \d+ bytes and a database of 1940000000/u,
  );
  expect(scene.said.trim().split("\n").at(-1)).toBe(
    `The dump of ${MANIFEST.begun} restores whole: 412 members, 1300000 posts, every index valid.`,
  );
  expect(ran.at(-1)).toContain("DROP DATABASE IF EXISTS mastodon_drill");
  expectUntouched();
});

it.each([
  ["rows that are missing", WHOLE.replace("412", "411"), "members: 411 instead of 412"],
  ["another schema", WHOLE.replace(schema, "20250101000000"), "newest schema: 20250101000000"],
  ["an index that is not valid", WHOLE.replace(/0$/u, "2"), "invalid indexes: 2 instead of 0"],
  ["an empty answer", "", "accounts: no answer instead of 150000"],
])("%s: the dump is no good one, and nothing stays", async (_what, answer, says) => {
  put("20261128T010000Z");
  found = answer;
  expect(await drill()).toBe(false);
  expect(scene.said).toContain(says);
  expectUntouched();
});

it("another identity is refused before anything is made", async () => {
  put("20261128T010000Z");
  await writeFile(file, await generateX25519Identity());
  await expect(drill()).rejects.toThrow(/is encrypted to age1.* Nothing was changed/u);
  await expect(scene.type("drill")).rejects.toThrow("Add --identity FILE");
  expect(ran).toEqual([]);
});

it("no good dump: nothing is made", async () => {
  await expect(drill()).rejects.toThrow("There is no good dump to try.");
  put("20261128T010000Z", { suspicious: ["smaller"] });
  await expect(drill()).rejects.toThrow("There is no good dump to try.");
  expect(scene.said).toContain("much smaller");
  expect(ran).toEqual([]);
});

it.each([
  ["the live one is too large", `${500 * GB} ${501 * GB}`, {}],
  ["the dump's own is larger", `${GB} ${2 * GB}`, { databaseBytes: 500 * GB }],
])("too little room, because %s: nothing is made", async (_why, size, change) => {
  put("20261128T010000Z", change);
  sizes = size;
  await expect(drill()).rejects.toThrow("a fifth of the disk must stay free");
  expect(ran.join("\n")).not.toContain("CREATE DATABASE");
  expectUntouched();
});

it("killed at any program: the next drill drops what it left, and ends well", async () => {
  put("20261128T010000Z");
  let left = 0;
  for (let at = 0; ; at += 1) {
    [ran, killedAt] = [[], at];
    const ended = await drill().catch(() => undefined);
    if (ended === true) break;
    if (databases.has("mastodon_drill")) {
      expect(scene.said).toContain("mastodon_drill is not dropped: killed. The next drill");
      left += 1;
    }
    [ran, killedAt] = [[], Infinity];
    expect(await drill(), scene.said).toBe(true);
    expectUntouched();
  }
  expect(left).toBeGreaterThan(2);
});

it("a restore that fails: its reason is said, and the scratch database is dropped", async () => {
  put("20261128T010000Z", { bytes: encrypted.length });
  const { pod } = scene.world();
  scene.given = {
    pod: async (at, use) =>
      await pod(
        at,
        async (run) =>
          await use(async (each) => {
            if (!each.command.join(" ").includes("pg_restore --no-owner")) return await run(each);
            each.error.write("pg_restore: error: could not create unique index\n");
            return 1;
          }),
      ),
  };
  await expect(drill()).rejects.toThrow("could not create unique index");
  expectUntouched();
});
