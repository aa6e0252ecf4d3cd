import { describe, expect, test } from "vitest";
import { budgetsOf } from "../../config/capacity.ts";
import { workloadsOf } from "../../config/capacity/pods.ts";
import { neededRefusal, neededSecrets } from "../../config/needed-secrets.ts";
import { parseConfig } from "../../config/parse.ts";
import { secretFaults } from "../../config/secret-faults.ts";
import { OPTIONAL_SECRET_KEYS } from "../../config/secrets.ts";
import { secretRow, type SecretKey } from "../../config/secret-keys.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { BASE, refusalOf, withValue } from "./base.ts";
import { EVERY_OPTION, OTHER_TRANSLATION, withOptions } from "./every-option.ts";

const EVERYTHING = withOptions(BASE);

test("every option together is accepted", () => {
  expect(refusalOf(EVERYTHING)).toBe("accepted");
  expect(refusalOf(withValue(EVERYTHING, "translation", OTHER_TRANSLATION))).toBe("accepted");
});

test("KEDA with nothing that tells of the queues is refused: they would grow, and it would wait", () => {
  const keda = { prometheusUrl: "http://prometheus-operated.monitoring.svc:9090" };
  const cluster = { ...BASE.cluster, keda };
  expect(refusalOf({ ...BASE, cluster, metrics: { namespace: "monitoring" } })).toBe("accepted");
  expect(refusalOf({ ...BASE, cluster })).toContain(
    "mastodon:cluster.keda: asks a Prometheus for Sidekiq's queues, and nothing here tells it of them. Say where that Prometheus is, in mastodon:metrics.namespace, or leave keda out",
  );
});

/** One value put wrong beside every option: path, value (none: left out), and what is said after `mastodon:`. */
const FAULTS: readonly (readonly [path: string, value: unknown, refusal: string])[] = [
  [
    "mail.port",
    25,
    "mail.port: DigitalOcean lets nothing out on 25: mail would wait and fail without a word. Take 2525, or another that the provider listens on",
  ],
  [
    "mail.bulk.port",
    25,
    "mail.bulk.port: DigitalOcean lets nothing out on 25: mail would wait and fail without a word. Take 2525, or another that the provider listens on",
  ],
  [
    "mail.port",
    465,
    'mail.encryption: on 465 the provider speaks TLS from the first byte, and "starttls" would wait for a greeting that never comes. Set "tls"',
  ],
  [
    "mail.from",
    "Example Social",
    'mail.from is "Example Social": expected an address, alone or after a name, such as "Example Social <hello@example.social>"',
  ],
  ["mail.encryption", "none", 'mail.encryption is "none": expected one of starttls, tls'],
  [
    "mail.server",
    "smtps://smtp.example.net",
    'mail.server is "smtps://smtp.example.net": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "search.plaintext",
    true,
    'search.plaintext: posts and the password would go to "search.example.net" readable for everyone on the way. Leave it out, or say where the server stands: mastodon:search.network: vpc',
  ],
  [
    "search.user",
    'mast"odon',
    'search.user is "mast\\"odon": expected a name of letters, digits and . @ _ -, such as "mastodon"',
  ],
  [
    "search.prefix",
    "Social",
    'search.prefix is "Social": expected up to 31 lower-case letters, digits, hyphens and underscores, such as "mastodon"',
  ],
  ["signIn", {}, "signIn: names no service. Add oidc, saml, cas or ldap below it, or leave it out"],
  [
    "signIn",
    { only: true, ldap: EVERY_OPTION.signIn.ldap },
    "signIn.only: takes the field for the password away, which LDAP needs. Leave it out, or add oidc, saml or cas",
  ],
  [
    "signIn.oneClick",
    true,
    "signIn.oneClick: one button leads to one service, and there are 3 of oidc, saml and cas. Keep one, or leave oneClick out",
  ],
  [
    "signIn.saml.ownCertificate",
    undefined,
    "signIn.saml.wantEncryptedAssertions: there is nothing to encrypt for: add ownCertificate, and its key as mastodon:samlPrivateKey",
  ],
  [
    "signIn.saml.certificate",
    "MIIB",
    'signIn.saml.certificate is "MIIB": expected a certificate in PEM, with its first and last line, such as "-----BEGIN CERTIFICATE-----\\n…\\n-----END CERTIFICATE-----"',
  ],
  [
    "signIn.ldap.encryption",
    "plain",
    'signIn.ldap.encryption is "plain": expected one of simple_tls, start_tls',
  ],
  [
    "signIn.oidc.issuer",
    "http://id.example.net",
    'signIn.oidc.issuer is "http://id.example.net": expected an address that begins with https://, its host in lower case, such as "https://id.example.net/realms/ours"',
  ],
  [
    "captcha.siteKey",
    "key",
    'captcha.siteKey is "key": expected a UUID in lower case, as hCaptcha shows it, such as "01234567-89ab-cdef-0123-456789abcdef"',
  ],
  [
    "translation",
    {},
    "translation: names no service. Add deepl or libreTranslate below it, or leave it out",
  ],
  [
    "translation.libreTranslate",
    OTHER_TRANSLATION.libreTranslate,
    "translation: Mastodon asks DeepL and never the other where both are set. Keep one",
  ],
  [
    "translation",
    { libreTranslate: { endpoint: "http://t.example.net" } },
    'translation.libreTranslate.endpoint: "http://t.example.net" is not encrypted, and everyone on the way could read it. Take https://, or say where the server stands: network: vpc beside it',
  ],
  [
    "tracing.endpoint",
    "http://otlp.example.net:4318",
    'tracing.endpoint: "http://otlp.example.net:4318" is not encrypted, and everyone on the way could read it. Take https://, or say where the server stands: network: vpc beside it',
  ],
  [
    "metrics.namespace",
    "Monitoring",
    'metrics.namespace is "Monitoring": expected the name of a namespace, such as "monitoring"',
  ],
  [
    "fork.streaming",
    `ghcr.io/glitch-soc/mastodon-streaming:v4.6.4@sha256:${"b".repeat(64)}`,
    'fork.streaming: its tag "v4.6.4" is not of v4.6.5, which mastodon:fork.release says. Make them one release: migrations run by the one, and upgrades are compared by the other',
  ],
  [
    "extraEnvironment.rails.SMTP_SERVER",
    "smtp.example.net",
    "extraEnvironment.rails.SMTP_SERVER: has a key of its own, and would be set twice. Set mastodon:mail.server instead",
  ],
  [
    "extraEnvironment.rails.OIDC_CLIENT_SECRET",
    "s",
    "extraEnvironment.rails.OIDC_CLIENT_SECRET: is a secret, and would stand readable in the stack file. Set it by standard input: pulumi config set --secret mastodon:oidcClientSecret",
  ],
  [
    "extraEnvironment.rails.REDIS_DRIVER",
    "hiredis",
    "extraEnvironment.rails.REDIS_DRIVER: is set by this program: `ruby`, the only one that verifies certificates. Leave it out",
  ],
  [
    "extraEnvironment.streaming.DB_SSLMODE",
    "no-verify",
    "extraEnvironment.streaming.DB_SSLMODE: is set by this program: every connection to the database verifies certificate and host name here. Leave it out",
  ],
  [
    "extraEnvironment.rails.PGOPTIONS",
    "-c statement_timeout=0",
    "extraEnvironment.rails.PGOPTIONS: is set by this program: every connection to the database verifies certificate and host name here. Leave it out",
  ],
  [
    "extraEnvironment.rails.OTP_SECRET",
    "o",
    "extraEnvironment.rails.OTP_SECRET: Mastodon 4.6 does not read it: two-factor secrets are under ACTIVE_RECORD_ENCRYPTION_* since 4.3. Leave it out",
  ],
  [
    "extraEnvironment.rails.LDAP_TLS_NO_VERIFY",
    "true",
    "extraEnvironment.rails.LDAP_TLS_NO_VERIFY: without the check anybody on the way reads members' passwords. Leave it out",
  ],
  [
    "extraEnvironment.rails.LOG_LEVEL",
    "warn",
    "extraEnvironment.rails.LOG_LEVEL: only streaming reads it. Write it below mastodon:extraEnvironment.streaming",
  ],
  [
    "extraEnvironment.rails.OPENAI_API_KEY",
    "k",
    "extraEnvironment.rails.OPENAI_API_KEY: sounds like a secret, and would stand readable in the stack file and in a ConfigMap. There is no way in for secrets that this program does not know",
  ],
  [
    "extraEnvironment.rails.http_proxy",
    "p",
    "extraEnvironment.rails.http_proxy: is no name of a variable: capital letters, digits and _, a letter first",
  ],
  [
    "extraEnvironment.rails.MAX_TOOT_CHARS",
    5_000,
    'extraEnvironment.rails.MAX_TOOT_CHARS is 5000: expected a text of one line; numbers, true and false in quotes, such as "de"',
  ],
];

test.each(FAULTS)("%s: %j is refused in so many words", (path, value, refusal) => {
  expect(refusalOf(withValue(EVERYTHING, path, value))).toBe(
    `The stack's configuration has a fault; nothing was changed:\n  mastodon:${refusal}`,
  );
});

test("a fork of a version that was never rehearsed is refused, and not compared with", () => {
  const { fork } = EVERY_OPTION;
  const later = (image: string): string => image.replace("v4.6.5", "v4.7.0");
  expect(
    refusalOf({
      ...BASE,
      fork: {
        ...fork,
        release: "v4.7.0",
        mastodon: later(fork.mastodon),
        streaming: later(fork.streaming),
      },
    }),
  ).toBe(
    "The stack's configuration has a fault; nothing was changed:\n  mastodon:fork.release: Mastodon 4.7 was never rehearsed here; 4.6 was. Take a fork of that, or rehearse this one and add its line to REHEARSED in config/versions.ts",
  );
});

test("an image of others' without a digest is refused: its tag can be moved", () => {
  expect(
    refusalOf(withValue(EVERYTHING, "fork.mastodon", "ghcr.io/glitch-soc/mastodon:v4.6.5")),
  ).toMatch(
    /mastodon:fork\.mastodon is "ghcr\.io\/glitch-soc\/mastodon:v4\.6\.5": expected an image with registry, tag and digest, such as "ghcr\.io\/glitch-soc\/mastodon:v4\.6\.5@sha256:[0-9a-f]{64}"$/u,
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
    const needed = [...neededSecrets(all), ...neededSecrets(translated)].map(({ key }) => key);
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
