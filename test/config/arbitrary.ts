import fc from "fast-check";
import { PROFILE_NAMES } from "../../config/profile-names.ts";
import { SIDEKIQ_QUEUES } from "../../config/sidekiq.ts";
import { refusalOf } from "./base.ts";
import { EVERY_OPTION, OTHER_TRANSLATION } from "./every-option.ts";

const WORKERS = SIDEKIQ_QUEUES.filter((queue) => queue !== "scheduler");

/** Every way to share the queues among up to three groups, with the scheduler alone or in the first. */
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

const sometimes = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(
    value.map((it) => ({ [key]: it })),
    { nil: {} },
  );

const network = fc.constantFrom("internet", "vpc");
const host = fc.constantFrom("server.example.net", "server.tools.svc.cluster.local");

/** Every optional part, now and then, each in some of its shapes. */
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
 * Configurations that are accepted: a profile, and now and then something else than it gives. All that the sums refuse is left out; a
 * test of its own sees to it that enough is left.
 */
export const accepted: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.record({
      profile: fc.constantFrom(...PROFILE_NAMES),
      domain: fc.constantFrom("example.social", "example.org"),
      webDomain: fc.constantFrom("example.social", "social.example.org"),
      region: fc.constantFrom("nyc3", "fra1", "ams3"),
      cluster: fc.record({ version: fc.constant("1.35.1-do.6") }),
      cloudflare: fc.constant({ accountId: "0".repeat(32), zoneId: "1".repeat(32) }),
    }),
    sometimes("web", fc.record({ threads: fc.integer({ min: 1, max: 6 }) })),
    sometimes("sidekiq", sidekiq),
    sometimes(
      "postgres",
      fc.record({
        storageGib: fc.integer({ min: 14, max: 40 }).map((tens) => tens * 10),
        storageAutoscale: fc.record({ enabled: fc.boolean() }),
      }),
    ),
    sometimes("valkey", fc.record({ cache: fc.record({ size: fc.constant("db-s-1vcpu-1gb") }) })),
    sometimes("assets", fc.record({ keepPrevious: fc.boolean() })),
    sometimes("alerts", fc.record({ emails: fc.constant(["ops@example.social"]) })),
    sometimes("project", fc.record({ environment: fc.constantFrom("Staging", "Production") })),
    sometimes("maintenance", fc.record({ clusterHour: fc.integer({ min: 0, max: 23 }) })),
    options,
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>)
  .filter((raw) => refusalOf(raw) === "accepted");
