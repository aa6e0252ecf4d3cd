import { describe, expect, test } from "vitest";
import { readStackFile } from "../../rehearsal/plan/stack-file.ts";
import { BASE, refusalOf, withValue } from "./base.ts";

test("production's own configuration is accepted", () => {
  expect(refusalOf(readStackFile())).toBe("accepted");
  expect(refusalOf(BASE)).toBe("accepted");
});

/** Every top-level key, in the schema's order, and the secrets that these tests name. */
const TOP_LEVEL =
  "profile, members, domain, webDomain, region, cluster, postgres, valkey, web, streaming, sidekiq, media, cloudflare, hosts, dns, assets, maintenance, upkeep, project, alerts, fingerprints, observability, federation, mail, search, signIn, captcha, translation, metrics, tracing, fork, extraEnvironment, secretKeyBase, tunnelSecret";

/** One value put wrong: path, value (none: left out), and what is said of it after `mastodon:`. */
const FAULTS: readonly (readonly [path: string, value: unknown, refusal: string])[] = [
  ["profile", "huge", 'profile is "huge": expected one of solo, small, medium, large'],
  ["profile", "Medium", 'profile is "Medium": expected one of solo, small, medium, large'],
  [
    "members",
    0,
    "members is 0: expected a whole number from 1 to 1000000, without quotes, such as 500",
  ],
  [
    "members",
    "5000",
    'members is "5000": expected a whole number from 1 to 1000000, without quotes, such as 500',
  ],
  [
    "members",
    undefined,
    "members is missing: expected a whole number from 1 to 1000000, without quotes, such as 500. Or set mastodon:profile to one of solo, small, medium, large",
  ],
  [
    "domain",
    undefined,
    'domain is missing: expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    7,
    'domain is 7: expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    "https://example.social",
    'domain is "https://example.social": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    "Example.social",
    'domain is "Example.social": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    "example.social.",
    'domain is "example.social.": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    "example",
    'domain is "example": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    "exa mple.social",
    'domain is "exa mple.social": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "domain",
    "-example.social",
    'domain is "-example.social": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "webDomain",
    undefined,
    'webDomain is missing: expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "webDomain",
    "example.social:443",
    'webDomain is "example.social:443": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "webDomain",
    "localhost",
    'webDomain is "localhost": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  [
    "webDomain",
    "example.social/web",
    'webDomain is "example.social/web": expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
  ],
  ["region", undefined, 'region is missing: expected a region slug, such as "nyc3"'],
  ["region", "New York", 'region is "New York": expected a region slug, such as "nyc3"'],
  ["region", "nyc", 'region is "nyc": expected a region slug, such as "nyc3"'],
  [
    "region",
    "nyc2",
    'region: DigitalOcean has no Valkey in "nyc2". Take a region near it, such as "nyc1" or "nyc3"',
  ],
  [
    "cluster",
    undefined,
    'cluster is missing: expected keys below it, indented, such as { version: "1.35.1-do.6", highAvailability: true, basePool: { size: "s-1vcpu-2gb", nodes: 3 }, workloadPool: { size: "s-1vcpu-2gb", nodes: 3 } }. Or set mastodon:profile to one of solo, small, medium, large',
  ],
  [
    "cluster",
    "small",
    'cluster is "small": expected keys below it, indented, such as { version: "1.35.1-do.6", highAvailability: true, basePool: { size: "s-1vcpu-2gb", nodes: 3 }, workloadPool: { size: "s-1vcpu-2gb", nodes: 3 } }',
  ],
  [
    "cluster.version",
    undefined,
    'cluster.version is missing: expected a full DOKS version slug, such as "1.35.1-do.6"',
  ],
  [
    "cluster.version",
    "1.36.0-do.0",
    'cluster.version: Kubernetes 1.36 was never rehearsed with Mastodon 4.6; 1.35 was. Take a slug of that, such as "1.35.1-do.6"',
  ],
  [
    "cluster.version",
    "1.35",
    'cluster.version is "1.35": expected a full DOKS version slug, such as "1.35.1-do.6"',
  ],
  [
    "cluster.version",
    "latest",
    'cluster.version is "latest": expected a full DOKS version slug, such as "1.35.1-do.6"',
  ],
  [
    "cluster.version",
    1.35,
    'cluster.version is 1.35: expected a full DOKS version slug, such as "1.35.1-do.6"',
  ],
  [
    "cluster.highAvailability",
    "yes",
    'cluster.highAvailability is "yes": expected true or false, without quotes',
  ],
  [
    "cluster.highAvailability",
    undefined,
    "cluster.highAvailability is missing: expected true or false, without quotes. Or set mastodon:profile to one of solo, small, medium, large",
  ],
  [
    "cluster.ha",
    true,
    "cluster.ha is not a key of this program. There are: version, highAvailability, controlPlaneFirewall, metricsServer, keda, basePool, workloadPool",
  ],
  [
    "cluster.controlPlaneFirewall",
    {},
    'cluster.controlPlaneFirewall.allowedAddresses is missing: expected a list of 1 or more, such as ["203.0.113.7/32"]',
  ],
  [
    "cluster.controlPlaneFirewall",
    { allowedAddresses: [] },
    'cluster.controlPlaneFirewall.allowedAddresses is []: expected a list of 1 or more, such as ["203.0.113.7/32"]',
  ],
  [
    "cluster.controlPlaneFirewall",
    { allowedAddresses: ["2001:db8::/32"] },
    'cluster.controlPlaneFirewall.allowedAddresses.0 is "2001:db8::/32": expected an IPv4 address or range, such as "203.0.113.7/32"',
  ],
  [
    "cluster.controlPlaneFirewall",
    { allowedAddresses: ["203.0.113.256"] },
    'cluster.controlPlaneFirewall.allowedAddresses.0 is "203.0.113.256": expected an IPv4 address or range, such as "203.0.113.7/32"',
  ],
  [
    "cluster.basePool.size",
    "8gb",
    'cluster.basePool.size is "8gb": expected one of s-1vcpu-2gb, s-2vcpu-2gb, s-2vcpu-4gb, s-2vcpu-4gb-intel, s-2vcpu-4gb-amd, s-4vcpu-8gb, s-4vcpu-8gb-intel, s-4vcpu-8gb-amd',
  ],
  [
    "cluster.basePool.nodes",
    0,
    "cluster.basePool.nodes is 0: expected a whole number from 1 to 100, without quotes, such as 3",
  ],
  [
    "cluster.basePool.maxNodes",
    3,
    "cluster.basePool.maxNodes is not a key of this program. There are: size, nodes",
  ],
  [
    "cluster.workloadPool.size",
    "s-8vcpu-16gb",
    'cluster.workloadPool.size is "s-8vcpu-16gb": expected one of s-1vcpu-2gb, s-2vcpu-2gb, s-2vcpu-4gb, s-2vcpu-4gb-intel, s-2vcpu-4gb-amd, s-4vcpu-8gb, s-4vcpu-8gb-intel, s-4vcpu-8gb-amd',
  ],
  [
    "cluster.workloadPool.nodes",
    101,
    "cluster.workloadPool.nodes is 101: expected a whole number from 1 to 100, without quotes, such as 3",
  ],
  [
    "cluster.workloadPool.nodes",
    "3",
    'cluster.workloadPool.nodes is "3": expected a whole number from 1 to 100, without quotes, such as 3',
  ],
  [
    "cluster.workloadPool.nodes",
    2.5,
    "cluster.workloadPool.nodes is 2.5: expected a whole number from 1 to 100, without quotes, such as 3",
  ],
  [
    "cluster.workloadPool.maxNodes",
    3,
    "cluster.workloadPool.maxNodes: 3 is not more than the 3 nodes that the pool never goes below. Raise it to 4 or more, or leave it out",
  ],
  [
    "cluster.workloadPool.maxNodes",
    1,
    "cluster.workloadPool.maxNodes is 1: expected a whole number from 2 to 100, without quotes, such as 4",
  ],
  [
    "cluster.workloadPool.maxnodes",
    5,
    "cluster.workloadPool.maxnodes is not a key of this program. Did you mean mastodon:cluster.workloadPool.maxNodes? There are: size, nodes, maxNodes",
  ],
  [
    "postgres.size",
    "db-s-8vcpu-32gb",
    'postgres.size is "db-s-8vcpu-32gb": expected one of db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb, db-s-6vcpu-16gb',
  ],
  [
    "postgres.size",
    "s-4vcpu-8gb",
    'postgres.size is "s-4vcpu-8gb": expected one of db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb, db-s-6vcpu-16gb',
  ],
  [
    "postgres.size",
    "db-s-1vcpu-1gb",
    'postgres.nodes: DigitalOcean offers no standby on "db-s-1vcpu-1gb". Set 1, or take "db-s-1vcpu-2gb" or larger',
  ],
  [
    "postgres.nodes",
    4,
    "postgres.nodes is 4: expected a whole number from 1 to 3, without quotes, such as 2",
  ],
  [
    "postgres.nodes",
    0,
    "postgres.nodes is 0: expected a whole number from 1 to 3, without quotes, such as 2",
  ],
  [
    "postgres.poolConnections",
    0,
    "postgres.poolConnections is 0: expected a whole number from 1 to 1000, without quotes, such as 190",
  ],
  [
    "postgres.poolConnections",
    "190",
    'postgres.poolConnections is "190": expected a whole number from 1 to 1000, without quotes, such as 190',
  ],
  [
    "postgres.poolConnection",
    190,
    "postgres.poolConnection is not a key of this program. Did you mean mastodon:postgres.poolConnections? There are: size, nodes, poolConnections, storageGib, storageAutoscale, settings, readReplica",
  ],
  [
    "postgres.storageGib",
    65,
    "postgres.storageGib is 65: expected a multiple of 10 from 10 to 20000, without quotes, such as 140",
  ],
  [
    "postgres.storageGib",
    "140GiB",
    'postgres.storageGib is "140GiB": expected a multiple of 10 from 10 to 20000, without quotes, such as 140',
  ],
  [
    "postgres.storageAutoscale.thresholdPercent",
    10,
    "postgres.storageAutoscale.thresholdPercent is 10: expected a whole number from 15 to 95, without quotes, such as 80",
  ],
  [
    "postgres.storageAutoscale.thresholdPercent",
    0.8,
    "postgres.storageAutoscale.thresholdPercent is 0.8: expected a whole number from 15 to 95, without quotes, such as 80",
  ],
  [
    "postgres.storageAutoscale.incrementGib",
    5,
    "postgres.storageAutoscale.incrementGib is 5: expected a multiple of 10 from 10 to 500, without quotes, such as 10",
  ],
  [
    "postgres.storageAutoscale.enable",
    false,
    "postgres.storageAutoscale.enable is not a key of this program. Did you mean mastodon:postgres.storageAutoscale.enabled? There are: enabled, thresholdPercent, incrementGib",
  ],
  [
    "postgres.settings.backupHour",
    0,
    "postgres.settings.backupHour is 0: expected a whole number from 1 to 23, without quotes, such as 2",
  ],
  [
    "postgres.settings.backupHour",
    24,
    "postgres.settings.backupHour is 24: expected a whole number from 1 to 23, without quotes, such as 2",
  ],
  [
    "postgres.settings.slowStatementMilliseconds",
    "1s",
    'postgres.settings.slowStatementMilliseconds is "1s": expected a whole number from 1 to 86400000, without quotes, such as 1000',
  ],
  [
    "postgres.settings.trackStatements",
    "none",
    'postgres.settings.trackStatements is "none": expected one of top, all',
  ],
  [
    "postgres.settings.idleInTransactionSeconds",
    0,
    "postgres.settings.idleInTransactionSeconds is 0: expected a whole number from 1 to 604800, without quotes, such as 300",
  ],
  [
    "postgres.readReplica",
    {},
    "postgres.readReplica.size is missing: expected one of db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb, db-s-6vcpu-16gb",
  ],
  [
    "postgres.readReplica",
    { size: "db-s-1vcpu-2gb" },
    'postgres.readReplica.size: "db-s-1vcpu-2gb" is smaller than the database\'s "db-s-4vcpu-8gb". Take that or larger',
  ],
  [
    "valkey.size",
    "db-s-8vcpu-32gb",
    'valkey.size is "db-s-8vcpu-32gb": expected one of db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb, db-s-6vcpu-16gb',
  ],
  [
    "valkey",
    { size: "db-s-1vcpu-1gb", nodes: 2 },
    'valkey.nodes: DigitalOcean offers no standby on "db-s-1vcpu-1gb". Set 1, or take "db-s-1vcpu-2gb" or larger',
  ],
  [
    "valkey.nodes",
    4,
    "valkey.nodes is 4: expected a whole number from 1 to 3, without quotes, such as 2",
  ],
  [
    "valkey.cache",
    true,
    'valkey.cache is true: expected keys below it, indented, such as { size: "db-s-1vcpu-1gb" }',
  ],
  [
    "valkey.cache",
    { size: "1gb" },
    'valkey.cache.size is "1gb": expected one of db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb, db-s-6vcpu-16gb',
  ],
  [
    "valkey",
    undefined,
    'valkey is missing: expected keys below it, indented, such as { size: "db-s-1vcpu-1gb" }. Or set mastodon:profile to one of solo, small, medium, large',
  ],
  [
    "redis",
    { size: "db-s-1vcpu-2gb" },
    `redis is not a key of this program. There are: ${TOP_LEVEL}`,
  ],
  [
    "web.replicas",
    0,
    "web.replicas is 0: expected a whole number from 1 to 50, without quotes, such as 2",
  ],
  [
    "web.replicas",
    51,
    "web.replicas is 51: expected a whole number from 1 to 50, without quotes, such as 2",
  ],
  [
    "web.maxReplicas",
    1,
    "web.maxReplicas: the ceiling of 1 is below the 2 replicas that always run. Raise it to 2, or leave it out",
  ],
  [
    "web.workers",
    9,
    "web.workers is 9: expected a whole number from 1 to 8, without quotes, such as 2",
  ],
  [
    "web.workers",
    0,
    "web.workers is 0: expected a whole number from 1 to 8, without quotes, such as 2",
  ],
  [
    "web.threads",
    2.5,
    "web.threads is 2.5: expected a whole number from 1 to 32, without quotes, such as 5",
  ],
  [
    "web.threads",
    "8",
    'web.threads is "8": expected a whole number from 1 to 32, without quotes, such as 5',
  ],
  [
    "web.threads",
    33,
    "web.threads is 33: expected a whole number from 1 to 32, without quotes, such as 5",
  ],
  [
    "web.replica",
    2,
    "web.replica is not a key of this program. Did you mean mastodon:web.replicas? There are: replicas, maxReplicas, workers, threads",
  ],
  [
    "web.memory",
    "2Gi",
    "web.memory is not a key of this program. There are: replicas, maxReplicas, workers, threads",
  ],
  [
    "streaming.replicas",
    undefined,
    "streaming.replicas is missing: expected a whole number from 1 to 50, without quotes, such as 2. Or set mastodon:profile to one of solo, small, medium, large",
  ],
  [
    "streaming.connections",
    0,
    "streaming.connections is 0: expected a whole number from 1 to 50, without quotes, such as 10",
  ],
  [
    "streaming.maxReplicas",
    4,
    "streaming.maxReplicas is not a key of this program. Did you mean mastodon:streaming.replicas? There are: replicas, connections",
  ],
  [
    "sidekiq",
    undefined,
    'sidekiq is missing: expected a list of 1 or more, such as [{ name: "federation", queues: ["push", "pull"], replicas: 2, maxReplicas: 3, concurrency: 25 }]. Or set mastodon:profile to one of solo, small, medium, large',
  ],
  [
    "sidekiq",
    [],
    'sidekiq is []: expected a list of 1 or more, such as [{ name: "federation", queues: ["push", "pull"], replicas: 2, maxReplicas: 3, concurrency: 25 }]',
  ],
  [
    "sidekiq",
    {},
    'sidekiq is {}: expected a list of 1 or more, such as [{ name: "federation", queues: ["push", "pull"], replicas: 2, maxReplicas: 3, concurrency: 25 }]',
  ],
  [
    "sidekiq",
    [
      { name: "group0", queues: ["scheduler"], replicas: 1, concurrency: 5 },
      {
        name: "group1",
        queues: ["push", "ingress", "mailers", "pull", "fasp"],
        replicas: 1,
        concurrency: 5,
      },
    ],
    'sidekiq: no group works the queue "default": its jobs would wait for ever. Add it to one group',
  ],
  [
    "sidekiq",
    [
      { name: "group0", queues: ["scheduler"], replicas: 1, concurrency: 5 },
      {
        name: "group1",
        queues: ["default", "push", "ingress", "mailers", "pull", "fasp"],
        replicas: 1,
        concurrency: 5,
      },
      { name: "group2", queues: ["push"], replicas: 1, concurrency: 5 },
    ],
    'sidekiq: the queue "push" is in the groups group1 and group2. Leave it in one',
  ],
  [
    "sidekiq",
    [
      { name: "group0", queues: ["scheduler"], replicas: 1, concurrency: 5 },
      {
        name: "group1",
        queues: ["default", "push", "ingress", "mailers", "pull", "fasp", "federation"],
        replicas: 1,
        concurrency: 5,
      },
    ],
    'sidekiq.1.queues.6 is "federation": expected one of default, push, ingress, mailers, pull, scheduler, fasp',
  ],
  [
    "sidekiq.0.queues",
    ["default", "mailers", "default"],
    'sidekiq.0.queues: the group "default" names a queue twice, and would work it twice as often as its weight says. Name it once',
  ],
  [
    "sidekiq.1.name",
    "default",
    'sidekiq: two groups are called "default", and so would be their Deployments. Rename one',
  ],
  [
    "sidekiq.1.name",
    "Federation",
    'sidekiq.1.name is "Federation": expected a short name of lower-case letters, digits and hyphens, a letter first, such as "federation"',
  ],
  [
    "sidekiq.1.name",
    "federation-",
    'sidekiq.1.name is "federation-": expected a short name of lower-case letters, digits and hyphens, a letter first, such as "federation"',
  ],
  [
    "sidekiq.2.replicas",
    2,
    'sidekiq.2.replicas: the group "scheduler" works the queue "scheduler" and may have 2 pods: each would run every periodic job. Set replicas to 1 and leave maxReplicas out, or give the queue a group of its own',
  ],
  [
    "sidekiq.2.maxReplicas",
    2,
    'sidekiq.2.replicas: the group "scheduler" works the queue "scheduler" and may have 2 pods: each would run every periodic job. Set replicas to 1 and leave maxReplicas out, or give the queue a group of its own',
  ],
  [
    "sidekiq.0.concurrency",
    51,
    "sidekiq.0.concurrency is 51: expected a whole number from 1 to 50, without quotes, such as 25",
  ],
  [
    "sidekiq.0.threads",
    25,
    "sidekiq.0.threads is not a key of this program. There are: name, queues, replicas, maxReplicas, concurrency",
  ],
  [
    "sidekiq.0.maxReplicas",
    0,
    "sidekiq.0.maxReplicas is 0: expected a whole number from 1 to 50, without quotes, such as 3",
  ],
  [
    "cloudflare",
    undefined,
    'cloudflare is missing: expected keys below it, indented, such as { accountId: "0123456789abcdef0123456789abcdef", zoneId: "0123456789abcdef0123456789abcdef" }',
  ],
  [
    "cloudflare.zoneId",
    "example.social",
    'cloudflare.zoneId is "example.social": expected 32 hex digits in quotes, as the zone\'s overview page shows them, such as "0123456789abcdef0123456789abcdef"',
  ],
  [
    "cloudflare.zoneId",
    undefined,
    'cloudflare.zoneId is missing: expected 32 hex digits in quotes, as the zone\'s overview page shows them, such as "0123456789abcdef0123456789abcdef"',
  ],
  [
    "cloudflare.accountId",
    "0123456789ABCDEF0123456789ABCDEF",
    'cloudflare.accountId is "0123456789ABCDEF0123456789ABCDEF": expected 32 hex digits in quotes, as the zone\'s overview page shows them, such as "0123456789abcdef0123456789abcdef"',
  ],
  [
    "cloudflare.apiToken",
    "x",
    "cloudflare.apiToken is not a key of this program. There are: accountId, zoneId, zone, plan, sharedZone, advancedCertificate, apex, www, keepPublicDocuments, otherStaticPaths, blockedAddresses",
  ],
  [
    "cloudflare.plan",
    "enterprise",
    'cloudflare.plan is "enterprise": expected one of free, pro, business',
  ],
  [
    "cloudflare.apex",
    "parked",
    'cloudflare.apex is "parked": expected one of redirect, site, elsewhere',
  ],
  [
    "cloudflare.apex",
    "site",
    'cloudflare.apex: "site" is about a site at "example.social", but that is where the server itself answers. Leave it out, or set mastodon:webDomain to another host',
  ],
  [
    "cloudflare.otherStaticPaths",
    ["custom"],
    'cloudflare.otherStaticPaths.0 is "custom": expected the beginning of a path, with its slash, such as "/custom/"',
  ],
  [
    "cloudflare.zone",
    "example.org",
    'webDomain: "example.social" is not in the zone "example.org", so no record can be made for it. Take a name that ends in ".example.org", or set mastodon:cloudflare.zone and zoneId to the zone it is in',
  ],
  [
    "hosts.streaming",
    "live.streaming.example.social",
    'hosts.streaming: "live.streaming.example.social" is more than one label below the zone "example.social", and Cloudflare\'s free certificate covers only *.example.social: no browser would open it. Set it to "live-streaming.example.social"; or buy Advanced Certificate Manager and set mastodon:cloudflare.advancedCertificate to true',
  ],
  [
    "hosts.assets",
    "example.social",
    'hosts.assets: "example.social" is another one\'s name, and one host can\'t answer for two. Take "assets.example.social"',
  ],
  [
    "dns.mail",
    { spfIncludes: ["spf.example.net"], domain: "example.org" },
    'dns.mail.domain: "example.org" is not in the zone "example.social", so its records can\'t be made here. Make them where it is, and leave mastodon:dns.mail out',
  ],
  [
    "dns.mail",
    { spfIncludes: ["spf.example.net"], dkim: [{ selector: "one" }] },
    'dns.mail.dkim.0: the key "one" has neither publicKey nor target. Say one of them, as your provider does',
  ],
  [
    "dns.mail",
    {
      spfIncludes: ["spf.example.net"],
      dkim: [
        { selector: "one", target: "a.example.net" },
        { selector: "one", target: "b.example.net" },
      ],
    },
    'dns.mail.dkim.1.selector: "one" is the name of an earlier key, too. Name each once',
  ],
  [
    "previousVersion",
    "v4.6.4",
    `previousVersion is not a key of this program. There are: ${TOP_LEVEL}`,
  ],
  [
    "assets.keepPrevious",
    "no",
    'assets.keepPrevious is "no": expected true or false, without quotes',
  ],
  [
    "maintenance.day",
    "Sunday",
    'maintenance.day is "Sunday": expected one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
  ],
  [
    "maintenance.clusterHour",
    24,
    "maintenance.clusterHour is 24: expected a whole number from 0 to 23, without quotes, such as 4",
  ],
  [
    "maintenance.postgresHour",
    "05:00",
    'maintenance.postgresHour is "05:00": expected a whole number from 0 to 23, without quotes, such as 5',
  ],
  [
    "maintenance.hour",
    4,
    "maintenance.hour is not a key of this program. There are: day, clusterHour, postgresHour, valkeyHour",
  ],
  [
    "project.name",
    "",
    'project.name is "": expected a text of 1 to 175 characters, such as "Mastodon"',
  ],
  [
    "project.environment",
    "prod",
    'project.environment is "prod": expected one of Development, Staging, Production',
  ],
  [
    "alerts.emails",
    "ops@example.social",
    'alerts.emails is "ops@example.social": expected a list, such as ["admin@example.social"]',
  ],
  [
    "alerts.emails",
    ["ops"],
    'alerts.emails.0 is "ops": expected an e-mail address, such as "admin@example.social"',
  ],
  [
    "alerts.slackChannel",
    "alerts",
    'alerts.slackChannel is "alerts": expected a channel or a person as Slack writes them, such as "#alerts"',
  ],
  ["alerts.regions", [], 'alerts.regions is []: expected a list of 1 or more, such as ["us_east"]'],
  [
    "alerts.regions",
    ["us_east", "europe"],
    'alerts.regions.1 is "europe": expected one of us_east, us_west, eu_west, se_asia',
  ],
  [
    "alerts.latencyMilliseconds",
    2,
    "alerts.latencyMilliseconds is 2: expected a whole number from 100 to 30000, without quotes, such as 2000",
  ],
  [
    "alerts.certificateDays",
    90,
    "alerts.certificateDays is 90: expected a whole number from 1 to 60, without quotes, such as 14",
  ],
  [
    "alerts.diskPercent",
    101,
    "alerts.diskPercent is 101: expected a whole number from 1 to 100, without quotes, such as 88",
  ],
  [
    "alerts.email",
    "ops@example.social",
    "alerts.email is not a key of this program. Did you mean mastodon:alerts.emails? There are: emails, slackChannel, regions, latencyMilliseconds, certificateDays, cpuPercent, memoryPercent, diskPercent",
  ],
  ["websize", 2, `websize is not a key of this program. There are: ${TOP_LEVEL}`],
  [
    "webDomian",
    "example.social",
    `webDomian is not a key of this program. Did you mean mastodon:webDomain? There are: ${TOP_LEVEL}`,
  ],
  [
    "secretkeybase",
    "x",
    `secretkeybase is not a key of this program. Did you mean mastodon:secretKeyBase? There are: ${TOP_LEVEL}`,
  ],
  [
    "Domain",
    "example.social",
    `Domain is not a key of this program. Did you mean mastodon:domain? There are: ${TOP_LEVEL}`,
  ],
];

test.each(FAULTS)("%s = %j is refused in these words", (path, value, refusal) => {
  expect(refusalOf(withValue(BASE, path, value))).toBe(
    `The stack's configuration has a fault; nothing was changed:\n  mastodon:${refusal}`,
  );
});

test("the table has the eighty rows that it promises, each once", () => {
  expect(new Set(FAULTS.map((row) => JSON.stringify(row))).size).toBe(FAULTS.length);
  expect(FAULTS.length).toBeGreaterThanOrEqual(80);
});

test("all faults are told at once, each with its key, and a rule of right keys beside wrong ones", () => {
  const raw = withValue(
    withValue(withValue(BASE, "region", "mars"), "domain", 7),
    "sidekiq.2.replicas",
    2,
  );
  expect(refusalOf(raw)).toBe(
    [
      "The stack's configuration has 3 faults; nothing was changed:",
      '  mastodon:domain is 7: expected a host name in lower case, without scheme, port or a dot at its end, such as "example.social"',
      '  mastodon:region is "mars": expected a region slug, such as "nyc3"',
      '  mastodon:sidekiq.2.replicas: the group "scheduler" works the queue "scheduler" and may have 2 pods: each would run every periodic job. Set replicas to 1 and leave maxReplicas out, or give the queue a group of its own',
    ].join("\n"),
  );
});

test("a value that is encrypted in the stack file is not shown, nor any below it", () => {
  const raw = withValue(withValue(BASE, "region", "hunter2"), "web.threads", "hunter3");
  const encrypted = new Set(["region", "web"]);
  expect(refusalOf(raw, encrypted)).toBe(
    [
      "The stack's configuration has 2 faults; nothing was changed:",
      '  mastodon:region is encrypted, so its value is not shown: expected a region slug, such as "nyc3"',
      "  mastodon:web.threads is encrypted, so its value is not shown: expected a whole number from 1 to 32, without quotes, such as 5",
    ].join("\n"),
  );
});

test("an unknown key's value is never shown: it may be a secret whose key was mistyped", () => {
  expect(refusalOf({ ...BASE, tunelSecret: "hunter2" })).not.toContain("hunter2");
  expect(refusalOf({ ...BASE, tunelSecret: "hunter2" })).toContain(
    "Did you mean mastodon:tunnelSecret?",
  );
});

describe("a server whose accounts end in another host than the one that answers", () => {
  const split = { ...BASE, domain: "example.org", webDomain: "social.example.org" };
  const says = (changes: Readonly<Record<string, unknown>>): string =>
    refusalOf({ ...split, ...changes });

  test("is told what to call its other hosts, where the certificate does not cover the derived names", () => {
    const refusal = says({});
    for (const [key, host] of [
      ["hosts.streaming", "streaming-social.example.org"],
      ["hosts.assets", "assets-social.example.org"],
      ["media.host", "media-social.example.org"],
    ])
      expect(refusal).toMatch(new RegExp(`mastodon:${key}: .* Set it to "${host}";`, "u"));
    const hosts = {
      streaming: "streaming-social.example.org",
      assets: "assets-social.example.org",
    };
    const media = { host: "media-social.example.org" };
    expect(says({ hosts, media })).toBe("accepted");
    const paid = { ...BASE.cloudflare, advancedCertificate: true };
    expect(says({ cloudflare: paid })).toBe("accepted");
  });

  test("must say which zone it is in, if neither host is below the other, and that its identity is elsewhere", () => {
    const apart = { domain: "example.net", webDomain: "example.social" };
    expect(refusalOf({ ...BASE, ...apart })).toBe(
      'The stack\'s configuration has a fault; nothing was changed:\n  mastodon:cloudflare.zone: missing, and it can\'t be guessed: neither of "example.net" and "example.social" is below the other. Set it to the zone that "example.social" is in',
    );
    const zone = { ...BASE.cloudflare, zone: "example.social" };
    expect(refusalOf({ ...BASE, ...apart, cloudflare: zone })).toBe(
      'The stack\'s configuration has a fault; nothing was changed:\n  mastodon:cloudflare.apex: "redirect" needs "example.net" in the zone "example.social", and it is not. Set "elsewhere", and let its own web server redirect (docs/edge.md)',
    );
    const elsewhere = { ...zone, apex: "elsewhere" };
    expect(refusalOf({ ...BASE, ...apart, cloudflare: elsewhere })).toBe("accepted");
  });

  test("has no www. of somebody else's site", () => {
    const cloudflare = { ...BASE.cloudflare, advancedCertificate: true, apex: "site", www: true };
    expect(says({ cloudflare })).toContain(
      'mastodon:cloudflare.www: "www.example.org" belongs to the site at "example.org", which mastodon:cloudflare.apex says is somebody\'s. Leave it out',
    );
  });
});
