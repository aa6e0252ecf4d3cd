import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { ASSETS_HEALTH_PATH } from "../domain/static-paths.ts";
import type { Hosts } from "../domain/hosts.ts";
import type { Recipients } from "./notifications.ts";

/** Arguments of the checks from outside. */
export interface UptimeArgs {
  readonly hosts: Hosts;
  readonly alerts: StackConfig["alerts"];
  readonly recipients: Recipients;
}

/**
 * Health check path of each host. Web's check covers Redis and Postgres. Streaming's answers
 * without both (mastodon/mastodon `streaming/index.js`), so it shows only that the process runs.
 */
const PATHS: Readonly<Record<keyof Hosts, string>> = {
  web: "/health",
  streaming: "/api/v1/streaming/health",
  assets: ASSETS_HEALTH_PATH,
};

/**
 * Checks from outside, every minute: whether the server answers, how long it takes, and when its
 * certificates expire. Only they cover DNS, the edge and the tunnel.
 */
export class Uptime extends pulumi.ComponentResource {
  constructor(name: string, args: UptimeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Uptime", name, {}, opts);
    for (const [role, path] of Object.entries(PATHS))
      this.#host(name, role, `https://${args.hosts[role as keyof Hosts]}${path}`, args);
    this.registerOutputs({});
  }

  #host(name: string, role: string, target: string, { alerts, recipients }: UptimeArgs): void {
    const check = new digitalocean.UptimeCheck(
      `${name}-${role}`,
      { name: `Mastodon: ${role}`, target, type: "https", regions: alerts.regions, enabled: true },
      { parent: this },
    );
    const alert = (
      kind: string,
      rule: Pick<digitalocean.UptimeAlertArgs, "type" | "threshold" | "comparison" | "period">,
    ): digitalocean.UptimeAlert =>
      new digitalocean.UptimeAlert(
        `${name}-${role}-${kind}`,
        {
          checkId: check.id,
          name: `Mastodon: ${role} ${kind}`,
          ...rule,
          notifications: [{ emails: recipients.emails, slacks: recipients.slacks }],
        },
        { parent: this },
      );
    // All regions must fail: a failure in one region is mostly the network path. No rollout takes
    // so long.
    alert("down", { type: "down_global", threshold: 1, comparison: "less_than", period: "5m" });
    if (role === "web")
      alert("slow", {
        type: "latency",
        threshold: alerts.latencyMilliseconds,
        comparison: "greater_than",
        period: "10m",
      });
    alert("certificate", {
      type: "ssl_expiry",
      threshold: alerts.certificateDays,
      comparison: "less_than",
      period: "1h",
    });
  }
}
