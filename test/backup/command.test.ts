import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, Encrypter } from "age-encryption";
import { describe, expect, test } from "vitest";
import { AGE_RECIPIENT } from "../../facts/age.ts";
import { parseConfig } from "../../input/parse.ts";
import { runBackup } from "../../ops/backup/command.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { MANIFEST, RECIPIENT } from "./sample.ts";

const NOW = new Date("2026-11-28T09:00:00Z");
const raw = readStackFile();
const config = parseConfig({ ...raw, backup: { recipient: RECIPIENT, everyHours: 6 } });

/** Output and success of a command, with these objects in the bucket. */
async function run(
  args: readonly string[],
  objects: Readonly<Record<string, string>> = {},
  file = config,
): Promise<{ readonly well: boolean; readonly said: string }> {
  const lines: string[] = [];
  const well = await runBackup(args, {
    say: (text) => lines.push(text),
    now: () => NOW,
    cwd: "/",
    config: async () => await Promise.resolve(file),
    bucket: async () =>
      await Promise.resolve({
        list: async (prefix) =>
          await Promise.resolve(
            Object.keys(objects)
              .filter((key) => key.startsWith(prefix))
              .map((key) => ({ key, modified: NOW, bytes: 0 })),
          ),
        read: async (key) => await Promise.resolve(objects[key]!),
      }),
  });
  return { well, said: lines.join("\n") };
}

/** Both objects of a dump. */
function dump(stamp: string, change: object = {}): Record<string, string> {
  const object = `dumps/prod/${stamp}.dump.age`;
  return {
    [object]: "",
    [`dumps/prod/${stamp}.json`]: JSON.stringify({ ...MANIFEST, object, ...change }),
  };
}

describe("the alert by absence", () => {
  test("is silent while the newest good dump is young, and comes when it is not", async () => {
    expect((await run(["check"], dump("20261128T010000Z"))).well).toBe(true);
    const old = await run(["check"], dump("20261127T235959Z"));
    expect(old.well).toBe(false);
    expect(old.said).toContain("one is made every 6 h: more than 9 h must not pass");
    expect((await run(["check"])).said).toContain("has no good dump");
  });

  test("is not stopped by a dump without a manifest, a cut one, one of another stack, or a suspicious one", async () => {
    const young = "20261128T080000Z";
    for (const objects of [
      { [`dumps/prod/${young}.dump.age`]: "" },
      { [`dumps/prod/${young}.dump.age`]: "", [`dumps/prod/${young}.json`]: '{"form":1' },
      { [`dumps/test/${young}.json`]: "{}", [`dumps/test/${young}.dump.age`]: "" },
      { [`dumps/prod/${young}.json`]: JSON.stringify(MANIFEST) },
      dump(young, { suspicious: ["smaller"] }),
    ])
      expect((await run(["check"], objects)).well).toBe(false);
    const doubted = { ...dump("20261128T070000Z"), ...dump(young, { suspicious: ["smaller"] }) };
    expect((await run(["check"], doubted)).said).toContain("is suspicious");
    const foreign = await run(["check"], dump(young, { domain: "other.example" }));
    expect(foreign.said).toContain("is of other.example");
  });

  test("comes when the second destination gets none, although the first one has them all", async () => {
    const second = {
      endpoint: "https://s3.eu-central-003.backblazeb2.com",
      bucket: "example-social-dumps",
      region: "eu-central-003",
    };
    const both = parseConfig({
      ...raw,
      backup: { recipient: RECIPIENT, everyHours: 6, second },
    });
    const [old, young] = ["20261127T230000Z", "20261128T070000Z"];
    const first = { ...dump(old), ...dump(young) };
    const arrived = (stamp: string) => ({ [`dumps/prod/${stamp}.second`]: "" });
    const never = await run(["check"], first, both);
    expect(never.well).toBe(false);
    expect(never.said).toContain("No dump of example.social is noted as copied");
    const stale = await run(["check"], { ...first, ...arrived(old) }, both);
    expect(stale.well).toBe(false);
    expect(stale.said).toContain("is 10 h old (20261127T230000Z)");
    const well = await run(["check"], { ...first, ...arrived(young) }, both);
    expect(well.well).toBe(true);
    expect(well.said).toContain("is not asked: its key may only write");
    // A dump without a manifest is none, also where its note says that something was copied.
    const { [`dumps/prod/${young}.json`]: _, ...cut } = first;
    expect((await run(["check"], { ...cut, ...arrived(young) }, both)).well).toBe(false);
    expect((await run(["list"], { ...first, ...arrived(young) }, both)).said).toMatch(
      /20261128T070000Z.*posts; second destination, too\n.*20261127T230000Z.*posts$/u,
    );
  });

  test("says what to do where no dumps are made", async () => {
    await expect(run(["check"], {}, parseConfig(raw))).rejects.toThrow(
      /mastodon:backup is not set .* npm run backup -- key --out FILE\./u,
    );
  });
});

test("a list tells a good dump from a suspicious one and from none", async () => {
  const { said } = await run(["list"], {
    ...dump("20261128T010000Z"),
    ...dump("20261128T070000Z", { suspicious: ["no-accounts"], bytes: 1_000 }),
    "weekly/prod/20261122T010000Z.dump.age": "",
  });
  expect(said.split("\n")).toEqual([
    "dumps    20261128T070000Z        2 h     0.0 MB  suspicious: no member is in it; 412 members, 1300000 posts",
    "dumps    20261128T010000Z        8 h   319.2 MB  good; 412 members, 1300000 posts",
    "weekly   20261122T010000Z     6 days             no dump: it did not end well, or is under way",
  ]);
});

describe("the key", () => {
  const inFolder = async (text: string, out: (folder: string) => string) => {
    const folder = temporaryFolder("backup-key");
    const project = join(folder, "project");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(project);
    writeFileSync(join(project, "Pulumi.prod.yaml"), text);
    const file = out(folder);
    const { said } = await run(["key", "--cwd", project, "--out", file]);
    return { said, file, stackFile: readFileSync(join(project, "Pulumi.prod.yaml"), "utf8") };
  };

  test("stands in its file alone, which only its owner reads, and opens what its recipient closed", async () => {
    const made = await inFolder("config:\n  mastodon:domain: a.example # ours\n", (folder) =>
      join(folder, "identity"),
    );
    const identity = readFileSync(made.file, "utf8").trim().split("\n").at(-1)!;
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    expect(identity).toMatch(/^AGE-SECRET-KEY-1/u);
    expect(made.said + made.stackFile).not.toContain("AGE-SECRET-KEY");
    expect(made.stackFile).toContain("mastodon:domain: a.example # ours");
    const recipient = /recipient: (\S+)/u.exec(made.stackFile)?.[1] ?? "";
    expect(recipient).toMatch(AGE_RECIPIENT);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(await encrypter.encrypt("rows"), "text")).toBe("rows");
  });

  test("of a stack that has one is not put in its place without a word", async () => {
    const text = `config:\n  mastodon:backup:\n    recipient: ${RECIPIENT}\n`;
    const made = await inFolder(text, (folder) => join(folder, "identity"));
    expect(made.stackFile).toBe(text);
    expect(made.said).toContain("pulumi config set --path --stack prod mastodon:backup.recipient");
  });

  test("is never written over another, nor where the next commit would publish it", async () => {
    const text = "config: {}\n";
    const over = inFolder(text, (folder) => {
      writeFileSync(join(folder, "identity"), "the only one");
      return join(folder, "identity");
    });
    await expect(over).rejects.toThrow(/never overwritten/u);
    await expect(inFolder(text, () => "identity")).rejects.toThrow(
      /the next commit would publish/u,
    );
  });
});
