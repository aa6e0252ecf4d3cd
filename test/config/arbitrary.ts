import fc from "fast-check";
import { CLOUDFLARE_PLANS } from "../../facts/cloudflare/plans.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { EVERY_QUEUE } from "../../facts/mastodon/minors.ts";
import { refusalOf } from "./base.ts";
import { EVERY_OPTION, OTHER_TRANSLATION } from "./every-option.ts";

const WORKERS = EVERY_QUEUE.filter((queue) => queue !== "scheduler");

/**
 * Every distribution of the queues to up to three groups, with the scheduler alone or in the first.
 */
const sidekiq = fc
  .record({
    owners: fc.array(fc.nat(2), { minLength: WORKERS.length, maxLength: WORKERS.length }),
    concurrency: fc.integer({ min: 1, max: 12 }),
    alone: fc.boolean(),
    maxReplicas: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  })
  .map(({ owners, concurrency, alone, maxReplicas }) => {
    const groups = [0, 1, 2]
      .map((owner) => WORKERS.filter((_queue, at) => owners[at] === owner))
      .filter((queues) => queues.length > 0)
      .map((queues, at) => ({
        name: `group${at}`,
        queues: [...queues, ...(!alone && at === 0 ? ["scheduler"] : [])],
        replicas: 1,
        concurrency,
        ...(maxReplicas === undefined || (!alone && at === 0) ? {} : { maxReplicas }),
      }));
    const clock = { name: "clock", queues: ["scheduler"], replicas: 1, concurrency: 5 };
    return alone ? [...groups, clock] : groups;
  });

/**
 * Identity and server on one host, on two of one zone, on two of two zones, with every site at the
 * identity's host.
 */
const names = fc.constantFrom(
  { domain: "example.social", webDomain: "example.social", cloudflare: {} },
  {
    domain: "example.social",
    webDomain: "example.social",
    media: { storage: "spaces" },
    cloudflare: { www: true },
  },
  {
    domain: "example.org",
    webDomain: "social.example.org",
    hosts: { streaming: "streaming-social.example.org", assets: "assets-social.example.org" },
    media: { host: "media-social.example.org" },
    cloudflare: {},
  },
  {
    domain: "example.org",
    webDomain: "social.example.org",
    cloudflare: { advancedCertificate: true, apex: "site" },
  },
  {
    domain: "example.social",
    webDomain: "example.org",
    cloudflare: { zone: "example.org", apex: "elsewhere" },
  },
);

const cloudflare = fc.record({
  accountId: fc.constant("0".repeat(32)),
  zoneId: fc.constant("1".repeat(32)),
  plan: fc.constantFrom(...CLOUDFLARE_PLANS),
  sharedZone: fc.boolean(),
  keepPublicDocuments: fc.boolean(),
  blockedAddresses: fc.constantFrom([], ["203.0.113.0/24", "2001:db8::/32"]),
  otherStaticPaths: fc.constantFrom([], ["/custom/"]),
});

const mail = fc.record({
  spfIncludes: fc.constant(["spf.example.net"]),
  dkim: fc.constantFrom(
    [],
    [{ selector: "one", target: "one.example.net" }],
    [{ selector: "two", publicKey: "A".repeat(392) }],
  ),
  dmarc: fc.constantFrom({}, { policy: "reject", reports: "dmarc@example.net" }),
});

const sometimes = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((it) => ({ [key]: it })),
    { nil: {} },
  );

const network = fc.constantFrom("internet", "vpc");
const host = fc.constantFrom("server.example.net", "server.tools.svc.cluster.local");

/** Every optional part, sometimes, each in some of its forms. */
const options = fc
  .tuple(
    sometimes(
      "mail",
      fc.record({
        server: host,
        network,
        port: fc.constantFrom(2_525, 587, 465),
        encryption: fc.constant("tls"),
        authentication: fc.constantFrom("plain", "none"),
        from: fc.constant("Example Social <hello@example.social>"),
        bulk: fc.constantFrom(undefined, EVERY_OPTION.mail.bulk),
      }),
    ),
    sometimes(
      "search",
      fc.record({
        host,
        network,
        user: fc.constantFrom(undefined, "mastodon"),
        threads: fc.integer({ min: 1, max: 4 }),
      }),
    ),
    sometimes(
      "signIn",
      fc
        .subarray(["oidc", "saml", "cas", "ldap"] as const, { minLength: 1 })
        .map((names) => Object.fromEntries(names.map((name) => [name, EVERY_OPTION.signIn[name]]))),
    ),
    sometimes("captcha", fc.constant(EVERY_OPTION.captcha)),
    sometimes("translation", fc.constantFrom(EVERY_OPTION.translation, OTHER_TRANSLATION)),
    sometimes(
      "metrics",
      fc.record({ namespace: fc.constant("monitoring"), podMonitor: fc.boolean() }),
    ),
    sometimes(
      "tracing",
      fc.record({ endpoint: fc.constant("https://otlp.example.net:4318"), headers: fc.boolean() }),
    ),
    sometimes("federation", fc.record({ singleUser: fc.boolean(), authorizedFetch: fc.boolean() })),
    sometimes("extraEnvironment", fc.constant(EVERY_OPTION.extraEnvironment)),
    sometimes("fork", fc.constant(EVERY_OPTION.fork)),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);

/**
 * Accepted configurations: a profile, sometimes with other values than its own. Configurations that
 * exceed a budget are filtered out; a separate test checks that enough remain.
 */
export const accepted: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.record({
      profile: fc.constantFrom(...PROFILE_NAMES),
      region: fc.constantFrom("nyc3", "fra1", "ams3"),
      cluster: fc.record(
        {
          version: fc.constant("1.35.1-do.6"),
          metricsServer: fc.constantFrom("install", "present"),
          controlPlaneFirewall: fc.constant({ allowedAddresses: ["203.0.113.7/32"] }),
        },
        { requiredKeys: ["version"] },
      ),
    }),
    fc.tuple(names, cloudflare).map(([who, edge]) => ({
      ...who,
      cloudflare: { ...edge, ...who.cloudflare },
    })),
    sometimes("dns", fc.record({ mail })),
    sometimes("web", fc.record({ threads: fc.integer({ min: 1, max: 6 }) })),
    sometimes("sidekiq", sidekiq),
    sometimes(
      "upkeep",
      fc.record({
        hour: fc.integer({ min: 0, max: 23 }),
        mediaDays: fc.constantFrom(undefined, 7),
        previewCardDays: fc.constantFrom(undefined, 30),
      }),
    ),
    sometimes(
      "postgres",
      fc.record(
        {
          storageGib: fc.integer({ min: 14, max: 40 }).map((tens) => tens * 10),
          storageAutoscale: fc.record({ enabled: fc.boolean() }),
          readReplica: fc.constant({ size: "db-s-6vcpu-16gb" }),
        },
        { requiredKeys: [] },
      ),
    ),
    sometimes(
      "valkey",
      fc.record(
        {
          cache: fc.record({ size: fc.constant("db-s-1vcpu-1gb") }),
          nodes: fc.integer({ min: 1, max: 3 }),
        },
        { requiredKeys: [] },
      ),
    ),
    sometimes(
      "upkeep",
      fc.record(
        { enabled: fc.boolean(), mediaDays: fc.integer({ min: 1, max: 90 }) },
        { requiredKeys: [] },
      ),
    ),
    sometimes(
      "observability",
      fc.record({ prometheusRule: fc.boolean(), grafanaDashboard: fc.boolean() }),
    ),
    sometimes("assets", fc.record({ keepPrevious: fc.boolean() })),
    sometimes(
      "media",
      fc.constantFrom(
        { storage: "spaces" },
        { jurisdiction: "eu", standby: { storage: "spaces" } },
        { storage: "none" },
      ),
    ),
    sometimes("alerts", fc.record({ emails: fc.constant(["ops@example.social"]) })),
    sometimes("project", fc.record({ environment: fc.constantFrom("Staging", "Production") })),
    sometimes("maintenance", fc.record({ clusterHour: fc.integer({ min: 0, max: 23 }) })),
    options,
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>)
  .filter((raw) => refusalOf(raw) === "accepted");
