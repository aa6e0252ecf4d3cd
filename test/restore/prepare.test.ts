import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { finishRestore, prepareRestore } from "../../ops/restore/prepare.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { parseConfig } from "../../input/parse.ts";
import { MANIFEST } from "../backup/sample.ts";
import { BASE } from "../config/base.ts";
import { withRestore } from "../config/every-option.ts";
import { shop } from "../ops/shop.ts";

/** A restore is written into the stack file as an update accepts it, and its key only encrypted. */

const identity = await generateX25519Identity();
const other = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const encrypter = new Encrypter();
encrypter.addRecipient(recipient);
const dump = await encrypter.encrypt(new Uint8Array(100_000));
const ORDER = {
  manifest: { ...MANIFEST, recipient },
  header: dump.subarray(0, 1_024),
  identity,
  former: "release",
} as const;

function prepared() {
  const made = shop();
  const store = new SecretStore(made.cwd, "prod", made.pulumi.run);
  const config = (): Record<string, unknown> =>
    (parse(made.text()) as { readonly config: Record<string, unknown> }).config;
  return { ...made, store, config };
}

describe("a restore", () => {
  test("is written with its number, its dump and its key, and the identity stays where it was", async () => {
    const { store, config, text, held } = prepared();
    expect(await prepareRestore(store, ORDER)).toBe(2);
    const { object, sha256, bytes } = MANIFEST;
    expect(config()).toMatchObject({
      "mastodon:postgres": {
        origin: { number: 2, dump: { object, sha256, bytes } },
        former: "release",
      },
      "mastodon:stopped": ["sidekiq"],
    });
    const { dumpFileKey = "" } = (await held()).values;
    expect(Buffer.from(dumpFileKey, "base64")).toHaveLength(16);
    expect(text()).not.toContain(dumpFileKey);
    expect(text()).not.toContain(identity);
    expect(text()).toContain("# The operator's own words.");
    const { "mastodon:postgres": postgres, "mastodon:stopped": stopped } = config();
    const file = {
      ...withRestore(BASE),
      stopped,
      postgres: { ...BASE.postgres, ...(postgres as object) },
    };
    expect(() => parseConfig(file)).not.toThrow();
  });

  test("that is through leaves no key, and starts Sidekiq", async () => {
    const { store, config, file } = prepared();
    await prepareRestore(store, ORDER);
    await finishRestore(file);
    expect(config()).toMatchObject({
      "mastodon:postgres": { origin: { number: 2, dump: { restored: true } } },
    });
    expect(Object.keys(config())).not.toEqual(
      expect.arrayContaining(["mastodon:stopped", "mastodon:dumpFileKey"]),
    );
    // A second time it changes nothing.
    const before = config();
    await finishRestore(file);
    expect(config()).toEqual(before);
  });

  test.each<[string, object, RegExp]>([
    ["another identity", { identity: other }, /is encrypted to age1/u],
    ["no identity", { identity: "secret" }, /is no age identity/u],
    ["a damaged beginning", { header: new Uint8Array(1_024) }, /its beginning is damaged/u],
  ])("with %s is refused, and nothing is written", async (_what, changes, says) => {
    const { store, text } = prepared();
    const before = text();
    await expect(prepareRestore(store, { ...ORDER, ...changes })).rejects.toThrow(says);
    expect(text()).toBe(before);
  });
});
