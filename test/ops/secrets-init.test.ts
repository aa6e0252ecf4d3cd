import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { findSecrets } from "../../rehearsal/checks/secret-search.ts";
import { FRESH, shop } from "./shop.ts";

describe("init", () => {
  test("makes every secret of a new stack, and keeps the operator's file as it was above", async () => {
    const { run, text, held, said } = shop();
    expect(await run("init")).toBe(true);
    const { values, inTheClear, fingerprints } = await held();
    expect(Object.keys(values).sort()).toEqual([...SECRET_KEYS].sort());
    expect(inTheClear).toEqual([]);
    for (const key of SECRET_KEYS)
      expect(fingerprints[key]).toBe(fingerprintOf("prod", key, values[key] ?? ""));
    expect(text().startsWith(FRESH.slice(0, FRESH.indexOf("encryptionsalt")))).toBe(true);
    expect(said.filter((line) => line.startsWith("made"))).toHaveLength(SECRET_KEYS.length);
  });

  test("shows no secret: not in what it prints, on a command line, in the stack file or in a scratch file", async () => {
    const { run, pulumi, temporary, text, held, said } = shop();
    const scratch: string[] = [];
    pulumi.before = () => {
      for (const file of readdirSync(temporary, { recursive: true, withFileTypes: true }))
        if (file.isFile()) scratch.push(readFileSync(join(file.parentPath, file.name), "utf8"));
    };
    await run("init");
    const { values } = await held();
    expect(
      findSecrets(
        Object.entries(values).map(([name, value]) => ({ name, value })),
        [
          { name: "output", text: said.join("\n") },
          { name: "command lines", text: pulumi.calls.flatMap(({ args }) => args).join(" ") },
          { name: "stack file", text: text() },
          { name: "scratch files", text: scratch.join("\n") },
        ],
      ),
    ).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("run again changes nothing", async () => {
    const { run, text, said } = shop();
    await run("init");
    const before = text();
    said.length = 0;
    expect(await run("init")).toBe(true);
    expect(text()).toBe(before);
    expect(said).toEqual(["Every secret is there; nothing was changed."]);
  });

  test("never overwrites: what was set by hand stays, and is only written down", async () => {
    const { run, setByHand, held, said } = shop();
    const { activeRecordPrimaryKey = "", secretKeyBase = "" } = makeSecrets();
    setByHand({ activeRecordPrimaryKey, secretKeyBase });
    await run("init");
    const after = await held();
    expect(after.values).toMatchObject({ activeRecordPrimaryKey, secretKeyBase });
    expect(after.fingerprints.activeRecordPrimaryKey).toBeDefined();
    expect(said.filter((line) => line.startsWith("recorded"))).toEqual([
      "recorded mastodon:secretKeyBase: its fingerprint",
      "recorded mastodon:activeRecordPrimaryKey: its fingerprint",
    ]);
  });

  test.each([1, 2, 5, 8])(
    "interrupted at its %sth command leaves the file as it was, and the next run goes on",
    async (at) => {
      const { run, pulumi, temporary, text, held } = shop();
      pulumi.before = () => {
        if (pulumi.calls.length === at) throw new Error("killed");
      };
      await expect(run("init")).rejects.toThrow("killed");
      expect(text()).toBe(FRESH);
      expect(readdirSync(temporary)).toEqual([]);
      pulumi.before = () => undefined;
      expect(await run("init")).toBe(true);
      expect(Object.keys((await held()).values)).toHaveLength(SECRET_KEYS.length);
    },
  );

  test("does not write over what somebody else changed in the meantime", async () => {
    const { run, pulumi, file, text } = shop();
    const theirs = FRESH.replace("replicas: 2", "replicas: 3");
    pulumi.before = ({ args }) => {
      if (args[1] === "set") writeFileSync(file, theirs);
    };
    await expect(run("init")).rejects.toThrow(
      `${file} was changed by someone else in the meantime; nothing was written. Run this again.`,
    );
    expect(text()).toBe(theirs);
  });

  test("puts all under one salt in a file that has none yet", async () => {
    const { run, held, text } = shop("config:\n  mastodon:domain: example.social\n");
    await run("init");
    expect(Object.keys((await held()).values)).toHaveLength(SECRET_KEYS.length);
    expect(text().match(/encryptionsalt/gu)).toHaveLength(1);
  });

  test("makes no new key in the place of a lost one: the data would stay locked for ever", async () => {
    const { run, file, text } = shop();
    await run("init");
    const lost = parse(text()) as { config: Record<string, unknown> };
    delete lost.config["mastodon:activeRecordPrimaryKey"];
    writeFileSync(file, JSON.stringify(lost));
    await expect(run("init")).rejects.toThrow(
      "mastodon:activeRecordPrimaryKey is gone, and a fingerprint says that it was there.",
    );
    expect(JSON.parse(text())).toEqual(lost);
  });

  test("writes down no changed key as the right one", async () => {
    const { run, setByHand, text } = shop();
    await run("init");
    setByHand({ activeRecordKeyDerivationSalt: makeSecrets().activeRecordKeyDerivationSalt ?? "" });
    const before = text();
    await expect(run("init")).rejects.toThrow(
      "mastodon:activeRecordKeyDerivationSalt is not the key whose fingerprint stands in the stack file",
    );
    expect(text()).toBe(before);
  });

  test("gives a lone private half its own public one, and a lone public half nothing", async () => {
    const { vapidPrivateKey = "", vapidPublicKey = "" } = makeSecrets();
    const one = shop();
    one.setByHand({ vapidPrivateKey });
    await one.run("init");
    expect((await one.held()).values).toMatchObject({ vapidPrivateKey, vapidPublicKey });

    const other = shop();
    other.setByHand({ vapidPublicKey });
    await expect(other.run("init")).rejects.toThrow(
      "mastodon:vapidPublicKey is there without its private half, which can't be calculated from it; nothing was changed.",
    );
  });

  test("of an organisation's stack writes its short name's file", async () => {
    const { run, pulumi, held } = shop();
    await run("init", "--stack", "club/mastodon/prod");
    expect(pulumi.calls.every(({ args }) => args.includes("club/mastodon/prod"))).toBe(true);
    expect(Object.keys((await held()).values)).toHaveLength(SECRET_KEYS.length);
  });

  test("where there is no stack file says what to do", async () => {
    const { run, cwd } = shop();
    await expect(run("init", "--stack", "dev")).rejects.toThrow(
      `There is no ${join(cwd, "Pulumi.dev.yaml")}. Run this in the project's folder, or name it by --cwd, and the stack by --stack.`,
    );
  });

  test("refuses fingerprints that were damaged: it would not know a changed key from the right one", async () => {
    const { run, file } = shop(
      FRESH.replace("encryptionsalt", "  mastodon:fingerprints: { a: b }\nencryptionsalt"),
    );
    await expect(run("init")).rejects.toThrow(`mastodon:fingerprints in ${file} is damaged.`);
  });
});
