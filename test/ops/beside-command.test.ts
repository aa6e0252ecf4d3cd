import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { generateX25519Identity } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { besideCommand } from "../../ops/db/beside-command.ts";
import type { RunInPod } from "../../ops/db/pod.ts";
import { readAll } from "../../ops/recover/clouds.ts";
import { putDump, sceneOfDumps, sealed } from "./dump-scene.ts";
import type { Scene } from "./rebuild-world.ts";

/** `npm run db -- beside`, as typed on the night in which some accounts are gone. */

const PLAIN = Buffer.from("a dump's rows".repeat(400));
const DUMP = await sealed(PLAIN);

let scene: Scene;
let file: string;
let ran: string[];
let host: string;

beforeEach(async () => {
  ({ scene, file } = await sceneOfDumps(DUMP));
  ran = [];
  const { digitalocean } = await scene.world().clouds();
  const [cluster] = await readAll(digitalocean.databases, "databases");
  host = String(cluster?.privateConnection?.host);
});
afterEach(async () => {
  await scene.close();
});

const run: RunInPod = async ({ command, input, out }) => {
  const script = command.join(" ");
  ran.push(script);
  if (input !== undefined) expect((await buffer(input)).equals(PLAIN)).toBe(true);
  if (script.includes("$PGHOST")) out.write(host);
  else if (script.includes("pg_database_size")) out.write(`${1e9} ${2e9}`);
  else if (script.includes("WHERE datname")) out.write("0");
  else if (script.includes("lower(username)")) out.write("101");
  return 0;
};

/** Types `npm run db -- beside …`, and `answer` where it asks. */
async function type(args: readonly string[], answer?: string): Promise<string> {
  let said = "";
  const command = besideCommand((part) =>
    part({
      say: (text) => (said += `${text}\n`),
      pod: (_at, use) => use(run),
      clouds: () => scene.world().clouds(),
      ask: () => Promise.resolve(answer),
    }),
  );
  await command.exitOverride().parseAsync([...args], { from: "user" });
  return said;
}

const load = (dump: string): Promise<string> =>
  type(["load", dump, "--identity", file, "--cwd", scene.directory]);

describe("load", () => {
  it.each(["20261128T010000Z", "dumps/prod/20261128T010000Z.dump.age", "newest"])(
    "takes %s, as the list of dumps and the page of the night name it",
    async (dump) => {
      putDump(scene, DUMP, "20261128T010000Z");
      expect(await load(dump)).toContain("npm run db -- beside bring NAME");
      expect(ran.some((script) => script.includes("CREATE DATABASE mastodon_beside"))).toBe(true);
      expect(ran.at(-1)).toContain("pg_restore");
    },
  );

  it("newest passes over one that is cut: its rows would end in the middle", async () => {
    putDump(scene, DUMP, "20261128T010000Z");
    putDump(scene, DUMP, "20261128T070000Z", { bytes: 7 });
    await load("newest");
    await expect(load("20261128T070000Z")).rejects.toThrow(
      /T070000Z\.dump\.age is no whole dump: its object has \d+ bytes, .* Nothing was changed/u,
    );
  });

  it.each([
    ["a time without a dump", "20261127T010000Z", /is none of the dumps\. Nothing was changed/u],
    ["a file that is not there", "dump.custom", /There is no file dump\.custom/u],
  ])("%s is refused before anything is made", async (_what, dump, says) => {
    putDump(scene, DUMP, "20261128T010000Z");
    await expect(load(dump)).rejects.toThrow(says);
    expect(ran).toEqual([]);
  });

  it("another identity is refused before a second database stands in the way", async () => {
    putDump(scene, DUMP, "20261128T010000Z");
    await writeFile(file, await generateX25519Identity());
    await expect(load("newest")).rejects.toThrow(/is encrypted to age1.* Nothing was changed/u);
    expect(ran).toEqual([]);
  });
});

describe("bring", () => {
  it("copies only once the member's name is typed", async () => {
    await expect(type(["bring", "alice"], "bob")).rejects.toThrow("Nothing was changed.");
    await expect(type(["bring", "alice"])).rejects.toThrow("There is no terminal to confirm at.");
    expect(ran.filter((script) => script.includes("COMMIT"))).toEqual([]);
    expect(await type(["bring", "alice"], "alice")).toContain("Brought.");
    expect(ran.filter((script) => script.includes("COMMIT"))).toHaveLength(1);
  });
});
