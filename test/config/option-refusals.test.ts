import { describe, expect, test } from "vitest";
import { budgetsOf } from "../../domain/capacity/all.ts";
import { workloadsOf } from "../../domain/capacity/pods.ts";
import { neededRefusal, neededSecrets } from "../../input/needed-secrets.ts";
import { parseConfig } from "../../input/parse.ts";
import { secretFaults } from "../../input/secret-faults.ts";
import { OPTIONAL_SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { unrehearsedWords } from "../../domain/rehearsed.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { faultsIn } from "../messages/row.ts";
import { BASE, refusalOf, withValue } from "./base.ts";
import { FIXTURE_RELEASE, UNREHEARSED_RELEASE } from "../fixture-release.ts";
import { EVERY_OPTION, OTHER_TRANSLATION, withOptions, withRestore } from "./every-option.ts";

const EVERYTHING = withOptions(BASE);

test("every option together is accepted", () => {
  expect(refusalOf(EVERYTHING)).toBe("accepted");
  expect(refusalOf(withValue(EVERYTHING, "translation", OTHER_TRANSLATION))).toBe("accepted");
});

test("KEDA with nothing that tells of the queues is refused: they would grow, and it would wait", () => {
  const keda = { prometheusUrl: "http://prometheus-operated.monitoring.svc:9090" };
  const cluster = { ...BASE.cluster, keda };
  expect(refusalOf({ ...BASE, cluster, metrics: { namespace: "monitoring" } })).toBe("accepted");
  expect(faultsIn({ ...BASE, cluster }).map(({ code, key }) => [code, key])).toEqual([
    ["keda-without-metrics", "cluster.keda"],
  ]);
});

test("a fork of a version that was never rehearsed is refused, and not compared with", () => {
  const { fork } = EVERY_OPTION;
  const later = (image: string): string => image.replace(FIXTURE_RELEASE, UNREHEARSED_RELEASE);
  expect(
    refusalOf({
      ...BASE,
      fork: {
        ...fork,
        release: UNREHEARSED_RELEASE,
        mastodon: later(fork.mastodon),
        streaming: later(fork.streaming),
      },
    }),
  ).toBe(
    `The stack's configuration has a fault; nothing was changed:
  mastodon:fork.release: ${unrehearsedWords(UNREHEARSED_RELEASE)}`,
  );
});

test("an image of others' without a digest is refused: its tag can be moved", () => {
  expect(
    refusalOf(
      withValue(EVERYTHING, "fork.mastodon", `ghcr.io/glitch-soc/mastodon:${FIXTURE_RELEASE}`),
    ),
  ).toMatch(
    /mastodon:fork\.mastodon is "ghcr\.io\/glitch-soc\/mastodon:v[\d.]+": expected an image with registry, tag and digest, such as "ghcr\.io\/glitch-soc\/mastodon:v[\d.]+@sha256:[0-9a-f]{64}"$/u,
  );
});

test.each([
  ["a relay in the cluster", { server: "relay.mail.svc.cluster.local", port: 25 }],
  ["a relay in the VPC", { server: "relay.example.net", network: "vpc", port: 25 }],
])("%s may be asked on 25: it is only the way out that is closed", (_where, smtp) => {
  expect(refusalOf({ ...BASE, mail: { ...smtp, from: "a@b.example" } })).toBe("accepted");
});

describe("a secret that an option needs", () => {
  const set =
    (...keys: readonly SecretKey[]) =>
    (key: SecretKey) =>
      keys.includes(key);

  test("is asked for with all others at once, with the setting that wants it", () => {
    const config = parseConfig({
      ...BASE,
      mail: { server: "smtp.example.net", from: "a@b.example" },
      captcha: EVERY_OPTION.captcha,
      alerts: { slackChannel: "#alerts" },
    });
    expect(neededRefusal(config, set("smtpLogin"))).toBe(
      [
        "The stack lacks 3 secrets that its configuration needs; nothing was changed:",
        '  mastodon:alerts.slackChannel is "#alerts", but mastodon:slackWebhook is not set.',
        '  mastodon:mail.authentication is "plain", but mastodon:smtpPassword is not set.',
        "  mastodon:captcha is set, but mastodon:hcaptchaSecretKey is not set.",
        "Set each, by standard input:",
        "  pulumi config set --secret mastodon:slackWebhook",
        "  pulumi config set --secret mastodon:smtpPassword",
        "  pulumi config set --secret mastodon:hcaptchaSecretKey",
        "What each of them is: docs/secrets.md.",
      ].join("\n"),
    );
  });

  test("is asked for by the option of its row, all of them; and by nothing where options are off", () => {
    const all = parseConfig({
      ...EVERYTHING,
      alerts: { slackChannel: "#alerts" },
    });
    const translated = parseConfig(withValue(EVERYTHING, "translation", OTHER_TRANSLATION));
    const restored = parseConfig(withRestore(BASE));
    const needed = [all, translated, restored].flatMap(neededSecrets).map(({ key }) => key);
    expect([...new Set(needed)].sort()).toEqual([...OPTIONAL_SECRET_KEYS].sort());
    expect(neededSecrets(parseConfig(BASE))).toEqual([]);
    expect(neededRefusal(parseConfig(BASE), set())).toBeUndefined();
  });

  test("may be a twin of another service's: Postmark's token is login and password", () => {
    const values = { ...makeSecrets(), smtpLogin: "token-1234", smtpPassword: "token-1234" };
    expect(secretFaults({ stack: "prod", values, inTheClear: [], fingerprints: {} })).toEqual([]);
  });

  test("but never of a key of the server's own", () => {
    const made = makeSecrets();
    const values = { ...made, smtpPassword: made.secretKeyBase! };
    expect(
      secretFaults({ stack: "prod", values, inTheClear: [], fingerprints: {} }).map(
        ({ sentence }) => sentence,
      ),
    ).toEqual([
      "mastodon:smtpPassword has the same value as mastodon:secretKeyBase: each needs its own.",
    ]);
  });
});

describe("the form of a secret", () => {
  test.each([
    ["smtpPassword", "p]w{o}r:d #1 'x\"", true],
    ["smtpPassword", "pässword-123456", false],
    ["smtpPassword", "line\nend", false],
    ["searchPassword", "a-p%ss:w#rd'$", true],
    ["searchPassword", 'a"b', false],
    ["searchPassword", "a b", false],
    ["oidcClientSecret", "8KD8XQ11~_.-", true],
    ["deeplApiKey", "01234567-89ab-cdef-0123-456789abcdef:fx", true],
    ["deeplApiKey", "short:fx", false],
    ["hcaptchaSecretKey", `0x${"A".repeat(40)}`, true],
    ["otlpHeaders", "authorization=Basic%20YTpiCg==,x-scope-orgid=1", true],
    ["otlpHeaders", "Bearer abc", false],
    [
      "samlPrivateKey",
      "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg==\n-----END PRIVATE KEY-----\n",
      true,
    ],
    [
      "samlPrivateKey",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIEvQIBADANBg==\n-----END ENCRYPTED PRIVATE KEY-----\n",
      false,
    ],
  ] as const)("%s: %j is accepted: %s", (key, value, accepted) => {
    expect(secretRow(key).format.pattern.test(value)).toBe(accepted);
  });
});

describe("what an option takes is counted", () => {
  test("web with its exporter takes 192 MiB and a tenth of a core more", () => {
    const [web] = workloadsOf(parseConfig(BASE));
    const [measured] = workloadsOf(parseConfig({ ...BASE, metrics: { namespace: "monitoring" } }));
    expect(measured!.each).toEqual({
      millicpu: web!.each.millicpu + 100,
      mib: web!.each.mib + 192,
    });
  });

  test("the search Job's connections are counted once it takes more than a migration, which is over by then", () => {
    const inAll = (threads: number) =>
      budgetsOf(
        parseConfig({
          ...BASE,
          postgres: { ...BASE.postgres, poolConnections: 150 },
          web: { ...BASE.web, maxReplicas: 2 },
          sidekiq: BASE.sidekiq.map((group) => ({ ...group, concurrency: 5 })),
          search: { host: "search.example.net", threads },
        }),
      ).find(({ what }) => what === "Database connections in all")!;
    expect(inAll(2).lines.map(({ who }) => who)).toContain("grants Job");
    expect(inAll(6).lines).toContainEqual({ who: "search Job 6 + 1 threads", amount: 7 });
    expect(inAll(6).needed - inAll(2).needed).toBe(4);
  });
});
