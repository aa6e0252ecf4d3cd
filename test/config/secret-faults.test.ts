import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { secretFaults, secretRefusal, type HeldSecrets } from "../../input/secret-faults.ts";
import { secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { makeSecrets, makeVapidPair, MADE_KEYS } from "../../ops/secrets/make.ts";

const RIGHT = makeSecrets();
const DIES = secretRow("activeRecordPrimaryKey").lost;
const RESTORE =
  "Put the old one back: from an earlier commit of the stack file, or from the escrow bundle (docs/secrets.md). If neither has it, read there what to do before anything else.";

/** A stack whose secrets are valid, except for the given changes. */
function held(
  values: Readonly<Partial<Record<SecretKey, string | undefined>>> = {},
  rest: Partial<HeldSecrets> = {},
): HeldSecrets {
  const merged = Object.entries({ ...RIGHT, ...values }).filter(([, value]) => value !== undefined);
  return {
    stack: "prod",
    values: Object.fromEntries(merged) as HeldSecrets["values"],
    inTheClear: [],
    fingerprints: {},
    ...rest,
  };
}

const sentencesOf = (secrets: HeldSecrets): readonly string[] =>
  secretFaults(secrets).map(({ sentence }) => sentence);

const other = makeVapidPair();

/** Faults of the secrets, with their messages. No message contains a value. */
const REFUSALS: readonly (readonly [
  danger: string,
  secrets: HeldSecrets,
  sentences: readonly string[],
])[] = [
  ["a missing key", held({ tunnelSecret: undefined }), ["mastodon:tunnelSecret is missing."]],
  [
    "an encryption key that was changed",
    held(
      { activeRecordPrimaryKey: makeSecrets().activeRecordPrimaryKey },
      {
        fingerprints: {
          activeRecordPrimaryKey: fingerprintOf(
            "prod",
            "activeRecordPrimaryKey",
            RIGHT.activeRecordPrimaryKey ?? "",
          ),
        },
      },
    ),
    [
      `mastodon:activeRecordPrimaryKey is not the key whose fingerprint stands in the stack file, and it must never change. What dies without the old one: ${DIES} ${RESTORE}`,
    ],
  ],
  [
    "an encryption key that was lost",
    held(
      { activeRecordKeyDerivationSalt: undefined },
      { fingerprints: { activeRecordKeyDerivationSalt: "v1-0123456789abcdef01234567" } },
    ),
    [
      `mastodon:activeRecordKeyDerivationSalt is gone, and a fingerprint says that it was there. What dies without it: ${DIES} ${RESTORE}`,
    ],
  ],
  [
    "a VAPID pair of two pairs",
    held({ vapidPublicKey: other.public }),
    [
      "mastodon:vapidPublicKey does not belong to mastodon:vapidPrivateKey: every push notification would be refused. Set both of one pair, or make a new one: npm run secrets -- rotate vapidPrivateKey.",
    ],
  ],
  [
    "a VAPID private key that is beyond the curve's order",
    held({
      vapidPrivateKey: Buffer.from(
        "ffffffffa1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c",
        "hex",
      ).toString("base64url"),
    }),
    ["mastodon:vapidPrivateKey is no private key of P-256: 0, or beyond the curve's order."],
  ],
  [
    "VAPID halves in the wrong places",
    held({ vapidPrivateKey: other.public, vapidPublicKey: other.private.replace(/^B/u, "C") }),
    [
      "mastodon:vapidPrivateKey has the wrong form (88 characters). Expected: a P-256 private key, 32 bytes in URL-safe base64: 43 characters, with or without =.",
      "mastodon:vapidPublicKey has the wrong form (44 characters). Expected: a P-256 public key, 65 bytes in URL-safe base64: a B and 86 characters, with or without =.",
    ],
  ],
  [
    "a key that is its own variable's name",
    held({ activeRecordPrimaryKey: "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY" }),
    [
      "mastodon:activeRecordPrimaryKey holds its own name: a template that was not filled in. Expected: 32 letters and digits (an older server's own: 16 characters or more, without spaces and quotes).",
    ],
  ],
  [
    "a key that is its own config key",
    held({ tunnelSecret: "tunnelSecret" }),
    [
      "mastodon:tunnelSecret holds its own name: a template that was not filled in. Expected: 32 bytes or more in base64, with padding.",
    ],
  ],
  [
    "a key that holds its name with another spelling",
    held({ secretKeyBase: "my-secret-key-base-my-secret-key-base" }),
    [
      "mastodon:secretKeyBase holds its own name: a template that was not filled in. Expected: 128 hex digits (an older server's own: 64 characters or more, without spaces and quotes).",
    ],
  ],
  [
    "a key of Mastodon's own repository",
    held({ activeRecordDeterministicKey: "fkSxKD2bF396kdQbrP1EJ7WbU7ZgNokR" }),
    [
      "mastodon:activeRecordDeterministicKey is a key of Mastodon's development set-up, which everyone can read. Expected: 32 letters and digits (an older server's own: 16 characters or more, without spaces and quotes).",
    ],
  ],
  [
    "a variable that the shell did not fill in",
    held({ tunnelSecret: "${TUNNEL}" }),
    [
      "mastodon:tunnelSecret is a variable that was not filled in. Expected: 32 bytes or more in base64, with padding.",
    ],
  ],
  [
    "one piece over and over",
    held({ secretKeyBase: "0123456789abcdef".repeat(8) }),
    [
      "mastodon:secretKeyBase is one piece repeated: a placeholder, not a key. Expected: 128 hex digits (an older server's own: 64 characters or more, without spaces and quotes).",
    ],
  ],
  [
    "a key that is cut off",
    held({ secretKeyBase: RIGHT.secretKeyBase?.slice(0, 40) }),
    [
      "mastodon:secretKeyBase has the wrong form (40 characters). Expected: 128 hex digits (an older server's own: 64 characters or more, without spaces and quotes).",
    ],
  ],
  [
    "a key with the quotes of an env file around it",
    held({ activeRecordPrimaryKey: `"${RIGHT.activeRecordPrimaryKey}"` }),
    [
      "mastodon:activeRecordPrimaryKey has the wrong form (34 characters). Expected: 32 letters and digits (an older server's own: 16 characters or more, without spaces and quotes).",
    ],
  ],
  [
    "a key with the end of its line",
    held({ tunnelSecret: `${RIGHT.tunnelSecret}\n` }),
    [
      "mastodon:tunnelSecret has the wrong form (45 characters). Expected: 32 bytes or more in base64, with padding.",
    ],
  ],
  [
    "a tunnel secret of less than 32 bytes",
    held({ tunnelSecret: "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZw==" }),
    [
      "mastodon:tunnelSecret has the wrong form (44 characters). Expected: 32 bytes or more in base64, with padding.",
    ],
  ],
  [
    "an empty key",
    held({ tunnelSecret: "" }),
    [
      "mastodon:tunnelSecret is made of very few characters: a placeholder, not a key. Expected: 32 bytes or more in base64, with padding.",
    ],
  ],
  [
    "a webhook that is none of Slack's",
    held({ slackWebhook: "https://example.social/hook" }),
    [
      "mastodon:slackWebhook has the wrong form (27 characters). Expected: the address of an incoming webhook, https://hooks.slack.com/services/ and three parts.",
    ],
  ],
  [
    "two keys that are one",
    held({ activeRecordDeterministicKey: RIGHT.activeRecordPrimaryKey }),
    [
      "mastodon:activeRecordDeterministicKey has the same value as mastodon:activeRecordPrimaryKey: each needs its own.",
    ],
  ],
  [
    "three keys that are one",
    held({
      activeRecordDeterministicKey: RIGHT.activeRecordPrimaryKey,
      activeRecordKeyDerivationSalt: RIGHT.activeRecordPrimaryKey,
    }),
    [
      "mastodon:activeRecordDeterministicKey has the same value as mastodon:activeRecordPrimaryKey: each needs its own.",
      "mastodon:activeRecordKeyDerivationSalt has the same value as mastodon:activeRecordPrimaryKey: each needs its own.",
    ],
  ],
  [
    "a key in the clear",
    held({}, { inTheClear: ["secretKeyBase"] }),
    [
      "mastodon:secretKeyBase is in the stack file unencrypted, so everyone who can read the repository has it. Make a new one, because this one is known now, and set it from standard input with --secret.",
    ],
  ],
];

describe("refused, without showing a value:", () => {
  test.each(REFUSALS)("%s", (_danger, secrets, sentences) => {
    const said = sentencesOf(secrets);
    expect(said).toEqual(sentences);
    // Names are public, and a placeholder may be one.
    for (const value of Object.values(secrets.values).filter((text) => text.length > 20))
      if (!/^[A-Z_]+$/u.test(value)) expect(said.join("\n")).not.toContain(value);
  });

  test.each([
    "changeme-changeme-changeme-change",
    "CHANGE_ME_0123456789abcdefghijk",
    "REPLACE_ME_WITH_SOMETHING_RANDOM",
    "secret",
    "secretsecretsecretsecret12345678",
    "your_secret_here_your_secret_here",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "XXXX-XXXX-XXXX-XXXX-XXXX",
    "00000000000000000000000000000000",
    "ExampleKeyExampleKeyExampleKey12",
    "abcdabcdabcdabcdabcdabcdabcdabcd",
    "0123456789012345678901234567890123456789",
    "long-example-long-example-12345678",
    "<32 random characters go here!!!>",
    "{{activeRecord}}abcdefghijklmnop",
    "$(openssl rand -hex 16)abcdefghi",
    "foobarbaz-DO_NOT_USE_IN_PRODUCTION",
    "Password1234567890abcdefghijklmn",
  ])("the placeholder %s", (value) => {
    expect(sentencesOf(held({ activeRecordPrimaryKey: value }))).toHaveLength(1);
  });
});

describe("accepted:", () => {
  test("what we make, with the fingerprints that we write", () => {
    const fingerprints = Object.fromEntries(
      MADE_KEYS.map((key) => [key, fingerprintOf("prod", key, RIGHT[key] ?? "")]),
    );
    expect(sentencesOf(held({}, { fingerprints }))).toEqual([]);
  });

  test("VAPID keys without padding, as other tools print them", () => {
    const bare = (text: string | undefined): string => (text ?? "").replace(/=+$/u, "");
    expect(
      sentencesOf(
        held({
          vapidPrivateKey: bare(RIGHT.vapidPrivateKey),
          vapidPublicKey: bare(RIGHT.vapidPublicKey),
        }),
      ),
    ).toEqual([]);
  });

  test("a rotatable key that was rotated by hand: that costs sessions, not data", () => {
    expect(
      sentencesOf(held({}, { fingerprints: { secretKeyBase: "v1-0123456789abcdef01234567" } })),
    ).toEqual([]);
  });

  test("encryption keys in hex or base64, as a server that moves in may have them", () => {
    expect(
      sentencesOf(
        held({
          activeRecordPrimaryKey: "9f86d081884c7d659a2feaa0c55ad015",
          activeRecordDeterministicKey: "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        }),
      ),
    ).toEqual([]);
  });

  test("a webhook of Slack's", () => {
    expect(
      sentencesOf(
        held({ slackWebhook: "https://hooks.slack.com/services/T1234567/AAAAAAAA/ZZZZZZ" }),
      ),
    ).toEqual([]);
  });
});

describe("the one message", () => {
  test("is none where nothing is wrong", () => {
    expect(secretRefusal(secretFaults(held()))).toBeUndefined();
  });

  test("has all faults in it, and what to type for each missing key", () => {
    const faults = secretFaults(
      held({
        secretKeyBase: undefined,
        vapidPublicKey: other.public,
        tunnelSecret: "tunnelSecret",
      }),
    );
    expect(secretRefusal(faults)).toBe(
      [
        "The stack's secrets have 2 faults; nothing was changed:",
        "  mastodon:tunnelSecret holds its own name: a template that was not filled in. Expected: 32 bytes or more in base64, with padding.",
        "  mastodon:vapidPublicKey does not belong to mastodon:vapidPrivateKey: every push notification would be refused. Set both of one pair, or make a new one: npm run secrets -- rotate vapidPrivateKey.",
        "The stack lacks 1 of its secrets; nothing was changed. A new server's are made by: npm run secrets -- init",
        "Those of a server that moves in are set one by one, by standard input:",
        "  pulumi config set --secret mastodon:secretKeyBase",
        "What each of them is: docs/secrets.md.",
      ].join("\n"),
    );
  });

  test("of a key that is lost does not offer to make a new one", () => {
    const refusal = secretRefusal(
      secretFaults(
        held(
          { activeRecordPrimaryKey: undefined },
          { fingerprints: { activeRecordPrimaryKey: "v1-0123456789abcdef01234567" } },
        ),
      ),
    );
    expect(refusal).not.toContain("init");
    expect(refusal).not.toContain("config set");
  });
});
