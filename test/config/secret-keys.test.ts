import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FingerprintsSchema, fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { placeholderIn } from "../../input/placeholders.ts";
import { SECRETS, secretRow } from "../../config/secret-keys/all.ts";
import { belongTogether, privateHalf, publicHalfOf } from "../../config/secret-keys/vapid.ts";
import { MADE_KEYS, makeSecrets, makeVapidPair } from "../../ops/secrets/make.ts";
import { withRealScrypt } from "../cheap-scrypt.ts";

describe("what we make", () => {
  test("is never refused: neither for its form, nor as a placeholder, nor as half of another pair", () => {
    for (let round = 0; round < 300; round++) {
      const made = makeSecrets();
      for (const key of MADE_KEYS) {
        const row = secretRow(key);
        expect({ key, ok: row.format.pattern.test(made[key] ?? "") }).toEqual({ key, ok: true });
        expect(placeholderIn(row, made[key] ?? "")).toBeUndefined();
      }
      expect(belongTogether(made.vapidPrivateKey ?? "", made.vapidPublicKey ?? "")).toBe(true);
    }
  });

  test("is made again where chance spelled a placeholder: the program would refuse it", () => {
    const unlucky = Buffer.alloc(32, 29); // d
    unlucky.set([46, 38, 38, 50], 1); // ummy
    const made = makeSecrets(
      ["activeRecordPrimaryKey"],
      (() => {
        let turn = 0;
        return (count: number) => (turn++ === 0 ? unlucky : randomBytes(count));
      })(),
    );
    expect(made.activeRecordPrimaryKey).not.toContain("dummy");
  });

  test("is as long as Mastodon's own tasks make it", () => {
    const made = makeSecrets();
    expect(made.secretKeyBase).toMatch(/^[0-9a-f]{128}$/u);
    for (const key of [
      "activeRecordPrimaryKey",
      "activeRecordDeterministicKey",
      "activeRecordKeyDerivationSalt",
    ] as const)
      expect(made[key]).toMatch(/^[A-Za-z0-9]{32}$/u);
    expect(made.vapidPrivateKey).toMatch(/^[\w-]{43}=$/u);
    expect(made.vapidPublicKey).toMatch(/^B[\w-]{86}=$/u);
    expect(Buffer.from(made.tunnelSecret ?? "", "base64")).toHaveLength(32);
  });

  test("is never made twice, and half a pair is never made alone", () => {
    const all = Array.from({ length: 50 }, () => Object.values(makeSecrets())).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(Object.keys(makeSecrets(["vapidPublicKey"])).sort()).toEqual([
      "vapidPrivateKey",
      "vapidPublicKey",
    ]);
  });

  test("is not what others make", () => {
    expect(() => makeSecrets(["slackWebhook"])).toThrow(
      "mastodon:slackWebhook can't be made here: it comes from Slack, under Incoming Webhooks of an app of your workspace.",
    );
  });
});

describe("a VAPID pair", () => {
  test("of a scalar with leading zeros keeps its length: one key in 256", () => {
    const half = privateHalf(Uint8Array.of(1));
    expect(half).toHaveLength(44);
    // The public key is then the curve's generator (SEC 2, secp256r1).
    const expected = `04${"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"}${"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"}`;
    expect(Buffer.from(publicHalfOf(half) ?? "", "base64url").toString("hex")).toBe(expected);
  });

  test("belongs together with no other half", () => {
    const pairs = Array.from({ length: 20 }, makeVapidPair);
    for (const [at, one] of pairs.entries())
      for (const [other, { public: half }] of pairs.entries())
        expect(belongTogether(one.private, half)).toBe(at === other);
  });

  test("is not made of any text", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        expect(belongTogether(one, two)).toBe(false);
      }),
    );
  });
});

describe("a fingerprint", () => {
  test("stays the same for ever: committed ones would all read as changed keys", () => {
    expect(
      withRealScrypt(() =>
        fingerprintOf("prod", "activeRecordPrimaryKey", "fkSxKD2bF396kdQbrP1EJ7WbU7ZgNokR"),
      ),
    ).toBe("v1-9bff7633426c211d2d14ed64");
  });

  test("differs by stack, key and value, and shows nothing of the value", () => {
    const value = makeSecrets().activeRecordPrimaryKey ?? "";
    const all = [
      fingerprintOf("prod", "activeRecordPrimaryKey", value),
      fingerprintOf("staging", "activeRecordPrimaryKey", value),
      fingerprintOf("prod", "activeRecordDeterministicKey", value),
      fingerprintOf("prod", "activeRecordPrimaryKey", `${value}x`),
    ];
    expect(new Set(all).size).toBe(4);
    for (const each of all) expect(each).toMatch(/^v1-[0-9a-f]{24}$/u);
  });

  test("in the stack file has a known key and its form, or is refused", () => {
    const right = { activeRecordPrimaryKey: "v1-0123456789abcdef01234567" };
    expect(FingerprintsSchema.safeParse(right).success).toBe(true);
    expect(FingerprintsSchema.safeParse(undefined).success).toBe(true);
    expect(FingerprintsSchema.safeParse({ primaryKey: right.activeRecordPrimaryKey }).success).toBe(
      false,
    );
    expect(FingerprintsSchema.safeParse({ activeRecordPrimaryKey: "abc" }).success).toBe(false);
    // Nobody can guess a URL of another service from a hash, although few of its parts are secret.
    expect(
      FingerprintsSchema.safeParse({ slackWebhook: "v1-0123456789abcdef01234567" }).success,
    ).toBe(false);
  });
});

describe("the table", () => {
  test("has each key and each variable once", () => {
    const keys = SECRETS.map(({ key }) => key);
    const variables = SECRETS.flatMap(({ env }) => env ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(variables).size).toBe(variables.length);
  });
});
