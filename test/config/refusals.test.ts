import { expect, test } from "vitest";
import { checkConnections } from "../../config/capacity.ts";
import { parseConfig } from "../../config/schema.ts";
import { readStackFile } from "../../rehearsal/plan/stack-file.ts";

/** Production's own configuration with one thing put wrong. */
function wrong(path: string, value: unknown): Record<string, unknown> {
  const config = structuredClone(readStackFile());
  const keys = path.split(".");
  const last = keys.pop()!;
  let at = config;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return config;
}

/** What an operator would read. */
function refusalOf(raw: unknown): string {
  try {
    checkConnections(parseConfig(raw));
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
}

const queues = (...groups: readonly string[][]): unknown =>
  groups.map((each, at) => ({ name: `group${at}`, queues: each, replicas: 1, concurrency: 5 }));
const OTHERS = ["default", "push", "ingress", "mailers", "pull", "fasp"];

test("production's own configuration is accepted", () => {
  expect(refusalOf(readStackFile())).toBe("accepted");
});

/** Path, value, and what is said of it after `mastodon:`. */
const FAULTS: readonly (readonly [path: string, value: unknown, refusal: string])[] = [
  ["domain", undefined, "domain is missing: expected a text"],
  [
    "domain",
    "https://example.social",
    'domain is "https://example.social": expected a host name in lower case, such as "example.social"',
  ],
  [
    "domain",
    "Example.social",
    'domain is "Example.social": expected a host name in lower case, such as "example.social"',
  ],
  [
    "domain",
    "example.social.",
    'domain is "example.social.": expected a host name in lower case, such as "example.social"',
  ],
  [
    "webDomain",
    "example.social:443",
    'webDomain is "example.social:443": expected a host name in lower case, such as "example.social"',
  ],
  [
    "webDomain",
    "localhost",
    'webDomain is "localhost": expected a host name in lower case, such as "example.social"',
  ],
  ["region", "New York", 'region is "New York": expected a region slug, such as "nyc3"'],
  [
    "cluster.version",
    "1.35",
    'cluster.version is "1.35": expected a DOKS version slug, such as "1.35.1-do.6"',
  ],
  [
    "cluster.version",
    "latest",
    'cluster.version is "latest": expected a DOKS version slug, such as "1.35.1-do.6"',
  ],
  [
    "cluster.highAvailability",
    "yes",
    'cluster.highAvailability is "yes": expected true or false, without quotes',
  ],
  [
    "cluster.workloadPool.size",
    "8gb",
    'cluster.workloadPool.size is "8gb": expected a Droplet size slug, such as "s-4vcpu-8gb"',
  ],
  ["cluster.workloadPool.nodes", 0, "cluster.workloadPool.nodes is 0: expected 1 or more"],
  [
    "postgres.size",
    "db-s-8vcpu-32gb",
    'postgres.size is "db-s-8vcpu-32gb": expected one of db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb, db-s-6vcpu-16gb',
  ],
  ["postgres.nodes", 4, "postgres.nodes is 4: expected 3 or less"],
  ["postgres.poolConnections", 0, "postgres.poolConnections is 0: expected 1 or more"],
  ["web.threads", 2.5, "web.threads is 2.5: expected a whole number, without quotes"],
  ["web.replicas", 0, "web.replicas is 0: expected 1 or more"],
  [
    "web.replica",
    2,
    "web.replica is not a key of this program. There are: replicas, workers, threads",
  ],
  [
    "websize",
    2,
    "websize is not a key of this program. There are: domain, webDomain, region, cluster, postgres, valkey, web, streaming, sidekiq, cloudflare, previousVersion, digitalocean, fingerprints",
  ],
  [
    "cloudflare.zoneId",
    "example.social",
    'cloudflare.zoneId is "example.social": expected 32 hex digits, as the zone\'s overview page shows them',
  ],
  [
    "sidekiq",
    queues(["scheduler"], OTHERS.slice(1)),
    'sidekiq: no group works the queue "default": its jobs would wait for ever. Add it to one group',
  ],
  [
    "sidekiq",
    queues(["scheduler"], OTHERS, ["push"]),
    'sidekiq: the queue "push" is in the groups group1 and group2. Leave it in one',
  ],
  [
    "sidekiq",
    queues([...OTHERS, "scheduler"]),
    'sidekiq: the group "group0" works the queue "scheduler", so it must work no other queue and have 1 replica: a second scheduler would run every periodic job twice',
  ],
  [
    "sidekiq",
    queues(["scheduler"], [...OTHERS, "federation"]),
    'sidekiq.1.queues.6 is "federation": expected one of default, push, ingress, mailers, pull, scheduler, fasp',
  ],
];

test.each(FAULTS)("%s = %j is refused in these words", (path, value, refusal) => {
  expect(refusalOf(wrong(path, value))).toBe(
    `The stack's configuration has a fault; nothing was changed:\n  mastodon:${refusal}`,
  );
});

test("two schedulers are refused, though each queue has one group", () => {
  const raw = wrong("sidekiq.2.replicas", 2);
  expect(refusalOf(raw)).toContain('the group "scheduler" works the queue "scheduler", so it must');
});

test("two groups of one name are refused: their Deployments would be one", () => {
  expect(refusalOf(wrong("sidekiq.1.name", "default"))).toContain(
    'two groups are called "default"',
  );
});

test("a standby on the plan that has none is refused before DigitalOcean does, half an hour later", () => {
  const raw = wrong("postgres.size", "db-s-1vcpu-1gb");
  expect(refusalOf(raw)).toContain(
    `  mastodon:postgres.nodes: DigitalOcean offers no standby on "db-s-1vcpu-1gb". Set 1, or take "db-s-1vcpu-2gb" or larger`,
  );
});

test("all faults are told at once, each with its key", () => {
  const raw = { ...wrong("region", "mars"), domain: 7 };
  expect(refusalOf(raw)).toBe(
    [
      "The stack's configuration has 2 faults; nothing was changed:",
      "  mastodon:domain is 7: expected a text",
      '  mastodon:region is "mars": expected a region slug, such as "nyc3"',
    ].join("\n"),
  );
});

test("a pool below the demand is refused with the sum written out", () => {
  expect(refusalOf(wrong("postgres.poolConnections", 100))).toBe(
    [
      "mastodon:postgres.poolConnections is 100, but the server may need 107 at once:",
      "  web 2 replicas × 2 workers × 8 threads = 32",
      "  streaming 2 replicas × 10 = 20",
      "  sidekiq-default 1 replicas × 25 threads = 25",
      "  sidekiq-federation 1 replicas × 25 threads = 25",
      "  sidekiq-scheduler 1 replicas × 5 threads = 5",
      "Raise it to 107, or lower threads, concurrency or replicas.",
    ].join("\n"),
  );
});

test("a pool above what the plan allows is refused with the number that it allows", () => {
  expect(refusalOf(wrong("postgres.poolConnections", 193))).toBe(
    "mastodon:postgres.poolConnections is 193; with 5 direct connections for migrations and a person that is more than the 197 that db-s-4vcpu-8gb allows. Lower it to 192, or take a larger mastodon:postgres.size.",
  );
});
