import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { refuseFaults } from "./api.ts";
import { NOTIFICATION, refuseRecipients } from "./notifications.ts";

const PATH = "/v2/monitoring/alerts";

/** Only `v1/dbaas/alerts/…`: the stack has no other alert policies. */
const TYPES = [
  "v1/dbaas/alerts/load_15_alerts",
  "v1/dbaas/alerts/cpu_alerts",
  "v1/dbaas/alerts/memory_utilization_alerts",
  "v1/dbaas/alerts/disk_utilization_alerts",
];

/**
 * Alerts when a metric of a database passes a limit (terraform-provider-digitalocean
 * `digitalocean/monitoring/resource_monitor_alert.go`; digitalocean/openapi
 * `specification/resources/monitoring/models/alert_policy_request.yml`).
 */
export const monitorAlert: ResourceRow = {
  type: "digitalocean:index/monitorAlert:MonitorAlert",
  file: "rehearsal/clouds/digitalocean/monitoring.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  properties: {
    type: { kind: "string", required: true, allowed: TYPES },
    description: { kind: "string", required: true },
    compare: { kind: "string", required: true, allowed: ["GreaterThan", "LessThan"] },
    value: {
      kind: "number",
      required: true,
      refuse: (value) => (Number(value) >= 0 ? undefined : "at least 0"), // `FloatAtLeast(0)`
    },
    window: { kind: "string", required: true, allowed: ["5m", "10m", "30m", "1h"] },
    entities: { kind: "set", item: { kind: "string" } },
    tags: { kind: "set", item: { kind: "string" } },
    alerts: { ...NOTIFICATION, required: true },
    enabled: { kind: "boolean", default: true },
    uuid: { kind: "string", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: "all",
  apiFaults: ({ value, entities, tags }) => [
    // All of these are percentages.
    ...(Number(value) > 100 ? [`value: ${String(value)} is more than 100 percent`] : []),
    ...(isEmpty(entities) && isEmpty(tags)
      ? ["entities: none, and no tags: nothing would be watched"]
      : []),
  ],
  async create(inputs, { world }) {
    const doing = "creating Alert Policy";
    refuseFaults(monitorAlert, inputs, doing, "POST", PATH);
    refuseRecipients(world.account, read.object(inputs, "alerts"), "alerts", doing, "POST", PATH);
    const id = world.newId();
    return { id, given: { uuid: id } };
  },
  async update(object, inputs, { world }) {
    const path = `${PATH}/${object.id}`;
    const doing = "updating monitoring alert";
    refuseFaults(monitorAlert, inputs, doing, "PUT", path);
    refuseRecipients(world.account, read.object(inputs, "alerts"), "alerts", doing, "PUT", path);
    return {};
  },
  async delete() {},
};

const isEmpty = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0);
