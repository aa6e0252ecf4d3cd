import { describe, expect, test } from "vitest";
import { importShop, KEYS, leftOf, oldServer } from "./env-shop.ts";

const NO_ACTIVE_RECORD = Object.fromEntries(
  Object.keys(KEYS)
    .filter((name) => name.startsWith("ACTIVE_RECORD_"))
    .map((name) => [name, undefined]),
);

/** Settings that all samples share: the old machine's own database and Redis. */
const MACHINE = {
  REDIS_HOST: "localhost",
  REDIS_PORT: "6379",
  DB_HOST: "/var/run/postgresql",
  DB_USER: "mastodon",
  DB_NAME: "mastodon_production",
  DB_PORT: "5432",
};

/**
 * Patterns of public `.env.production` files, with every value replaced. Each test's name describes
 * its pattern. Earlier, four of nine were refused as a whole.
 */
describe("public settings files of other servers", () => {
  test.each<{
    readonly source: string;
    readonly settings: Record<string, string | undefined>;
    readonly carried: readonly string[];
    readonly left: Record<string, RegExp>;
    readonly keysAreNew?: true;
  }>([
    {
      source:
        "lastguru1/toot.lv: a server of before 4.3 with search on the machine and mail by 587",
      keysAreNew: true,
      settings: {
        ...NO_ACTIVE_RECORD,
        ...MACHINE,
        STREAMING_API_BASE_URL: "wss://streaming.example.org",
        ES_ENABLED: "true",
        ES_HOST: "localhost",
        SMTP_SERVER: "smtp.example.net",
        SMTP_PORT: "587",
        SMTP_LOGIN: "login",
        SMTP_PASSWORD: "secret",
        SMTP_FROM_ADDRESS: "notifications@example.org",
        S3_ALIAS_HOST: "files.example.org",
      },
      carried: ["SMTP_SERVER", "SMTP_PORT", "SMTP_PASSWORD", "S3_ALIAS_HOST", "SECRET_KEY_BASE"],
      left: {
        STREAMING_API_BASE_URL: /says what is so here without it/u,
        ES_HOST: /names the old machine/u,
        DB_HOST: /is decided here/u,
      },
    },
    {
      source: "jimchen2/cloud-setup: a subdomain is the whole name",
      settings: {
        ...MACHINE,
        LOCAL_DOMAIN: "mastodon.example.org",
        SINGLE_USER_MODE: "true",
        WEB_DOMAIN: undefined,
      },
      carried: ["LOCAL_DOMAIN", "SINGLE_USER_MODE", "VAPID_PRIVATE_KEY"],
      left: { REDIS_HOST: /REDIS_URL says it/u },
    },
    {
      source: "AiursoftWeb/Box (Pixel/minimal): media on the disk",
      settings: { ...MACHINE, LOCAL_DOMAIN: "social.example.org", S3_ENABLED: undefined },
      carried: ["LOCAL_DOMAIN", "SECRET_KEY_BASE"],
      left: { DB_NAME: /is decided here/u },
    },
    {
      source: "a blog with comments behind its values",
      settings: {
        "# a comment\nDEFAULT_LOCALE": "en # the language",
        SINGLE_USER_MODE: "false # many",
        RAILS_LOG_LEVEL: "warn  # less",
      },
      carried: ["DEFAULT_LOCALE", "SINGLE_USER_MODE", "RAILS_LOG_LEVEL"],
      left: {},
    },
    {
      source: "osresearch/hackerspace-zone: a SECRET_KEY_BASE of ten characters",
      settings: { ...MACHINE, SECRET_KEY_BASE: "abcdef1234" },
      carried: ["LOCAL_DOMAIN", "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY"],
      left: { SECRET_KEY_BASE: /everyone signs in again/u },
    },
    {
      source: "fredix/swarm: a sender that is no address, streaming on the web host",
      settings: {
        STREAMING_API_BASE_URL: "https://example.org/api/v1/streaming",
        SMTP_SERVER: "smtp.example.net",
        SMTP_PORT: "2525",
        SMTP_LOGIN: "login",
        SMTP_PASSWORD: "secret",
        SMTP_FROM_ADDRESS: "email",
      },
      carried: ["LOCAL_DOMAIN", "SECRET_KEY_BASE"],
      left: {
        STREAMING_API_BASE_URL: /the web host itself/u,
        SMTP_FROM_ADDRESS: /mastodon:mail\.from is "email": expected an address/u,
        SMTP_SERVER: /mail\.from/u,
      },
    },
    {
      source: "vmst.io's page: the sizes of a large machine",
      settings: {
        WEB_CONCURRENCY: "4",
        MAX_THREADS: "16",
        DB_POOL: "25",
        DB_SSLMODE: "verify-full",
      },
      carried: ["LOCAL_DOMAIN", "SECRET_KEY_BASE"],
      left: {
        WEB_CONCURRENCY: /a size of the old machine/u,
        MAX_THREADS: /a size of the old machine/u,
      },
    },
    {
      source: "mastodon:setup's own quotes, and a walkthrough's password with a $ in it",
      settings: {
        SMTP_SERVER: "smtp.example.net",
        SMTP_PORT: "2525",
        SMTP_LOGIN: "login",
        SMTP_PASSWORD: '"it\\\'s\\$5"',
        SMTP_FROM_ADDRESS: '"O\\\'Brien <n@${LOCAL_DOMAIN}>"',
      },
      carried: ["SMTP_PASSWORD", "SMTP_FROM_ADDRESS"],
      left: {},
    },
  ])("$source", async ({ settings, carried, left, keysAreNew }) => {
    const { run, values, raw } = importShop();
    const imported = await run(oldServer(settings), { keysAreNew: keysAreNew === true });
    const rows = imported.rows.filter((row) => row.carried).map(({ name }) => name);
    for (const name of carried) expect(rows, name).toContain(name);
    const lines = leftOf(imported);
    for (const [name, says] of Object.entries(left)) expect(lines[name], name).toMatch(says);
    for (const { says } of imported.rows) expect(says.length).toBeGreaterThan(5);
    if (settings["SMTP_PASSWORD"]?.includes("it") === true) {
      expect((await values()).smtpPassword).toBe("it's$5");
      expect(raw()["mail"]).toMatchObject({ from: "O'Brien <n@example.org>" });
    }
  });

  test("LER0ever/Swarm-Setup: placeholders in the place of keys; each is named once, and nothing is printed", async () => {
    const word = "replace_me";
    const imported = importShop().run(
      oldServer({ SECRET_KEY_BASE: word, VAPID_PRIVATE_KEY: word, VAPID_PUBLIC_KEY: word }),
    );
    const lines = leftOf(await imported);
    for (const name of ["SECRET_KEY_BASE", "VAPID_PRIVATE_KEY", "VAPID_PUBLIC_KEY"]) {
      expect(lines[name]).toMatch(/`npm run secrets -- init` makes a new one/u);
      expect(lines[name]).not.toContain(word);
    }
  });

  test("kaz/lan: a server of 4.6 whose keys are elsewhere is refused, whatever else is right", async () => {
    await expect(importShop().run(oldServer({ ...MACHINE, ...NO_ACTIVE_RECORD }))).rejects.toThrow(
      /ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY, .* are not in the file\./u,
    );
  });
});

describe("what was right before stays right", () => {
  test.each<[name: string, value: string, read: boolean]>([
    ["AUTHORIZED_FETCH", "True", false],
    ["LIMITED_FEDERATION_MODE", "1", false],
    ["AUTHORIZED_FETCH", "true", true],
  ])("%s=%s is read as Mastodon reads it", async (name, value, read) => {
    const { run, raw } = importShop();
    await run(oldServer({ [name]: value }));
    const key = name === "AUTHORIZED_FETCH" ? "authorizedFetch" : "limited";
    expect(raw()["federation"]).toEqual({ [key]: read });
  });

  test.each(["p@ss:w/rd%40#x", "quote'\"s", "with $ signs$1", "a-b_c.d~e"])(
    "the password %j, in the quotes that it needs, is stored byte for byte",
    async (password) => {
      const { run, values } = importShop();
      const quoted = password.includes("'")
        ? `"${password.replaceAll(/[\\"$]/gu, (one) => `\\${one}`)}"`
        : `'${password}'`;
      await run(
        oldServer({
          SMTP_SERVER: "smtp.example.net",
          SMTP_LOGIN: "l",
          SMTP_PASSWORD: quoted,
          SMTP_FROM_ADDRESS: "a@example.org",
        }),
      );
      expect((await values()).smtpPassword).toBe(password);
    },
  );

  test("mail without a login signs in nowhere", async () => {
    const { run, raw } = importShop();
    await run(oldServer({ SMTP_SERVER: "smtp.example.net", SMTP_FROM_ADDRESS: "a@example.org" }));
    expect(raw()["mail"]).toMatchObject({ authentication: "none" });
  });
});
