import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { weaknessOf } from "../../input/passphrase.ts";
import { makePassphrase } from "../../ops/secrets/passphrase.ts";
import { FRESH, shop } from "./shop.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const WEAK: readonly (readonly [passphrase: string, says: string])[] = [
  ["", "has 0 characters"],
  ["a", "has 1 character"],
  ["correct horse b", "has 15 characters"],
  ["a".repeat(40), "is made of one character alone"],
  ["zyx".repeat(12), "is made of 3 different characters alone"],
];

describe("one letter would open everything that is committed", () => {
  test.each(WEAK)("%j is too weak: it %s", (passphrase, says) => {
    expect(weaknessOf(passphrase)).toBe(says);
  });

  test("what the command makes is strong, and another each time", () => {
    const made = Array.from({ length: 50 }, () => makePassphrase());
    expect(new Set(made).size).toBe(50);
    expect(made.flatMap((each) => weaknessOf(each) ?? [])).toEqual([]);
    for (const each of made) expect(each).toMatch(/^([a-z2-7]{5}-){5}[a-z2-7]$/u);
  });
});

describe.each(WEAK)("a stack under %j", (passphrase, says) => {
  const environment = { PULUMI_CONFIG_PASSPHRASE: passphrase };
  const sentence = `The passphrase of the state ${says}; what it encrypts is committed, and can be guessed for ever. Take 16 characters or more: \`npm run secrets -- passphrase\` makes one. Then \`pulumi stack change-secrets-provider passphrase\`.`;

  test("gets no secrets from `init`", async () => {
    const { run, text } = shop(FRESH, { environment });
    await expect(run("init")).rejects.toThrow(sentence);
    expect(text()).toBe(FRESH);
  });

  test("is a fault to `check`, whose status is 1", async () => {
    const { run, said } = shop(FRESH, { environment });
    expect(await run("check")).toBe(false);
    expect(said.join("\n")).toContain(`weak       ${sentence}`);
  });

  test("gets no bundle from `escrow`: it would lock a door beside an open one", async () => {
    const { run, cwd } = shop(FRESH, { environment });
    const file = join(temporaryFolder("passphrase"), "lock");
    writeFileSync(file, makePassphrase());
    const out = join(cwd, "bundle.age");
    await expect(run("escrow", "--passphrase-file", file, "--out", out)).rejects.toThrow(sentence);
    expect(() => readFileSync(out)).toThrow("ENOENT");
  });
});

test("a weak passphrase in a file is found, too", async () => {
  const file = join(temporaryFolder("passphrase"), "state");
  writeFileSync(file, "letmein\n");
  const { run } = shop(FRESH, { environment: { PULUMI_CONFIG_PASSPHRASE_FILE: file } });
  await expect(run("init")).rejects.toThrow("has 7 characters");
});

test("under a key service no passphrase is judged: none opens anything", async () => {
  const stackFile = FRESH.replace(/encryptionsalt.*/u, "secretsprovider: awskms://alias/x");
  const { run } = shop(stackFile, { environment: { PULUMI_CONFIG_PASSPHRASE: "a" } });
  expect(await run("init")).toBe(true);
});

test("a passphrase is made for a person at a terminal, and for a pipe only where that is meant", async () => {
  const { run, said } = shop();
  await expect(run("passphrase")).rejects.toThrow("If that is meant, add --print.");
  expect(said).toEqual([]);
  await run("passphrase", "--print");
  expect(weaknessOf(said.join(""))).toBeUndefined();
  const terminal = shop(FRESH, { atTerminal: true });
  await terminal.run("passphrase");
  expect(terminal.said).toHaveLength(1);
});
