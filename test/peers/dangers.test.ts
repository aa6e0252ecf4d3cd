import { describe, expect, test } from "vitest";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { Secret } from "../../plan/values.ts";
import { at, changedPlan } from "../stack/changed-plan.ts";
import { DANGERS } from "./dangers/all.ts";
import { EARLIER_RELEASE, FIXTURE_RELEASE } from "../fixture-release.ts";

const plan = await planStack({
  ...readStackFile(),
  upkeep: { mediaDays: 30, previewCardDays: 180 },
});

/** The plan with one value of one resource changed. */
const changed = (name: string, path: string, change: (value: unknown) => unknown): Plan =>
  changedPlan(plan, name, path, change);

const CONTAINER = "spec.template.spec.containers.0";
const TASK_CONTAINER = "spec.jobTemplate.spec.template.spec.containers.0";

/** Faults of other projects, applied to the plan: each danger must detect its own. */
const BROKEN: Readonly<Record<(typeof DANGERS)[number]["key"], readonly Plan[]>> = {
  reference: [
    changed("web", `${CONTAINER}.envFrom.0.configMapRef.name`, () => "environment-other"),
    // A key with another name (mastodon/chart's media-remove), and `value` instead of `key` (its
    // LDAP_PASSWORD).
    changed("streaming", `${CONTAINER}.env`, () => [
      {
        name: "REDIS_PASSWORD",
        valueFrom: {
          secretKeyRef: { name: "environment-streaming-secret-0a1b2c3d", key: "redis-password" },
        },
      },
    ]),
    changed("streaming", `${CONTAINER}.env`, () => [
      {
        name: "LDAP_PASSWORD",
        valueFrom: {
          secretKeyRef: { name: "environment-streaming-secret-0a1b2c3d", value: "DB_PASS" },
        },
      },
    ]),
  ],
  "open-password": [
    changed("environment-rails", "data.OIDC_CLIENT_SECRET", () => "marker-of-a-secret-oidc"),
    changed(
      "environment-rails",
      "data.OIDC_CLIENT_SECRET",
      () => new Secret("marker-of-a-secret-oidc"),
    ),
  ],
  // Additional environment that is missing in the migrations (both official charts).
  "jobs-without-settings": [
    changed("migrate-pre-deployment", `${CONTAINER}.envFrom`, (from) =>
      (from as object[]).slice(1),
    ),
    changed("upkeep-profiles", `${TASK_CONTAINER}.envFrom`, (from) =>
      (from as object[]).slice(0, -1),
    ),
  ],
  // `mastodonn`, and a direct port that overrides the given one (mastodon/helm-charts).
  "unmade-names": [
    changed("environment-rails", "data.DB_USER", () => "mastodonn"),
    changed("environment-direct", "data.DB_PORT", () => "5432"),
  ],
  // Port 80 in the Service, 3000 in the pod (mastodon/chart's own test).
  "deaf-port": [
    changed("web-service", "spec.ports.0.port", () => 80),
    changed(
      "tunnel-ingress",
      "config.ingresses.2.service",
      () => "http://web.mastodon.svc.cluster.local:80",
    ),
  ],
  // toot.community's outage: a new chart version with new labels.
  selector: [
    changed("web-service", "spec.selector", (selector) => ({
      ...(selector as object),
      "app.kubernetes.io/version": FIXTURE_RELEASE,
    })),
    changed("web", "spec.selector.matchLabels", (selector) => ({
      ...(selector as object),
      "helm.sh/chart": "mastodon-7.0.0",
    })),
  ],
  // Its connectors, renamed; and one budget for all of Sidekiq. The official chart: a value without
  // a template.
  budget: [
    changed("connector-disruption", "spec.selector.matchLabels", () => ({
      "app.kubernetes.io/component": "cloudflared-admin",
    })),
    changed("sidekiq-default-disruption", "spec.selector.matchLabels", () => ({
      "app.kubernetes.io/name": "mastodon",
    })),
    { ...plan, resources: plan.resources.filter(({ name }) => name !== "web-disruption") },
    changed("web-disruption", "spec.maxUnavailable", () => 0),
  ],
  "two-counts": [
    changed("web", "spec.replicas", () => 2),
    changed("streaming", "spec.replicas", () => undefined),
  ],
  // A surge of a quarter, rounded up: two (toot.community).
  "two-schedulers": [
    changed("sidekiq-scheduler", "spec.strategy", () => ({ rollingUpdate: { maxSurge: "25%" } })),
    changed("sidekiq-scheduler", "spec.replicas", () => 2),
    changed("web-autoscaler", "spec.scaleTargetRef.name", () => "sidekiq-scheduler"),
  ],
  // 116 GB of a log shipper, autoscaled without a maximum (toot.community's outage).
  "no-ceiling": [
    changed("assets", "spec.template.spec.volumes.2.emptyDir", () => ({})),
    changed("web", `${CONTAINER}.resources.limits`, () => ({ cpu: "2" })),
    changed("migrate-pre-deployment", "spec.activeDeadlineSeconds", () => undefined),
    changed("web-autoscaler", "spec.maxReplicas", () => undefined),
  ],
  // One-off Jobs of 4.4 together with 4.5 (toot.community).
  "two-releases": [
    changed(
      "migrate-post-deployment",
      `${CONTAINER}.image`,
      () => `ghcr.io/mastodon/mastodon:${EARLIER_RELEASE}`,
    ),
    changed(
      "streaming",
      `${CONTAINER}.image`,
      () => `ghcr.io/mastodon/mastodon-streaming:${EARLIER_RELEASE}`,
    ),
  ],
  // Migrations at the start of web (widdix).
  "migrating-server": [
    changed("web", `${CONTAINER}.args`, () => [
      "bash",
      "-c",
      "rails db:migrate && rails s -p 3000",
    ]),
  ],
  // Two of three encryption keys (widdix's own pipeline).
  "unfilled-template": [
    changed(
      "environment-application-secret",
      "stringData.ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY",
      () => "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY",
    ),
    changed("environment-rails", "data.CDN_HOST", () => "${CDN_HOST}"),
  ],
  // All three at five (toot.community); no concurrencyPolicy (mastodon/chart).
  "clean-ups-meet": [
    changed("upkeep-media", "spec.schedule", () => "0 5 * * *"),
    changed("upkeep-profiles", "spec.concurrencyPolicy", () => undefined),
  ].map((broken, index) => (index === 0 ? sameHour(broken) : broken)),
  // "cache-recount-statuses" that recounts accounts (toot.community).
  "misnamed-clean-up": [
    changed("upkeep-preview-cards", `${TASK_CONTAINER}.args`, () => [
      "bin/tootctl",
      "media",
      "remove",
      "--days=30",
    ]),
  ],
};

/** With a second clean-up at the hour of the first. */
function sameHour(broken: Plan): Plan {
  return {
    ...broken,
    resources: broken.resources.map((resource) =>
      resource.name === "upkeep-profiles"
        ? {
            ...resource,
            inputs: at(
              resource.inputs,
              ["spec", "schedule"],
              () => "0 5 * * 1",
            ) as PlannedResource["inputs"],
          }
        : resource,
    ),
  };
}

describe("what took others down is not in production's plan:", () => {
  test.each(DANGERS.map((danger) => [danger.name, danger] as const))("%s", (_name, { faults }) => {
    expect(faults(plan)).toEqual([]);
  });
});

describe("and would be seen:", () => {
  test.each(DANGERS.map(({ key, name, faults }) => [name, faults, BROKEN[key]] as const))(
    "%s",
    (_name, faults, broken) => {
      expect(broken.length).toBeGreaterThan(0);
      for (const each of broken) expect(faults(each)).not.toEqual([]);
    },
  );
});
