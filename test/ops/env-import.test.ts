import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { secretFaults } from "../../input/secret-faults.ts";
import { SECRETS, type SecretKey } from "../../config/secret-keys/all.ts";
import { carryOver } from "../../ops/env/carry.ts";
import { importEnv, type ImportOptions } from "../../ops/env/import.ts";
import { readSettings } from "../../ops/env/read.ts";
import { reportOf } from "../../ops/env/report.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { isMastodons } from "../../config/secret-keys/row.ts";
import { OPTION_SECRETS } from "../../config/secret-keys/options.ts";
import { fateOf, KNOWN_NAMES } from "../../domain/variables/all.ts";
import { nodeAt, nodeOf } from "../../config/describe.ts";
import { SECRET_BLOCKS } from "../../ops/env/blocks.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { initSecrets } from "../../ops/secrets/init.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { environmentOf, podsOf } from "../stack/views.ts";
import { project } from "./fake-pulumi.ts";

const GIVEN = {
  profile: "medium",
  region: "nyc3",
  "cluster.version": "1.35.1-do.6",
  "cloudflare.accountId": "0".repeat(32),
  "cloudflare.zoneId": "1".repeat(32),
};
const PASSWORD = "a-password-of-the-old-server";
const made = makeSecrets();

/** A sample in which secrets replace the placeholders. */
function sample(name: string): string {
  const text = readFileSync(new URL(`samples/${name}.env`, import.meta.url), "utf8");
  return text.replaceAll(/\{\{(\w+)\}\}/gu, (_mark, key: string) =>
    key === "password" ? PASSWORD : (made[key as SecretKey] ?? ""),
  );
}

/** A new stack of `pulumi stack init`, and the import into it. */
function shop(stackFile = "# ours\nconfig: {}\nencryptionsalt: v1:salt\n") {
  const at = project(stackFile);
  const store = new SecretStore(at.cwd, "prod", at.pulumi.run, at.temporary);
  const run = (text: string, options: Partial<ImportOptions> = {}) =>
    importEnv(store, { text, given: GIVEN, replace: false, dryRun: false, ...options });
  const raw = (): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries((parse(at.text()) as { config: Record<string, unknown> }).config)
        .map(([key, value]) => [key.slice("mastodon:".length), value] as const)
        .filter(([key]) => !SECRETS.some((row) => row.key === key)),
    );
  return { ...at, store, run, raw };
}

describe.each(["documented", "vmst"])("the sample %s", (name) => {
  const settings = readSettings(sample(name));
  // Mastodon's own sample has no keys: a server before 4.3.
  const keysAreNew = name === "documented";

  test("becomes a stack that plans, once what it had not is made", async () => {
    const { run, raw, store } = shop();
    await run(sample(name), { keysAreNew });
    await initSecrets(store);
    const held = await store.held();
    expect(secretFaults(held)).toEqual([]);
    const plan = await planStack(raw());
    const web = podsOf(plan).find((pod) => pod.name === "web");
    const environment = environmentOf(
      plan,
      web!.containers.find((one) => one.name === "puma")!,
    );
    const domain = name === "vmst" ? "example.social" : "example.com";
    expect(environment.get("LOCAL_DOMAIN")).toBe(domain);
    expect(environment.get("WEB_CONCURRENCY")).toBe("2");
    expect(environment.get("MAX_THREADS")).toBe("8");
    expect(environment.get("STREAMING_API_BASE_URL")).toBe(`wss://streaming.${domain}`);
  });

  test("accounts for every setting exactly once, with its line", async () => {
    const { rows } = await shop().run(sample(name), { keysAreNew });
    expect(rows.map((row) => row.name)).toEqual(settings.map((setting) => setting.name));
    const lines = sample(name).split("\n");
    for (const { line, name: variable } of rows)
      expect(lines[line - 1]).toMatch(new RegExp(`^${variable}=`, "u"));
    for (const { carried, says, name: variable } of rows) {
      expect(says.length, variable).toBeGreaterThan(5);
      expect(carried).toBe(says.startsWith("mastodon:"));
    }
  });

  test("leaves no secret in the report, in an argument or in the clear in the stack file", async () => {
    const { run, text, pulumi } = shop();
    const report = reportOf(await run(sample(name), { keysAreNew }), false);
    const seen = [report, text(), JSON.stringify(pulumi.calls.map(({ args }) => args))].join("\n");
    for (const value of [PASSWORD, ...Object.values(made)])
      for (const form of [
        value,
        Buffer.from(value).toString("base64"),
        Buffer.from(value).toString("hex"),
      ])
        expect(seen).not.toContain(form);
  });
});

describe("an import", () => {
  test("carries the old server's own keys over, to the letter: other ones can't read its data", async () => {
    const { run, store } = shop();
    await run(sample("vmst"));
    const { values } = await store.held();
    const { tunnelSecret, ...theirs } = made;
    expect(tunnelSecret).toBeDefined();
    expect(values).toEqual({
      ...theirs,
      smtpLogin: "apikey",
      smtpPassword: PASSWORD,
      deeplApiKey: PASSWORD,
    });
  });

  test("done twice changes nothing the second time", async () => {
    const { run, text } = shop();
    await run(sample("vmst"));
    const once = text();
    const again = await run(sample("vmst"));
    expect(text()).toBe(once);
    expect([again.config, again.secrets]).toEqual([{}, []]);
  });

  test("that is a dry run writes nothing, and says the same", async () => {
    const { run, text } = shop();
    const before = text();
    const dry = await run(sample("vmst"), { dryRun: true });
    expect(text()).toBe(before);
    expect(reportOf(dry, true)).toContain(
      "Would be written to the stack file: 18 values and 9 secrets",
    );
  });

  test("keeps what the operator wrote, and refuses to change it without being told", async () => {
    const { run, text } = shop(
      "# ours\nconfig:\n  mastodon:domain: other.social # never changes\nencryptionsalt: v1:salt\n",
    );
    const before = text();
    await expect(run(sample("vmst"))).rejects.toThrow(
      'Nothing was written:\n  mastodon:domain is "other.social" in the stack file and would become "example.social". If that is meant, add --replace.',
    );
    expect(text()).toBe(before);
    await run(sample("vmst"), { replace: true });
    expect(text()).toMatch(/^# ours\nconfig:\n {2}mastodon:domain: example\.social/u);
  });

  test("never overwrites a secret, whatever it is told", async () => {
    const { run, store, text } = shop();
    await run(sample("documented"), { keysAreNew: true });
    await initSecrets(store);
    const before = text();
    await expect(run(sample("vmst"), { replace: true })).rejects.toThrow(
      /mastodon:activeRecordPrimaryKey is set already, to another value, and secrets are never overwritten\./u,
    );
    expect(text()).toBe(before);
  });

  test("writes nothing at all where the server's own name is wrong: there is no server without it", async () => {
    const { run, text } = shop();
    const before = text();
    const wrong = sample("vmst").replace("=example.social", "=https://example.social");
    await expect(run(wrong)).rejects.toThrow(
      /^Nothing was written:\n {2}mastodon:domain is "https:\/\/example\.social": expected a host name/u,
    );
    expect(text()).toBe(before);
  });
});

describe("what an old server uses besides", () => {
  const carried = (text: string) => carryOver(readSettings(`${text}\nS3_ENABLED=true`));

  test("comes over as the blocks of the configuration, each value of its kind", () => {
    const { config, secrets, rows } = carried(
      [
        "SMTP_SERVER=smtp.example.net\nSMTP_PORT=465\nSMTP_SSL=true\nSMTP_FROM_ADDRESS=a@example.net",
        "ES_ENABLED=true\nES_HOST=os.search.svc.cluster.local\nES_PORT=9200\nES_USER=m\nES_PASS=p",
        "OIDC_ENABLED=true\nOIDC_DISCOVERY=true\nOIDC_SCOPE=openid,profile\nOIDC_CLIENT_SECRET=s",
        "OIDC_TOKEN_ENDPOINT=https://id.example.net/token\nSAML_ENABLED=false\nSAML_ISSUER=x",
        "LIBRE_TRANSLATE_ENDPOINT=https://t.example.net\nLIBRE_TRANSLATE_API_KEY=k",
        "AUTHORIZED_FETCH=true\nALTERNATE_DOMAINS=a.example, b.example\nLOG_LEVEL=warn",
      ].join("\n"),
    );
    expect(config).toEqual({
      "mail.server": "smtp.example.net",
      "mail.port": 465,
      "mail.encryption": "tls",
      "mail.from": "a@example.net",
      "mail.authentication": "none",
      "search.host": "os.search.svc.cluster.local",
      "search.plaintext": true,
      "search.port": 9_200,
      "search.user": "m",
      "signIn.oidc.scopes": ["openid", "profile"],
      "translation.libreTranslate.endpoint": "https://t.example.net",
      "translation.libreTranslate.apiKey": true,
      "federation.authorizedFetch": true,
      "federation.alternateDomains": ["a.example", "b.example"],
      "extraEnvironment.streaming.LOG_LEVEL": "warn",
    });
    expect(secrets).toEqual({
      searchPassword: "p",
      oidcClientSecret: "s",
      libreTranslateApiKey: "k",
    });
    expect(rows.filter((row) => !row.carried).map(({ name, says }) => [name, says])).toEqual([
      ["ES_ENABLED", "is decided here: on where `search` is set"],
      ["OIDC_ENABLED", "is decided here: on where `signIn.oidc` is set"],
      ["OIDC_DISCOVERY", "is decided here: on unless `signIn.oidc.endpoints` is set"],
      ["OIDC_TOKEN_ENDPOINT", "stays behind: OIDC_DISCOVERY asks for it"],
      ["SAML_ENABLED", "is decided here: on where `signIn.saml` is set"],
      ["SAML_ISSUER", "stays behind: it was off on the old server (SAML_ENABLED)"],
      ["S3_ENABLED", expect.any(String)],
    ]);
  });

  test.each([
    ["SMTP_PORT=587\nSMTP_PASSWORD=p", "SMTP_PORT", "without SMTP_SERVER there is no mail"],
    [
      "SMTP_SERVER=localhost\nSMTP_PORT=25",
      "SMTP_SERVER",
      "SMTP_SERVER names the old machine or a place beside it, which no pod can reach",
    ],
    [
      "ES_ENABLED=true\nES_HOST=10.0.0.5\nES_PASS=p",
      "ES_PASS",
      "ES_HOST names the old machine or a place beside it, which no pod can reach",
    ],
    ["ES_HOST=s.example.net", "ES_HOST", "it was off on the old server (ES_ENABLED)"],
    [
      "OTEL_SERVICE_NAME_PREFIX=m",
      "OTEL_SERVICE_NAME_PREFIX",
      "without OTEL_EXPORTER_OTLP_ENDPOINT it says nothing",
    ],
    ["OMNIAUTH_ONLY=true", "OMNIAUTH_ONLY", "no other service signs anybody in"],
    [
      "SOURCE_BASE_URL=https://git.example",
      "SOURCE_BASE_URL",
      "`fork` has to say first which images run",
    ],
  ])("%j: half a block comes over not at all, with the reason", (text, variable, why) => {
    const { config, secrets, rows } = carried(text);
    expect([config, secrets]).toEqual([{}, {}]);
    expect(rows.find(({ name }) => name === variable)?.says).toBe(`stays behind: ${why}`);
  });

  test("every key that a variable goes to is one of the schema, and every secret of a block is known as one", () => {
    const schema = nodeOf(StackConfigSchema);
    for (const name of KNOWN_NAMES) {
      const fate = fateOf(name);
      if (fate?.kind === "config") expect(nodeAt(schema, fate.key.split(".")), name).toBeDefined();
    }
    const carried = OPTION_SECRETS.filter(isMastodons).map(({ key }) => key);
    expect(Object.keys(SECRET_BLOCKS).sort()).toEqual(carried.sort());
  });
});

describe("a file as operators write it", () => {
  test("is read as the old server reads it: export, quotes, Windows' line ends, several lines, the last of two", () => {
    const text =
      'export LOCAL_DOMAIN="a.example" # here\r\nWEB_DOMAIN=\'b.example\'\r\nPEM="-----\nLOCAL=1\n-----"\nMAX_THREADS=5\nMAX_THREADS=8\n';
    expect(readSettings(text)).toEqual([
      { name: "LOCAL_DOMAIN", value: "a.example", line: 1 },
      { name: "WEB_DOMAIN", value: "b.example", line: 2 },
      { name: "PEM", value: "-----\nLOCAL=1\n-----", line: 3 },
      { name: "MAX_THREADS", value: "8", line: 7 },
    ]);
  });

  test("names what was probably meant by a variable that Mastodon never read, and never its value", () => {
    const { rows } = carryOver([{ name: "STREMING_CLUSTER_NUM", value: PASSWORD, line: 1 }]);
    expect(rows).toEqual([
      {
        line: 1,
        name: "STREMING_CLUSTER_NUM",
        carried: false,
        says: "Mastodon reads no such variable; did you mean STREAMING_CLUSTER_NUM?",
      },
    ]);
  });

  test("every secret that Mastodon reads from its environment has a way in", () => {
    for (const { env, key } of SECRETS.filter(isMastodons))
      if (env !== undefined) expect(fateOf(env)).toEqual({ kind: "secret", key });
  });
});
