import { describe, expect, test } from "vitest";
import { environmentOf, ofType, podsOf, theResource } from "../stack/views.ts";
import { reveal } from "../../plan/values.ts";
import { planWith } from "./raw.ts";

const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
const SETTINGS = "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig";
const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";
const REPLICA = "digitalocean:index/databaseReplica:DatabaseReplica";
const plain = await planWith({});
const postgres = theResource(plain, DATABASE, "postgres-cluster");

describe("a disk", () => {
  test("grows before it is full: a full one makes the database read-only", () => {
    expect(postgres.inputs["storageAutoscale"]).toEqual({
      enabled: true,
      thresholdPercent: 80,
      incrementGib: 10,
    });
  });

  test("that has grown is not shrunk by the next update, which DigitalOcean would refuse", async () => {
    const sized = await planWith({ postgres: { storageGib: 60 } });
    const database = theResource(sized, DATABASE, "postgres-cluster");
    expect(database.inputs["storageSizeMib"]).toBe("61440");
    expect(database.ignoreChanges).toEqual(["storageSizeMib"]);
  });

  test("that does not grow by itself follows the stack file", async () => {
    const fixed = await planWith({
      postgres: { storageGib: 60, storageAutoscale: { enabled: false } },
    });
    expect(theResource(fixed, DATABASE, "postgres-cluster").ignoreChanges).toEqual([]);
  });
});

describe("settings", () => {
  test("that the provider can't send, for they are 0 or false, are not among them", () => {
    const { clusterId, ...settings } = theResource(plain, SETTINGS, "postgres-settings").inputs;
    expect(clusterId).toBe("id-of-postgres-cluster");
    expect(Object.values(settings).filter((value) => value === 0 || value === false)).toEqual([]);
    expect(settings).toEqual({
      idleInTransactionSessionTimeout: 300_000,
      logMinDurationStatement: 1_000,
      pgStatStatementsTrack: "top",
      trackIoTiming: "on",
      backupHour: 2,
    });
  });

  test("a backup at midnight, which would quietly be at another hour, is refused", async () => {
    await expect(planWith({ postgres: { settings: { backupHour: 0 } } })).rejects.toThrow(
      "mastodon:postgres.settings.backupHour is 0: expected a whole number from 1 to 23, without quotes, such as 2",
    );
  });
});

test("the two databases and the cluster are disturbed at different hours", () => {
  const hours = ["postgres-cluster", "valkey-cluster"].map(
    (name) =>
      (theResource(plain, DATABASE, name).inputs["maintenanceWindows"] as { hour: string }[])[0],
  );
  expect(hours).toEqual([
    { day: "sunday", hour: "05:00:00" },
    { day: "sunday", hour: "06:00:00" },
  ]);
});

test("every database is behind its firewall, by the nodes' tag and nothing else", async () => {
  const all = await planWith({
    valkey: { cache: { size: "db-s-1vcpu-1gb" } },
    postgres: { readReplica: { size: "db-s-4vcpu-8gb" } },
  });
  const guarded = ofType(all, FIREWALL).map(({ inputs }) => inputs["clusterId"]);
  expect(guarded.sort()).toEqual([
    "id-of-cache-cluster",
    "id-of-postgres-cluster",
    "id-of-valkey-cluster",
    // A replica has firewall rules of its own.
    "uuid-of-replica-replica",
  ]);
  for (const { inputs } of ofType(all, FIREWALL))
    expect(inputs["rules"]).toEqual([{ type: "tag", value: "network-nodes-0a1b2c3" }]);
});

describe("Valkey", () => {
  const VALKEY_SETTINGS = "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig";

  test("with Sidekiq's jobs writes itself to disk: else a restart in the window loses all of them", async () => {
    const plan = await planWith({ valkey: { cache: { size: "db-s-1vcpu-1gb" } } });
    expect(ofType(plan, VALKEY_SETTINGS).map(({ inputs }) => inputs)).toEqual([
      { clusterId: "id-of-valkey-cluster", persistence: "rdb" },
    ]);
  });

  test("has a standby where one is asked for, its cache never", async () => {
    const plan = await planWith({ valkey: { nodes: 2, cache: { size: "db-s-1vcpu-1gb" } } });
    const count = (name: string): unknown => theResource(plan, DATABASE, name).inputs["nodeCount"];
    expect([count("valkey-cluster"), count("cache-cluster")]).toEqual([2, 1]);
  });
});

describe("a second Valkey for the cache", () => {
  test("is not there unless asked for", () => {
    expect(ofType(plain, DATABASE)).toHaveLength(2);
    for (const each of podsOf(plain).flatMap(({ containers }) => containers))
      expect(environmentOf(plain, each).has("CACHE_REDIS_URL")).toBe(false);
  });

  test("may forget and is not protected, while the one with Sidekiq's jobs keeps all and is", async () => {
    const plan = await planWith({ valkey: { cache: { size: "db-s-1vcpu-2gb" } } });
    const cache = theResource(plan, DATABASE, "cache-cluster");
    const jobs = theResource(plan, DATABASE, "valkey-cluster");
    expect([cache.inputs["evictionPolicy"], cache.protect]).toEqual(["allkeys_lru", false]);
    expect([jobs.inputs["evictionPolicy"], jobs.protect]).toEqual(["noeviction", true]);
    expect(cache.inputs["size"]).toBe("db-s-1vcpu-2gb");
  });

  test("reaches every Rails process by an URL of its own, and nothing else", async () => {
    const plan = await planWith({ valkey: { cache: { size: "db-s-1vcpu-1gb" } } });
    const users = podsOf(plan).flatMap(({ name, containers }) =>
      containers
        .map((container) => ({ name, values: environmentOf(plan, container) }))
        .filter(({ values }) => values.has("CACHE_REDIS_URL")),
    );
    expect(users.map(({ name }) => name).sort()).toEqual([
      "migrate-post-deployment",
      "migrate-pre-deployment",
      "preflight",
      "sidekiq-default",
      "sidekiq-federation",
      "sidekiq-scheduler",
      "upkeep-profiles",
      "web",
    ]);
    for (const { values } of users) {
      expect(reveal(values.get("CACHE_REDIS_URL"))).toMatch(/^rediss:.*@private-cache-cluster\./u);
      expect(reveal(values.get("REDIS_URL"))).toMatch(/^rediss:.*@private-valkey-cluster\./u);
    }
  });
});

describe("a read replica", () => {
  test("is not there unless asked for", () => {
    expect(plain.resources.some(({ type }) => type === REPLICA)).toBe(false);
  });

  test("is read by web and Sidekiq past the pool, asked for by the preflight, and never read by a migration", async () => {
    const plan = await planWith({ postgres: { readReplica: { size: "db-s-4vcpu-8gb" } } });
    const readers = podsOf(plan).flatMap(({ name, containers }) =>
      containers
        .map((container) => ({ name, values: environmentOf(plan, container) }))
        .filter(({ values }) => values.has("REPLICA_DB_HOST")),
    );
    expect(readers.map(({ name }) => name).sort()).toEqual([
      "preflight",
      "sidekiq-default",
      "sidekiq-federation",
      "sidekiq-scheduler",
      "web",
    ]);
    for (const { values } of readers) {
      expect(values.get("REPLICA_DB_HOST")).toBe("private-replica-replica.db.example");
      expect(values.get("REPLICA_DB_PORT")).toBe("25060");
      expect(values.get("REPLICA_DB_NAME")).toBe("mastodon");
      expect(values.get("REPLICA_DB_TASKS")).toBe("false");
    }
  });

  test("smaller than the database is refused before DigitalOcean does, half an hour later", async () => {
    const raw = { postgres: { readReplica: { size: "db-s-1vcpu-2gb" } } };
    await expect(planWith(raw)).rejects.toThrow(
      'mastodon:postgres.readReplica.size: "db-s-1vcpu-2gb" is smaller than the database\'s "db-s-4vcpu-8gb", and a replica holds all of it. Set mastodon:postgres.readReplica.size to "db-s-4vcpu-8gb" (or larger)',
    );
  });
});
