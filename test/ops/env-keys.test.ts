import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { secretFaults } from "../../input/secret-faults.ts";
import type { SecretKey } from "../../config/secret-keys/all.ts";
import { isFault, stateOfSecrets } from "../../ops/secrets/check.ts";
import { initSecrets } from "../../ops/secrets/init.ts";
import { importShop, KEYS, leftOf, oldServer } from "./env-shop.ts";

const PRIMARY = "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY";
const NONE = Object.fromEntries(
  Object.keys(KEYS)
    .filter((name) => name.startsWith("ACTIVE_RECORD_"))
    .map((name) => [name, undefined]),
);

describe("the keys that a living server's data is written with are never made anew", () => {
  test.each([
    ["all three", NONE],
    ["one of them", { [PRIMARY]: undefined }],
    ["one that is empty", { [PRIMARY]: "" }],
    ["one that a command answers", { [PRIMARY]: "$(cat key)" }],
  ])(
    "a file without %s is refused, with where to look and what is typed next",
    async (_what, away) => {
      const { run, text } = importShop();
      const before = text();
      const refused = run(oldServer(away));
      await expect(refused).rejects.toThrow(
        /ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY.* not in the file/u,
      );
      await expect(refused).rejects.toThrow(
        /printenv.*pulumi config set --secret mastodon:activeRecordPrimaryKey.*--keys-are-new/u,
      );
      expect(text()).toBe(before);
    },
  );

  test("a key that was set by hand is as good as one in the file: the cure that is named works", async () => {
    const { run, store, values } = importShop();
    await store.write({ activeRecordPrimaryKey: KEYS[PRIMARY]! }, await store.held());
    await run(oldServer({ [PRIMARY]: undefined }));
    expect((await values()).activeRecordPrimaryKey).toBe(KEYS[PRIMARY]);
  });

  test("a server of before 4.3 has none: it says so by a flag, and init makes them", async () => {
    const { run, store, values, raw } = importShop();
    await run(oldServer(NONE), { keysAreNew: true });
    expect(raw()["postgres"]).toBeUndefined();
    await initSecrets(store);
    expect((await values()).activeRecordPrimaryKey).toMatch(/^\w{32}$/u);
    await expect(importShop().run(oldServer({}), { keysAreNew: true })).rejects.toThrow(
      /--keys-are-new is for a server older than Mastodon 4\.3, but this one has ACTIVE_RECORD/u,
    );
  });

  test("after an import init makes none in the place of one that vanished, fingerprints or not", async () => {
    const { run, store, text, file } = importShop();
    await run(oldServer({}));
    const content = parse(text()) as { readonly config: Record<string, unknown> };
    for (const key of Object.keys(content.config))
      if (/:(?:activeRecord\w+|fingerprints)$/u.test(key)) delete content.config[key];
    writeFileSync(file, stringify(content, { lineWidth: 0 }));
    const before = text();
    await expect(initSecrets(store)).rejects.toThrow(
      /movedIn is true.*3 of the keys.*Nothing was made.*pulumi config set --secret mastodon:activeRecordPrimaryKey/su,
    );
    expect(text()).toBe(before);
  });

  test.each([
    "MySecretPassword2024Mastodon",
    "twelve chars",
    "abc",
    "a key with spaces in it, and \\$5",
    "fkSxKD2bF396kdQbrP1EJ7WbU7ZgNokR",
  ])(
    "a weak one is carried as it is, for the data needs it; check warns, and nothing refuses: %j",
    async (key) => {
      const { run, store, values } = importShop();
      await run(oldServer({ [PRIMARY]: `"${key}"` }));
      await initSecrets(store);
      const held = await store.held();
      expect((await values()).activeRecordPrimaryKey).toBe(key.replace("\\", ""));
      expect(secretFaults(held)).toEqual([]);
      const state = stateOfSecrets(held).find(({ key: of }) => of === "activeRecordPrimaryKey")!;
      expect([state.state, isFault(state)]).toEqual(["weak", false]);
      expect(state.sentences[0]).toMatch(/docs\/secrets\.md, "A weak key of an old server"\.$/u);
      expect(state.sentences[0]).not.toContain(key);
      // A weak key of a new server is still refused.
      expect(secretFaults({ ...held, movedIn: false }).map(({ key: of }) => of)).toContain(
        "activeRecordPrimaryKey",
      );
    },
  );

  test.each<[name: string, value: string, key: SecretKey, cost: RegExp]>([
    ["SECRET_KEY_BASE", "abcdef1234", "secretKeyBase", /everyone signs in again/u],
    [
      "SECRET_KEY_BASE",
      "replace_me_with_a_long_secret",
      "secretKeyBase",
      /everyone signs in again/u,
    ],
    ["VAPID_PRIVATE_KEY", "too-short", "vapidPrivateKey", /Push notifications stop/u],
    ["VAPID_PUBLIC_KEY", `B${"A".repeat(86)}`, "vapidPublicKey", /Push notifications stop/u],
  ])(
    "an odd %s stays behind with its cure and its cost, and init makes a new one",
    async (name, value, key, cost) => {
      const { run, store, values } = importShop();
      const says = leftOf(await run(oldServer({ [name]: value })))[name];
      expect(says).toMatch(/`npm run secrets -- init` makes a new one\./u);
      expect(says).toMatch(cost);
      expect(says).not.toContain(value);
      await initSecrets(store);
      expect((await values())[key]).not.toBe(value);
      expect((await values()).activeRecordPrimaryKey).toBe(KEYS[PRIMARY]);
      expect(secretFaults(await store.held())).toEqual([]);
    },
  );
});
