import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fileNotes, readEnvFile } from "../../ops/env/file.ts";
import { reportOf } from "../../ops/env/report.ts";
import { importShop, leftOf, oldServer } from "./env-shop.ts";

const MAIL = {
  SMTP_SERVER: "smtp.example.net",
  SMTP_PORT: "2525",
  SMTP_LOGIN: "l",
  SMTP_PASSWORD: "p",
  SMTP_FROM_ADDRESS: "hello@example.org",
};

describe("one odd line stays behind with its sentence, and everything else is carried", () => {
  test.each<[what: string, settings: Record<string, string>, left: Record<string, RegExp>]>([
    [
      "sizes of a large machine",
      { WEB_CONCURRENCY: "12", MAX_THREADS: "40" },
      {
        WEB_CONCURRENCY: /a size of the old machine; mastodon:profile decides/u,
        MAX_THREADS: /a size of the old machine/u,
      },
    ],
    [
      "sizes of a tiny one",
      { WEB_CONCURRENCY: "0" },
      { WEB_CONCURRENCY: /a size of the old machine/u },
    ],
    [
      "sizes that are derived",
      { DB_POOL: "25", SIDEKIQ_CONCURRENCY: "25", STREAMING_CLUSTER_NUM: "4" },
      {
        DB_POOL: /is decided here/u,
        SIDEKIQ_CONCURRENCY: /says its own/u,
        STREAMING_CLUSTER_NUM: /set streaming\.replicas/u,
      },
    ],
    [
      "a port that is none",
      { ...MAIL, SMTP_PORT: "many" },
      { SMTP_PORT: /mastodon:mail\.port is "many": expected/u },
    ],
    [
      "a service by http",
      { LIBRE_TRANSLATE_ENDPOINT: "http://t.example.net" },
      {
        LIBRE_TRANSLATE_ENDPOINT:
          /mastodon:translation\.libreTranslate\.endpoint: "http.*to "https/u,
      },
    ],
    [
      "a password with an accent",
      { ...MAIL, SMTP_PASSWORD: "pässword1" },
      { SMTP_PASSWORD: /Set it by hand: pulumi config set --secret mastodon:smtpPassword/u },
    ],
    [
      "a command",
      { DEFAULT_LOCALE: "$(cat locale)" },
      { DEFAULT_LOCALE: /runs a command, \$\(…\), and nothing of a file is run here/u },
    ],
    [
      "a host of static files elsewhere",
      { CDN_HOST: "https://d1.cloudfront.net" },
      { CDN_HOST: /mastodon:hosts\.assets.*zone/u },
    ],
    [
      "streaming on the web host",
      { STREAMING_API_BASE_URL: "https://example.org/api/v1/streaming" },
      { STREAMING_API_BASE_URL: /the web host itself; here streaming\.example\.org answers/u },
    ],
    [
      "a port in a host",
      { CDN_HOST: "https://cdn.example.org:8443" },
      { CDN_HOST: /no address with a host alone/u },
    ],
  ])("%s", async (_what, settings, left) => {
    const { run, raw, values } = importShop();
    const imported = await run(oldServer({ ...settings, RAILS_LOG_LEVEL: "warn" }));
    expect(imported.faults).toEqual([]);
    const lines = leftOf(imported);
    for (const [name, says] of Object.entries(left)) expect(lines[name], name).toMatch(says);
    expect(Object.keys(lines).sort()).toEqual([...Object.keys(left), "S3_ENABLED"].sort());
    expect(raw()).toMatchObject({
      domain: "example.org",
      profile: "medium",
      postgres: { origin: { movedIn: true } },
      extraEnvironment: { rails: { RAILS_LOG_LEVEL: "warn" } },
    });
    expect((await values()).activeRecordPrimaryKey).toBeDefined();
  });

  test("a block without what it can't do without stays behind as a whole, its secrets too", async () => {
    const { run, raw, values } = importShop();
    const lines = leftOf(await run(oldServer({ ...MAIL, SMTP_FROM_ADDRESS: "email" })));
    expect(raw()["mail"]).toBeUndefined();
    expect((await values()).smtpPassword).toBeUndefined();
    for (const name of Object.keys(MAIL)) expect(lines[name], name).toMatch(/mastodon:mail\.from/u);
  });

  test("hosts of streaming and static files come along, and capitals in hosts are lowered", async () => {
    const { run, raw } = importShop();
    await run(
      oldServer({
        LOCAL_DOMAIN: "Example.ORG",
        WEB_DOMAIN: "Social.example.org",
        STREAMING_API_BASE_URL: "wss://social-stream.example.org",
        CDN_HOST: "https://Social-CDN.example.org",
        ...MAIL,
        SMTP_AUTH_METHOD: "CRAM_MD5",
        S3_ALIAS_HOST: "Files.example.org",
      }),
    );
    expect(raw()).toMatchObject({
      domain: "example.org",
      webDomain: "social.example.org",
      hosts: { streaming: "social-stream.example.org", assets: "social-cdn.example.org" },
      mail: { authentication: "cram_md5" },
      media: { host: "files.example.org" },
    });
  });

  test("the zone's name has a flag: a subdomain that is a server's whole name can be moved in", async () => {
    const { run, raw } = importShop();
    const text = oldServer({
      LOCAL_DOMAIN: "social.example.org",
      STREAMING_API_BASE_URL: "wss://social-stream.example.org",
      CDN_HOST: "https://social-cdn.example.org",
      S3_ALIAS_HOST: "social-media.example.org",
    });
    const zone = { "cloudflare.zone": "example.org" };
    const { GIVEN } = await import("./env-shop.ts");
    expect((await run(text, { given: { ...GIVEN, ...zone } })).faults).toEqual([]);
    expect(raw()).toMatchObject({
      cloudflare: { zone: "example.org" },
      hosts: { streaming: "social-stream.example.org" },
    });
  });

  test("media on the old machine's disk is said, for other servers ask for it for years", async () => {
    const { notes } = await importShop().run(oldServer({ S3_ENABLED: undefined }));
    expect(notes.join(" ")).toMatch(/public\/system: copy it before the move \(docs\/media\.md\)/u);
    expect((await importShop().run(oldServer({}))).notes).toEqual([]);
  });

  test("flags that are missing are the first line of the answer, and no reason to keep the keys back", async () => {
    const { run, values } = importShop();
    const report = reportOf(await run(oldServer({}), { given: {} }), false);
    expect(report).toMatch(
      /^Missing: --profile, --region, --kubernetes, --account, --zone\. Run this again/u,
    );
    expect((await values()).activeRecordPrimaryKey).toBeDefined();
    const again = await run(oldServer({}));
    expect(again.missing).toEqual([]);
  });

  test("a flag's own value that is wrong is refused, and nothing is written", async () => {
    const { run, text } = importShop();
    const before = text();
    const { GIVEN } = await import("./env-shop.ts");
    await expect(
      run(oldServer({}), { given: { ...GIVEN, "cloudflare.zoneId": "x" } }),
    ).rejects.toThrow(/mastodon:cloudflare\.zoneId is "x"/u);
    expect(text()).toBe(before);
  });

  test("a file without LOCAL_DOMAIN is refused in one sentence", async () => {
    await expect(importShop().run(oldServer({ LOCAL_DOMAIN: undefined }))).rejects.toThrow(
      "Nothing was written:\n  LOCAL_DOMAIN is not in the file. It is the one line that an import can't do without.",
    );
  });

  test("the shipped file's own values are nobody's, and are overwritten; an operator's are not", async () => {
    const shipped = `config:\n  mastodon:profile: medium\n  mastodon:domain: example.social\n  mastodon:webDomain: example.social\n  mastodon:cloudflare:\n    accountId: "${"0".repeat(32)}"\n    zoneId: "${"1".repeat(32)}"\nencryptionsalt: v1:salt\n`;
    const { GIVEN } = await import("./env-shop.ts");
    const { run, raw } = importShop(shipped);
    await run(oldServer({}), { given: { ...GIVEN, profile: "small" } });
    expect(raw()).toMatchObject({ domain: "example.org", profile: "small" });
    const own = importShop(shipped.replace("0".repeat(32), "c3".repeat(16)));
    await expect(own.run(oldServer({}), { given: { ...GIVEN, profile: "small" } })).rejects.toThrow(
      /mastodon:profile is "medium" in the stack file and would become "small"\. If that is meant, add --replace\./u,
    );
  });
});

describe("a file that an operator names", () => {
  test("is named where it is not there, and where others may read it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mastodon-env-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "old.env");
    await expect(readEnvFile(file)).rejects.toThrow(
      `There is no file ${file}; nothing was written.`,
    );
    await expect(readEnvFile(folder)).rejects.toThrow("is a folder. Name the file.");
    writeFileSync(file, "A=1\n");
    chmodSync(file, 0o644);
    expect(await fileNotes(file)).toEqual([expect.stringContaining(`chmod 600 ${file}`)]);
    chmodSync(file, 0o600);
    expect(await fileNotes(file)).toEqual([]);
    expect(await readEnvFile(file)).toBe("A=1\n");
  });
});
