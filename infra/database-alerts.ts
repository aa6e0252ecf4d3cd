import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import type { Recipients } from "./notifications.ts";

/** Arguments of the databases' alerts. */
export interface DatabaseAlertsArgs {
  /** Ids of database clusters by the name that a message shows. */
  readonly databases: Readonly<Record<string, pulumi.Input<string>>>;
  readonly alerts: StackConfig["alerts"];
  readonly recipients: Recipients;
}

/**
 * Metrics for which DigitalOcean has database alerts (digitalocean/openapi
 * `monitoring/models/alert_policy_request.yml`).
 */
const MEASURES = [
  { kind: "cpu", type: "v1/dbaas/alerts/cpu_alerts", limit: "cpuPercent" },
  { kind: "memory", type: "v1/dbaas/alerts/memory_utilization_alerts", limit: "memoryPercent" },
  { kind: "disk", type: "v1/dbaas/alerts/disk_utilization_alerts", limit: "diskPercent" },
] as const;

/**
 * Alerts before a database is full or overloaded. A full Valkey under `noeviction` refuses every
 * write, and so every job.
 */
export class DatabaseAlerts extends pulumi.ComponentResource {
  constructor(name: string, args: DatabaseAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:DatabaseAlerts", name, {}, opts);
    for (const [database, id] of Object.entries(args.databases))
      for (const { kind, type, limit } of MEASURES)
        new digitalocean.MonitorAlert(
          `${name}-${database}-${kind}`,
          {
            type,
            description: `Mastodon: ${database} ${kind} above ${args.alerts[limit]} %`,
            compare: "GreaterThan",
            value: args.alerts[limit],
            // Longer than a backup or a vacuum takes.
            window: "30m",
            // By id: a tag would also match any resource that gets it later.
            entities: [id],
            alerts: { emails: args.recipients.emails, slacks: args.recipients.slacks },
            enabled: true,
          },
          { parent: this },
        );
    this.registerOutputs({});
  }
}
