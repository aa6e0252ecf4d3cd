import { describe, expect, it, test } from "vitest";
import { fateOf, KNOWN_NAMES, ownerWords } from "../../domain/variables/all.ts";
import { RUNTIME_VARIABLES } from "../../facts/runtimes.ts";
import { carryOver } from "../../ops/env/carry.ts";
import { readSettings } from "../../ops/env/read.ts";
import { BASE, refusalOf, withValue } from "../config/base.ts";

/** Variables of Mastodon or a runtime that no operator may set, each with a word of its reason. */
const REFUSED = {
  rails: {
    SECRET_KEY_BASE_DUMMY: /nobody ever reads again/u,
    PROXY_PROTO_V1: /fail every request and probe/u,
    MASTODON_SIDEKIQ_READY_FILENAME: /would never find another/u,
    BUNDLE_GEMFILE: /Rails would not start/u,
    SELF_DESTRUCT: /deletes all its accounts/u,
    FFMPEG_BINARY: /own ffmpeg/u,
    FFPROBE_BINARY: /own ffprobe/u,
    RUBYOPT: /loads code/u,
    RUBYLIB: /come before the image's/u,
    GEM_HOME: /Gemfile\.lock/u,
    PGOPTIONS: /the pooler refuses/u,
    PGSSLMODE: /verify-full/u,
    PGHERO_STATS_DATABASE_URL: /PgHero keeps no history here/u,
    SSL_CERT_FILE: /public one or Postgres'/u,
    OPENSSL_CONF: /ciphers that are broken/u,
    LD_PRELOAD: /in every program of it/u,
    LD_LIBRARY_PATH: /in every program of it/u,
    LOCALDOMAIN: /the domain is mastodon:domain/u,
    BASH_ENV: /runs the file/u,
    http_proxy: /NetworkPolicies know no proxy/u,
    S3_KEY_PREFIX: /to the root/u,
    S3_READ_TIMEOUT: /is set by this program: 60 seconds/u,
    S3_OPEN_TIMEOUT: /is set by this program: 10 seconds/u,
  },
  streaming: {
    NODE_TLS_REJECT_UNAUTHORIZED: /hands its passwords over/u,
    NODE_OPTIONS: /switch checks off/u,
    NODE_PATH: /come before the image's/u,
    NODE_DEBUG: /tokens and passwords into the log/u,
    DATABASE_URL: /would forget DB_SSLMODE/u,
  },
} as const;

const refusals = (["rails", "streaming"] as const).flatMap((process) =>
  Object.entries(REFUSED[process]).map(([name, says]) => [process, name, says] as const),
);

test.each(refusals)("extraEnvironment.%s.%s is refused, and says why", (process, name, says) => {
  const key = `extraEnvironment.${process}.${name}`;
  const refusal = refusalOf(withValue(BASE, key, "1"));
  expect(refusal).toContain(`\n  mastodon:${key}: `);
  expect(refusal).toMatch(says);
  expect(refusal).toMatch(/Remove it$/u);
});

/** Harmless variables that an operator may set. */
const LET_THROUGH = [
  ...["S3_MULTIPART_THRESHOLD", "S3_STORAGE_CLASS", "S3_ENABLE_CHECKSUM_MODE"],
  ...["S3_FORCE_SINGLE_REQUEST", "S3_BATCH_DELETE_LIMIT", "S3_BATCH_DELETE_RETRY"],
  ...["AWS_REQUEST_CHECKSUM_CALCULATION", "SSO_ACCOUNT_SIGN_UP", "DISABLE_EMAIL_SUBSCRIPTIONS"],
  ...["UPDATE_CHECK_URL", "EXPERIMENTAL_FEATURES", "SOURCE_TAG", "DONATION_CAMPAIGNS_URL"],
  ...["EMAIL_DOMAIN_DENYLIST", "EMAIL_DOMAIN_BLACKLIST", "MIGRATION_IGNORE_INVALID_OTP_SECRET"],
];
const known = KNOWN_NAMES.flatMap((name) => {
  const fate = fateOf(name);
  return fate?.kind === "extra" ? [[name, fate.process] as const] : [];
});

test("what the table lets through is accepted, each name of it, whatever it sounds like", () => {
  expect(known.map(([name]) => name)).toEqual(expect.arrayContaining(LET_THROUGH));
  for (const [name, process] of known)
    for (const value of ["", "1"])
      expect(refusalOf(withValue(BASE, `extraEnvironment.${process}.${name}`, value)), name).toBe(
        "accepted",
      );
});

test("an empty UPDATE_CHECK_URL comes over: it switches the look for updates off", () => {
  const { config } = carryOver(readSettings("UPDATE_CHECK_URL=\nRAILS_LOG_LEVEL=\n"));
  expect(config).toMatchObject({ "extraEnvironment.rails.UPDATE_CHECK_URL": "" });
  expect(config).not.toHaveProperty(["extraEnvironment.rails.RAILS_LOG_LEVEL"]);
});

describe("no runtime's name gets through", () => {
  // The three exceptions are sizes and workarounds. They switch no check off.
  const harmless = [
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "UV_THREADPOOL_SIZE",
  ];

  it.each(Object.entries(RUNTIME_VARIABLES))("of %s", (_runtime, names) => {
    const free = (names.match(/\w+/gu) ?? []).filter((name) =>
      (["rails", "streaming"] as const).some((process) => ownerWords(name, process) === undefined),
    );
    expect(free.filter((name) => !harmless.includes(name))).toEqual([]);
  });
});
