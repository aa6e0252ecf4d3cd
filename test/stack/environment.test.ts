import { expect, test } from "vitest";
import { parseConfig } from "../../input/parse.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { reveal } from "../../plan/values.ts";
import {
  CONNECTOR_NAMES,
  GRANTS_NAMES,
  PREFLIGHT_NAMES,
  RAILS_NAMES,
  REMOVED_NAMES,
  STREAMING_NAMES,
} from "./environment-names.ts";
import { verifyFull, verifyFullEverywhere } from "../../policy/rules/verify-full.ts";
import { faultsOf } from "../policy/resources.ts";
import { environmentOf, podsOf } from "./views.ts";

const plan = await planStack();

/**
 * Environments of the containers that run Mastodon's programs or use its database; those that only
 * copy have none.
 */
const environments = podsOf(plan).flatMap(({ name, kind, containers }) =>
  containers
    .map((container) => ({
      name,
      kind,
      image: container.image,
      values: environmentOf(plan, container),
    }))
    .filter(({ values }) => values.size > 0),
);
const rails = environments.filter(({ image }) => image.includes("/mastodon/mastodon:"));

function expectedNames(name: string): readonly string[] {
  const tables: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
    streaming: STREAMING_NAMES,
    connector: CONNECTOR_NAMES,
    "database-grants": GRANTS_NAMES,
    "streaming-grants": GRANTS_NAMES,
    preflight: PREFLIGHT_NAMES,
  };
  return Object.values(tables[name] ?? RAILS_NAMES).flat();
}

test("no container is given a name that its program doesn't read: such a setting does nothing", () => {
  const unread = environments.flatMap(({ name, values }) =>
    [...values.keys()]
      .filter((key) => !expectedNames(name).includes(key))
      .map((key) => `${name}: ${key}`),
  );
  expect(environments.map(({ name }) => name).sort()).toEqual([
    "connector",
    "database-grants",
    "migrate-post-deployment",
    "migrate-pre-deployment",
    "preflight",
    "sidekiq-default",
    "sidekiq-federation",
    "sidekiq-scheduler",
    "streaming",
    "streaming-grants",
    "upkeep-profiles",
    "web",
  ]);
  expect(unread).toEqual([]);
});

test.each(Object.entries(REMOVED_NAMES))("%s is nowhere: %s", (removed) => {
  expect(environments.filter(({ values }) => values.has(removed)).map(({ name }) => name)).toEqual(
    [],
  );
});

test("DB_POOL is each process's own: one for all gives web 25 connections for 5 threads, and no sum knows it", () => {
  const { streaming, sidekiq } = parseConfig(readStackFile());
  const counted = new Map([
    ["streaming", streaming.connections],
    ...sidekiq.map(({ name, concurrency }) => [`sidekiq-${name}`, concurrency] as const),
  ]);
  const set = environments.filter(({ values }) => values.has("DB_POOL"));
  expect(set.map(({ name }) => name)).toContain("streaming");
  for (const { name, values } of set)
    expect(values.get("DB_POOL"), name).toBe(String(counted.get(name)));
});

test.each(rails.map((environment) => [environment.name, environment.values] as const))(
  "%s reaches Redis and Postgres over TLS that is checked",
  (_name, values) => {
    expect(values.get("REDIS_DRIVER")).toBe("ruby");
    expect(reveal(values.get("REDIS_URL"))).toMatch(/^rediss:\/\/.+@private-/u);
    expect(values.get("DB_SSLMODE")).toBe("verify-full");
    expect(values.get("DB_HOST")).toBe("private-postgres-cluster.db.example");
    expect(values.get("PGSSLROOTCERT")).toBe("/etc/mastodon/ca/do-internal.crt");
  },
);

test("streaming checks the database's certificate with Node's own variable, since it knows nothing of libpq's", () => {
  const values = environments.find(({ name }) => name === "streaming")?.values;
  expect(values?.get("DB_SSLMODE")).toBe("verify-full");
  expect(values?.get("NODE_EXTRA_CA_CERTS")).toBe("/etc/mastodon/ca/do-internal.crt");
  expect(values?.get("DB_USER")).toBe("mastodon_streaming");
});

test("whoever checks the CA has its file, under the name by which it is asked for", () => {
  type Mounts = { volumeMounts?: { name: string; mountPath: string }[] };
  for (const { name, spec, containers } of podsOf(plan)) {
    const asking = containers.filter((container) =>
      [...environmentOf(plan, container).values()].includes("/etc/mastodon/ca/do-internal.crt"),
    );
    for (const container of asking) {
      const mount = ((container as Mounts).volumeMounts ?? []).find(
        ({ mountPath }) => mountPath === "/etc/mastodon/ca",
      );
      expect(spec["volumes"], name).toContainEqual({
        name: mount?.name,
        secret: { secretName: "environment-ca-secret-0a1b2c3d" },
      });
    }
  }
  const ca = plan.resources.find(({ name }) => name === "environment-ca-secret")?.inputs[
    "stringData"
  ];
  expect(Object.keys(reveal(ca) as object)).toEqual(["do-internal.crt"]);
});

test.each(["web", "sidekiq-default", "sidekiq-federation", "sidekiq-scheduler"])(
  "%s uses the pool, without prepared statements, which the next transaction's connection wouldn't know",
  (name) => {
    const values = environments.find((environment) => environment.name === name)?.values;
    expect(values?.get("DB_PORT")).toBe("25061");
    expect(values?.get("DB_NAME")).toBe("mastodon-pool");
    expect(values?.get("PREPARED_STATEMENTS")).toBe("false");
  },
);

test.each(["migrate-pre-deployment", "migrate-post-deployment", "upkeep-profiles"])(
  "%s uses the direct port: advisory locks are lost in a transaction pool, and members wait for what hours of upkeep hold of it",
  (name) => {
    const values = environments.find((environment) => environment.name === name)?.values;
    expect(values?.get("DB_PORT")).toBe("25060");
    expect(values?.get("DB_NAME")).toBe("mastodon");
  },
);

test.each(["database-grants", "streaming-grants"])(
  "%s are made on the direct port, with the server's certificate checked",
  (grants) => {
    const values = environments.find(({ name }) => name === grants)?.values;
    expect(values?.get("PGPORT")).toBe("25060");
    expect(values?.get("PGSSLMODE")).toBe("verify-full");
    expect(values?.get("PGSSLROOTCERT")).toBe("/etc/mastodon/ca/do-internal.crt");
  },
);

test("no-verify is nowhere: libpq refuses it, and Node takes any certificate for it", () => {
  expect(faultsOf(plan, { resource: [verifyFull], stack: [verifyFullEverywhere] })).toEqual([]);
});

test("WEB_DOMAIN is set as soon as it differs from LOCAL_DOMAIN", async () => {
  const { readStackFile } = await import("../../plan/stack-file.ts");
  const raw = readStackFile() as { readonly cloudflare: object };
  const split = await planStack({
    ...raw,
    webDomain: "social.example.org",
    cloudflare: {
      ...raw.cloudflare,
      zone: "example.org",
      apex: "elsewhere",
      advancedCertificate: true,
    },
  });
  const web = podsOf(split).find(({ name }) => name === "web");
  const values = environmentOf(
    split,
    web!.containers.find((one) => one.name === "puma")!,
  );
  expect(values.get("LOCAL_DOMAIN")).toBe("example.social");
  expect(values.get("WEB_DOMAIN")).toBe("social.example.org");
  expect(values.get("STREAMING_API_BASE_URL")).toBe("wss://streaming.social.example.org");
  expect(values.get("CDN_HOST")).toBe("https://assets.social.example.org");
});

test("each process has the database connections that its threads need and the budget counts: one name for all would size streaming's pool like Sidekiq's", () => {
  const pools = environments
    .filter(({ values }) => values.has("DB_POOL"))
    .map(({ name, values }) => [name, values.get("DB_POOL")]);
  expect(Object.fromEntries(pools)).toEqual({
    "sidekiq-default": "20",
    "sidekiq-federation": "25",
    "sidekiq-scheduler": "5",
    streaming: "10",
  });
  // Puma's variable is MAX_THREADS, for each worker.
  const web = environments.find(({ name }) => name === "web");
  expect(web?.values.get("MAX_THREADS")).toBe("8");
});

test("pods and nodes are trusted proxies: else each request that came by the tunnel is answered with 500", () => {
  for (const { name, values } of environments.filter(({ values }) =>
    values.has("TRUSTED_PROXY_IP"),
  ))
    expect(String(values.get("TRUSTED_PROXY_IP")).split(","), name).toEqual([
      "127.0.0.0/8",
      "10.244.0.0/16",
      "10.10.0.0/20",
    ]);
  expect(environments.filter(({ values }) => values.has("TRUSTED_PROXY_IP"))).toHaveLength(9);
});
