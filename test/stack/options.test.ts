import { describe, expect, test } from "vitest";
import { SECRETS } from "../../config/secret-keys/all.ts";
import { fateOf, ownerWords } from "../../domain/variables/all.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { reveal, Secret } from "../../plan/values.ts";
import {
  EVERY_OPTION,
  OTHER_TRANSLATION,
  withOptions,
  withRestore,
} from "../config/every-option.ts";
import { RAILS_NAMES, REMOVED_NAMES, STREAMING_NAMES } from "./environment-names.ts";
import { CASES, WEB } from "./option-cases.ts";
import { comesBefore, environmentOf, ofType, podsOf, templateOf, theResource } from "./views.ts";
import { FIXTURE_RELEASE } from "../fixture-release.ts";

/** Containers without Mastodon's variables. */
const NOT_MASTODON = [
  "connector/cloudflared",
  ...["database-grants/psql", "streaming-grants/psql", "backup-grants/psql"],
  ...["backup/dump", "backup/encrypt", "backup/store", "media-copy/copy"],
  ...["restore/download", "restore/decrypt", "restore/psql", "database-regrants/psql"],
];
const raw = readStackFile();
const without = await planStack(raw);

/**
 * Containers with an environment, by pod. Containers after the first are listed by their own names.
 */
function environmentsOf(plan: Plan): ReadonlyMap<string, ReadonlyMap<string, unknown>> {
  return new Map(
    podsOf(plan)
      .flatMap(({ name, containers }) =>
        containers.map(
          (container) => [`${name}/${container.name}`, environmentOf(plan, container)] as const,
        ),
      )
      .filter(([, values]) => values.size > 0),
  );
}

/**
 * Variables that a plan's processes have in addition to those of a plan without options; secrets
 * only by name.
 */
function added(plan: Plan): Readonly<Record<string, readonly string[]>> {
  const before = environmentsOf(without);
  return Object.fromEntries(
    [...environmentsOf(plan)].flatMap(([process, values]) => {
      const names = [...values.keys()].filter((name) => before.get(process)?.has(name) !== true);
      return names.length === 0 || !before.has(process) ? [] : [[process, names.sort()]];
    }),
  );
}

test.each(CASES)(
  "%s %j gives these variables to these processes, and to no other any",
  async (key, value, reads) => {
    expect(added(await planStack({ ...raw, [key]: value }))).toEqual(reads);
  },
);

const everything = await planStack(withOptions(raw));
const { bulk, ...mail } = EVERY_OPTION.mail;
const others = [
  await planStack(withOptions(raw, { ...EVERY_OPTION, translation: OTHER_TRANSLATION })),
  await planStack(withRestore(raw), { exists: true }),
  await planStack({
    ...raw,
    // Each of the two with the other's encryption.
    mail: { ...mail, ...bulk, bulk: { server: mail.server } },
    signIn: { cas: { url: "https://sso.example.net" }, only: true, oneClick: true },
  }),
];
const environments = [everything, ...others].flatMap((plan) => [...environmentsOf(plan)]);

describe("with every option on", () => {
  test("each variable of Mastodon's processes is one that it reads", () => {
    const read = new Set(Object.values(RAILS_NAMES).flat());
    const streaming = new Set(Object.values(STREAMING_NAMES).flat());
    // Variables that are added by hand, and those of the preflight's own script.
    const extra = new Set([
      ...["DEFAULT_LOCALE", "MAX_TOOT_CHARS", "LOG_LEVEL"],
      ...["DIRECT_DB_PORT", "DIRECT_DB_NAME", "STREAMING_DB_USER", "STREAMING_DB_PASS"],
    ]);
    const unread = environments.flatMap(([process, values]) =>
      NOT_MASTODON.includes(process)
        ? []
        : [...values.keys()]
            .filter((name) => !extra.has(name))
            .filter((name) => !(process.startsWith("streaming") ? streaming : read).has(name))
            .map((name) => `${process}: ${name}`),
    );
    expect(unread).toEqual([]);
  });

  test.each(Object.entries(REMOVED_NAMES))("%s is nowhere: %s", (removed) => {
    expect(environments.filter(([, values]) => values.has(removed))).toEqual([]);
  });

  test("each secret comes from a Secret, and what both official charts have had in a ConfigMap does, too", () => {
    const secret = new Set<string>(SECRETS.flatMap(({ env }) => env ?? []));
    const seen = new Set<string>();
    for (const [process, values] of environments)
      for (const [name, value] of values)
        if (secret.has(name)) {
          expect(value, `${process} ${name}`).toBeInstanceOf(Secret);
          seen.add(name);
        }
    expect([...secret].filter((name) => !seen.has(name))).toEqual([]);
    for (const { inputs } of ofType(everything, "kubernetes:core/v1:ConfigMap"))
      expect(JSON.stringify(inputs["data"])).not.toContain(SECRET_MARK);
  });

  test("streaming reads none of it but what is added for it", () => {
    const values = environmentsOf(everything).get("streaming/streaming")!;
    expect([...values.keys()].sort()).toEqual([
      ...["DB_HOST", "DB_NAME", "DB_PASS", "DB_POOL", "DB_PORT", "DB_SSLMODE", "DB_USER"],
      ...["LOG_LEVEL", "NODE_EXTRA_CA_CERTS", "PORT", "REDIS_URL", "TRUSTED_PROXY_IP"],
    ]);
  });

  test("what goes over the wire is encrypted and checked", () => {
    const sidekiq = environmentsOf(everything).get("sidekiq-default/sidekiq")!;
    expect(sidekiq.get("SMTP_ENABLE_STARTTLS")).toBe("always");
    expect(sidekiq.get("BULK_SMTP_TLS")).toBe("true");
    expect(sidekiq.has("BULK_SMTP_ENABLE_STARTTLS")).toBe(false);
    for (const prefix of ["", "BULK_"])
      expect(sidekiq.get(`${prefix}SMTP_OPENSSL_VERIFY_MODE`)).toBe("peer");
    expect(sidekiq.get("ES_HOST")).toBe("https://search.example.net");
    const web = environmentsOf(everything).get(WEB)!;
    expect(web.get("LDAP_METHOD")).toBe("simple_tls");
    expect(web.get("OIDC_REDIRECT_URI")).toBe(
      "https://example.social/auth/auth/openid_connect/callback",
    );
    expect(web.get("SAML_ACS_URL")).toBe("https://example.social/auth/auth/saml/callback");
  });

  test("no name that a key or this program sets can be set by hand, too", () => {
    for (const [process, values] of environmentsOf(everything)) {
      if (NOT_MASTODON.includes(process)) continue;
      const kind = process.startsWith("streaming") ? "streaming" : "rails";
      for (const name of values.keys())
        if (!/^(DEFAULT_LOCALE|MAX_TOOT_CHARS|LOG_LEVEL|(?:DIRECT|STREAMING)_DB_.+)$/u.test(name))
          expect(ownerWords(name, kind), name).toBeDefined();
    }
    for (const name of Object.keys(REMOVED_NAMES)) expect(fateOf(name), name).toBeDefined();
  });
});

describe("metrics", () => {
  const scraped = {
    web: "9394",
    "sidekiq-default": "9394",
    "sidekiq-federation": "9394",
    "sidekiq-scheduler": "9394",
    streaming: "4000",
    connector: "2000",
  };

  test.each(Object.entries(scraped))("of %s are found on port %s", (name, port) => {
    const { metadata } = templateOf(theResource(everything, "kubernetes:apps/v1:Deployment", name));
    expect((metadata as { annotations?: unknown }).annotations).toEqual({
      "prometheus.io/scrape": "true",
      "prometheus.io/port": port,
      "prometheus.io/path": "/metrics",
    });
  });

  test("of nothing else are, and without the option none are", () => {
    for (const [plan, names] of [
      [everything, Object.keys(scraped)],
      [without, []],
    ] as const)
      expect(
        ofType(plan, "kubernetes:apps/v1:Deployment")
          .filter((owner) => "annotations" in templateOf(owner).metadata)
          .map(({ name }) => name)
          .sort(),
      ).toEqual([...names].sort());
  });

  test("of web are told by an exporter beside it, which can't take it out of its Service and reads no secret", () => {
    const web = podsOf(everything).find(({ name }) => name === "web")!;
    const exporter = web.containers.find(({ name }) => name === "prometheus-exporter")!;
    expect(exporter).not.toHaveProperty("readinessProbe");
    expect(exporter).toHaveProperty("livenessProbe.httpGet.path", "/ping");
    expect([exporter.env, exporter.envFrom]).toEqual([undefined, undefined]);
    expect(exporter.image).toBe(EVERY_OPTION.fork.mastodon);
    const values = environmentsOf(everything).get(WEB)!;
    expect(values.get("PROMETHEUS_EXPORTER_PORT")).toBe(exporter.args?.[4]);
  });
});

test("a Prometheus of the operator's is told of the same pods, by the names of their ports", async () => {
  const plan = await planStack({
    ...raw,
    metrics: { namespace: "monitoring", podMonitor: true },
    observability: { release: "stack" },
  });
  const monitors = ofType(plan, "kubernetes:monitoring.coreos.com/v1:PodMonitor");
  const told = monitors.flatMap(({ inputs }) => {
    const { metadata, spec } = inputs as {
      metadata: { labels: Record<string, string> };
      spec: {
        selector: { matchExpressions: { values: string[] }[] };
        podMetricsEndpoints: { port: string }[];
      };
    };
    expect(metadata.labels["release"]).toBe("stack");
    return spec.selector.matchExpressions[0]!.values.map((component) => [
      component,
      spec.podMetricsEndpoints[0]!.port,
    ]);
  });
  const listening = podsOf(plan).flatMap(({ owner, spec }) => {
    const template = templateOf(owner);
    if (!("annotations" in template.metadata)) return [];
    const { annotations, labels } = template.metadata as unknown as {
      annotations: Record<string, string>;
      labels: Record<string, string>;
    };
    const ports = (spec["containers"] as { ports?: { name: string; containerPort: number }[] }[])
      .flatMap((container) => container.ports ?? [])
      .filter(({ containerPort }) => String(containerPort) === annotations["prometheus.io/port"]);
    return ports.map(({ name }) => [labels["app.kubernetes.io/component"], name]);
  });
  expect(told.sort()).toEqual(listening.sort());
  expect(told).toHaveLength(6);
});

describe("a fork", () => {
  test("is what every process of Mastodon's runs, and what its static files come from", () => {
    const images = podsOf(everything).flatMap(({ containers }) =>
      containers.map(({ image }) => image),
    );
    expect(images.filter((image) => image.includes("/mastodon/"))).toEqual([]);
    expect(new Set(images.filter((image) => image.includes("glitch-soc")))).toEqual(
      new Set([EVERY_OPTION.fork.mastodon, EVERY_OPTION.fork.streaming]),
    );
  });

  test("leaves Mastodon's release as its output, so that the next upgrade is compared", () => {
    expect(everything.outputs["running"]).toMatchObject({ mastodonVersion: FIXTURE_RELEASE });
  });
});

test("the search server is filled last, and nothing waits for it: an hour of it keeps nobody out", () => {
  const job = theResource(everything, "kubernetes:batch/v1:Job", "search-deploy");
  const waiting = everything.resources.filter((each) => comesBefore(everything, each).has(job.urn));
  expect(waiting).toEqual([]);
  const record = theResource(
    everything,
    "cloudflare:index/dnsRecord:DnsRecord",
    "edge-example.social",
  );
  expect(comesBefore(everything, job)).toContain(record.urn);
  expect(without.resources.some(({ name }) => name === "search-deploy")).toBe(false);
  const values = environmentsOf(everything).get("search-deploy/tootctl")!;
  expect(values.get("DB_PORT")).toBe("25060");
  expect(reveal(values.get("ES_PASS"))).toBe(`${SECRET_MARK}searchPassword`);
});
