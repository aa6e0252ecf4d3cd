import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { offered, refusal, refuseFaults } from "./api.ts";
import { NOTIFICATION, refuseRecipients } from "./notifications.ts";

export const UPTIME_CHECK = "digitalocean:index/uptimeCheck:UptimeCheck";
export const UPTIME_ALERT = "digitalocean:index/uptimeAlert:UptimeAlert";

const FILE = "rehearsal/clouds/digitalocean/uptime.ts";
const SECONDS = { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };

/**
 * Checks a URL from outside (terraform-provider-digitalocean
 * `digitalocean/uptime/resource_uptime_check.go`; digitalocean/openapi
 * `specification/resources/uptime/models/check.yml`). Everything changes in place.
 */
export const uptimeCheck: ResourceRow = {
  type: UPTIME_CHECK,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    target: {
      kind: "string",
      required: true,
      // `format: url` in check.yml.
      api: (value) =>
        URL.canParse(String(value)) ? undefined : `${String(value)} is no URL as https://host/path`,
    },
    type: { kind: "string", default: "https", allowed: ["ping", "http", "https"] },
    regions: {
      kind: "set",
      item: { kind: "string", api: offered(["us_east", "us_west", "eu_west", "se_asia"]) },
    },
    enabled: { kind: "boolean", default: true },
  },
  seconds: SECONDS,
  stableOutputs: "all",
  async create(inputs, { world }) {
    refuseFaults(uptimeCheck, inputs, "creating Check", "POST", "/v2/uptime/checks");
    return { id: world.newId(), given: {} };
  },
  async update(object, inputs) {
    refuseFaults(uptimeCheck, inputs, "updating Check", "PUT", `/v2/uptime/checks/${object.id}`);
    return {};
  },
  // Its alerts are deleted with it, because they are stored under its id.
  async delete(object, { world }) {
    for (const alert of world.find(UPTIME_ALERT, ({ checkId }) => checkId === object.id))
      world.remove(alert);
  },
};

/**
 * Unit and allowed values of the threshold of each kind of alert. A `down` needs none, and gets 1
 * by convention.
 */
const THRESHOLDS: Readonly<Record<string, { readonly unit: string; readonly most: number }>> = {
  latency: { unit: "milliseconds", most: 30_000 },
  ssl_expiry: { unit: "days", most: 365 },
};

const oneOf = (...allowed: readonly string[]): PropertyRow => ({ kind: "string", allowed });

/**
 * Alerts on the result of a check (`resource_uptime_alert.go`; `uptime/models/alert.yml`).
 * `checkId` does not force a replacement, although the alert's URL contains the check's id. With
 * another check, its update is a 404.
 */
export const uptimeAlert: ResourceRow = {
  type: UPTIME_ALERT,
  file: FILE,
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{checkId},{id}",
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    checkId: { kind: "string", required: true },
    type: { ...oneOf("latency", "down", "down_global", "ssl_expiry"), required: true },
    threshold: { kind: "integer" },
    comparison: oneOf("greater_than", "less_than"),
    period: oneOf("2m", "3m", "5m", "10m", "15m", "30m", "1h"),
    notifications: { kind: "list", required: true, item: NOTIFICATION },
  },
  seconds: SECONDS,
  stableOutputs: "all",
  apiFaults: ({ type, threshold, comparison, period }) => {
    const rule = THRESHOLDS[String(type)];
    if (rule !== undefined && typeof threshold !== "symbol") {
      // "The specific threshold is dependent on the alert type" (alert.yml). These bounds are
      // invented, to catch a wrong unit.
      if (threshold === undefined) return [`threshold: ${String(type)} needs one, in ${rule.unit}`];
      if (Number(threshold) < 1 || Number(threshold) > rule.most)
        return [`threshold: ${String(threshold)} is not 1 to ${rule.most} ${rule.unit}`];
      if (comparison === undefined) return [`comparison: ${String(type)} needs one`];
    }
    return period === undefined ? ["period: the alert would never be raised without one"] : [];
  },
  async create(inputs, { world }) {
    const checkId = read.text(inputs, "checkId");
    const path = `/v2/uptime/checks/${checkId}/alerts`;
    const doing = "creating Uptime Alert";
    refuseFaults(uptimeAlert, inputs, doing, "POST", path);
    if (world.get(UPTIME_CHECK, checkId) === undefined)
      throw refusal(
        doing,
        "POST",
        path,
        404,
        "The resource you were accessing could not be found.",
      );
    for (const notification of read.list(inputs, "notifications"))
      refuseRecipients(world.account, notification, "notifications", doing, "POST", path);
    return { id: world.newId(), given: {} };
  },
  async update(object, inputs, { world }) {
    const checkId = read.text(inputs, "checkId");
    const path = `/v2/uptime/checks/${checkId}/alerts/${object.id}`;
    if (checkId !== object.properties["checkId"])
      throw refusal(
        "updating Alert",
        "PUT",
        path,
        404,
        "The resource you were accessing could not be found.",
      );
    refuseFaults(uptimeAlert, inputs, "updating Alert", "PUT", path);
    for (const notification of read.list(inputs, "notifications"))
      refuseRecipients(world.account, notification, "notifications", "updating Alert", "PUT", path);
    return {};
  },
  async delete() {},
};
