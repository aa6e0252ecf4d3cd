import { describe, expect, test } from "vitest";
import { SECRET_MARK } from "../../plan/answers.ts";
import { hasSecret, reveal } from "../../plan/values.ts";
import { comesBefore, ofType, textsOf, theResource } from "../stack/views.ts";
import { planWith } from "./raw.ts";

const CHECK = "digitalocean:index/uptimeCheck:UptimeCheck";
const UPTIME = "digitalocean:index/uptimeAlert:UptimeAlert";
const MONITOR = "digitalocean:index/monitorAlert:MonitorAlert";
const told = await planWith({ alerts: { emails: ["ops@example.social"] } });

describe("a server that nobody watches", () => {
  test("each host is asked from outside, where it says that it is well, from two regions", () => {
    expect(
      ofType(told, CHECK).map(({ inputs }) => [
        inputs["target"],
        inputs["type"],
        inputs["regions"],
      ]),
    ).toEqual(
      [
        "https://example.social/health",
        "https://streaming.example.social/api/v1/streaming/health",
        "https://assets.example.social/health",
      ].map((target) => [target, "https", ["us_east", "eu_west"]]),
    );
  });

  test("of each host it is told when it is down and when its certificate ends", () => {
    for (const role of ["web", "streaming", "assets"]) {
      expect(theResource(told, UPTIME, `uptime-${role}-down`).inputs).toMatchObject({
        checkId: `id-of-uptime-${role}`,
        type: "down_global",
        period: "5m",
      });
      expect(theResource(told, UPTIME, `uptime-${role}-certificate`).inputs).toMatchObject({
        type: "ssl_expiry",
        threshold: 14,
        comparison: "less_than",
      });
    }
  });

  test("of each database it is told before CPU, memory or disk are used up, by its id", async () => {
    const plan = await planWith({
      alerts: { emails: ["ops@example.social"], diskPercent: 70 },
      valkey: { cache: { size: "db-s-1vcpu-1gb" } },
    });
    const watched = ofType(plan, MONITOR).map(({ inputs }) => [
      (inputs["entities"] as string[])[0],
      inputs["type"],
      inputs["value"],
    ]);
    expect(watched.sort()).toEqual(
      ["cache", "postgres", "valkey"].flatMap((database) =>
        [
          ["cpu_alerts", 85],
          ["disk_utilization_alerts", 70],
          ["memory_utilization_alerts", 90],
        ].map(([type, value]) => [`id-of-${database}-cluster`, `v1/dbaas/alerts/${type}`, value]),
      ),
    );
  });

  test("the disk alert comes after the disk has grown by itself: it tells of a growth that failed", () => {
    const disk = theResource(told, MONITOR, "database-alerts-postgres-disk").inputs["value"];
    const database = theResource(
      told,
      "digitalocean:index/databaseCluster:DatabaseCluster",
      "postgres-cluster",
    );
    const { thresholdPercent } = database.inputs["storageAutoscale"] as {
      thresholdPercent: number;
    };
    expect(Number(disk)).toBeGreaterThan(thresholdPercent);
  });
});

test("nobody is woken while the server is first built: checks come after the DNS records", () => {
  for (const check of ofType(told, CHECK)) {
    const before = comesBefore(told, check);
    expect([...before].filter((urn) => urn.includes("mastodon:cdn:Edge::"))).toHaveLength(1);
  }
});

test("without anyone to tell there is no alert, which DigitalOcean would refuse", async () => {
  const silent = await planWith({ alerts: { emails: [] } });
  expect(
    silent.resources.filter(({ type }) => /Uptime|MonitorAlert|DatabaseAlerts/u.test(type)),
  ).toEqual([]);
});

test("who has the Slack webhook can post there: it is nowhere in the clear", async () => {
  const plan = await planWith({ alerts: { slackChannel: "#mastodon" } });
  const alerts = [...ofType(plan, UPTIME), ...ofType(plan, MONITOR)];
  expect(alerts).toHaveLength(13);
  for (const { name, inputs } of alerts) {
    const recipients = inputs["alerts"] ?? inputs["notifications"];
    expect(hasSecret(recipients), name).toBe(true);
    expect(JSON.stringify(reveal(recipients)), name).toContain(`${SECRET_MARK}slackWebhook`);
    for (const { text } of textsOf(inputs)) expect(text).not.toContain(SECRET_MARK);
  }
});

test("without a webhook the channel alone is no recipient", async () => {
  const { recipientsOf } = await import("../../infra/notifications.ts");
  const { alerts } = (await import("../../input/parse.ts")).parseConfig(
    (await import("./raw.ts")).rawWith({ alerts: { emails: [], slackChannel: "#mastodon" } }),
  );
  expect(recipientsOf(alerts, undefined)).toBeUndefined();
});
