import { describe, expect, test } from "vitest";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { RESOURCE_RULES, STACK_RULES } from "../../policy/rules/all.ts";
import { BASE } from "../config/base.ts";
import { EVERY_OPTION } from "../config/every-option.ts";
import { changedPlan } from "../stack/changed-plan.ts";
import { faultsOf, mandatoryFaults } from "./resources.ts";

/** A rule that sees nothing passes every plan, and a message with a value is a leak in a log. */

const plan = await planStack();
const BARE_PLANS: readonly (readonly [string, Plan])[] = [
  ["production", plan],
  ["production's first preview", await planStack(undefined, { preview: true })],
  ["every option", await planStack({ ...readStackFile(), ...EVERY_OPTION })],
  ["everything stopped", await planStack({ ...BASE, stopped: ["web", "streaming", "sidekiq"] })],
  ["media on Spaces", await planStack({ ...BASE, media: { storage: "spaces" } })],
];

test.each(BARE_PLANS)("%s breaks no mandatory rule", (_name, each) => {
  expect(mandatoryFaults(each)).toEqual([]);
});

const CONTAINER = "spec.template.spec.containers.0";
const POD = "spec.template.spec";

/** A value that no message may show. It would break a rule in each place where it stands. */
const CANARY = "canary-of-a-value";

type Broken = readonly [name: string, path: string, change: (value: unknown) => unknown];

const without = (name: string): Plan => ({
  ...plan,
  resources: plan.resources.filter((resource) => resource.name !== name),
});
const broken = (...changes: readonly Broken[]): Plan =>
  changes.reduce((each, [name, path, change]) => changedPlan(each, name, path, change), plan);

/** For each rule: what somebody did, the plan with it, and the message. */
const CASES: Readonly<Record<string, readonly (readonly [string, Plan, string])[]>> = {
  "verify-full": [
    [
      "any server is taken for the database",
      broken(["environment-rails", "data.DB_SSLMODE", () => CANARY]),
      "environment-rails: DB_SSLMODE is not verify-full",
    ],
    [
      "one container has its own",
      broken(["streaming", `${CONTAINER}.env`, () => [{ name: "PGSSLMODE", value: CANARY }]]),
      "streaming: streaming: PGSSLMODE is not verify-full",
    ],
    [
      "in an address",
      broken([
        "environment-application-secret",
        "stringData.REPLICA_DATABASE_URL",
        () => `postgresql://me:${CANARY}@db/mastodon?sslmode=require`,
      ]),
      "environment-application-secret: REPLICA_DATABASE_URL turns the check of the certificate off",
    ],
    [
      "in a command",
      broken(["web", `${CONTAINER}.args`, () => ["psql", `sslmode=require ${CANARY}`]]),
      "web: spec.template.spec.containers.0.args.1 turns the check of the certificate off",
    ],
  ],
  "verify-full-everywhere": [
    [
      "nobody says it any more",
      broken(["environment-rails", "data.DB_SSLMODE", () => undefined]),
      "web: puma: DB_SSLMODE is not verify-full",
    ],
  ],
  "no-secret-in-the-clear": [
    [
      "a password in a ConfigMap",
      broken(["environment-rails", "data.OIDC_CLIENT_SECRET", () => CANARY]),
      "environment-rails: OIDC_CLIENT_SECRET is a secret by its name, in a ConfigMap. Put it into a Secret",
    ],
    [
      "a password in a container",
      broken(["web", `${CONTAINER}.env`, () => [{ name: "SMTP_PASSWORD", value: CANARY }]]),
      "web: puma: SMTP_PASSWORD is a secret by its name, in the clear",
    ],
    [
      "a private key under a harmless name",
      broken([
        "environment-rails",
        "data.SAML_CERT",
        () => `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}`,
      ]),
      "environment-rails: SAML_CERT is a secret by its name, in a ConfigMap. Put it into a Secret",
    ],
  ],
  "no-copied-secret": [
    [
      "the same under a harmless name",
      broken(["environment-rails", "data.SITE_TITLE", () => `${SECRET_MARK}secretKeyBase`]),
      "environment-rails: SITE_TITLE has a value that is in a Secret, too, in a ConfigMap. Put it into a Secret",
    ],
  ],
  "restricted-pods": [
    [
      "a privileged container",
      broken(["web", `${CONTAINER}.securityContext.privileged`, () => true]),
      "web: puma may gain privilege or write to its image: it needs a read-only root, no escalation and no capability",
    ],
    [
      "a root that can be written to",
      broken(["streaming", `${CONTAINER}.securityContext.readOnlyRootFilesystem`, () => false]),
      "streaming: streaming may gain privilege or write to its image: it needs a read-only root, no escalation and no capability",
    ],
    [
      "root by number",
      broken([
        "web",
        `${CONTAINER}.securityContext`,
        (is) => ({ ...(is as object), runAsUser: 0 }),
      ]),
      "web: puma runs as root",
    ],
    [
      "a user by name",
      broken(["assets", `${POD}.securityContext.runAsUser`, () => undefined]),
      "assets: the pod has no user that is not root, by number",
    ],
    [
      "no seccomp profile",
      broken(["assets", `${POD}.securityContext.seccompProfile`, () => undefined]),
      "assets: the pod has no seccomp profile",
    ],
    [
      "the node's network",
      broken(["connector", `${POD}.hostNetwork`, () => true]),
      "connector: the pod has hostNetwork",
    ],
    [
      "a folder of the node",
      broken(["web", `${POD}.volumes`, () => [{ name: "any", hostPath: { path: CANARY } }]]),
      "web: volume 0 of the pod is of a kind that may hold something of the node",
    ],
  ],
  "images-by-digest": [
    [
      "a tag alone",
      broken(["web", `${CONTAINER}.image`, () => `example.social/${CANARY}:v1`]),
      "web: puma has an image without a digest. Write it: npm run images -- pin",
    ],
  ],
  "database-firewalls": [
    [
      "no firewall",
      without("postgres-firewall"),
      "postgres-cluster: the cluster has no firewall with a rule, so DigitalOcean admits every address",
    ],
    [
      "a firewall without a rule",
      broken(["valkey-firewall", "rules", () => []]),
      "valkey-cluster: the cluster has no firewall with a rule, so DigitalOcean admits every address",
    ],
    [
      "a firewall that admits everybody",
      broken(["valkey-firewall", "rules", () => [{ type: "ip_addr", value: "0.0.0.0/0" }]]),
      "valkey-firewall: a rule admits every address",
    ],
  ],
  "one-owner-per-queue": [
    ["a group is gone", without("sidekiq-federation"), "no group works on the queue push"],
    [
      "two groups work on one queue",
      broken([
        "sidekiq-default",
        `${CONTAINER}.args`,
        (args) => [...(args as string[]), "-q", "push,1"],
      ]),
      "more than one group works on the queue push",
    ],
    [
      "two schedulers",
      broken(["sidekiq-scheduler", "spec.replicas", () => 2]),
      "sidekiq-scheduler: the scheduler may run twice at a time",
    ],
    [
      "two schedulers in a rollout",
      broken(["sidekiq-scheduler", "spec.strategy", () => ({ type: "RollingUpdate" })]),
      "sidekiq-scheduler: the scheduler may run twice at a time",
    ],
  ],
  "services-lead-to-pods": [
    [
      "a label that no pod has",
      broken([
        "web-service",
        "spec.selector",
        (is) => ({ ...(is as object), "app.kubernetes.io/component": CANARY }),
      ]),
      "web-service: the Service leads to the pods of 0 Deployments",
    ],
    [
      "a port that no pod has",
      broken(["web-service", "spec.ports.0.targetPort", () => CANARY]),
      "web-service: port 0 of the Service is none of its pods'",
    ],
  ],
  "limits-of-plans": [
    [
      "more rules than the plan has",
      broken([
        "edge-firewall",
        "rules",
        (rules) => Array.from({ length: 6 }, () => (rules as unknown[])[0]),
      ]),
      "there are 6 firewall rules, and Cloudflare's free plan has 5",
    ],
    [
      "an expression that is too long",
      broken(["edge-firewall", "rules.0.expression", () => CANARY.repeat(300)]),
      "edge-firewall: rule 0 has 5100 characters, and Cloudflare takes 4096",
    ],
    [
      "a pool that the database can't fill",
      broken(["postgres-pool", "size", () => 1_000]),
      "postgres-cluster: its pools have 1000 connections, and its plan gives 197",
    ],
  ],
};

const RULES = [...RESOURCE_RULES, ...STACK_RULES];

test("each rule has a case that breaks it", () => {
  expect(Object.keys(CASES).sort()).toEqual(RULES.map(({ name }) => name).sort());
});

describe.each(Object.entries(CASES))("%s sees it, and shows no value", (name, cases) => {
  test.each(cases)("%s", (_what, each, message) => {
    const faults = faultsOf(each, {
      resource: RESOURCE_RULES.filter((rule) => rule.name === name),
      stack: STACK_RULES.filter((rule) => rule.name === name),
    });
    expect(faults).toContain(message);
    for (const fault of faults) {
      expect(fault).not.toContain(CANARY);
      expect(fault).not.toContain(SECRET_MARK);
    }
  });
});
