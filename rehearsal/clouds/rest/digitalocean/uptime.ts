import type { Properties } from "../../../providers/provider.ts";
import { UPTIME_ALERT, UPTIME_CHECK, uptimeAlert, uptimeCheck } from "../../digitalocean/uptime.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import type { Operation, RestRequest } from "../router.ts";
import { found, missing, ok, type FieldMap } from "./answers.ts";
import { collectionOperations } from "./collection.ts";
import { recipients, shownRecipients } from "./recipients.ts";

const CHECKS = "/v2/uptime/checks";
const CHECK = `${CHECKS}/{check_id}`;
const CHECK_FIELDS: FieldMap = {
  name: "name",
  type: "type",
  target: "target",
  regions: "regions",
  enabled: "enabled",
};
const ALERT_FIELDS: FieldMap = {
  name: "name",
  type: "type",
  threshold: "threshold",
  comparison: "comparison",
  period: "period",
  notifications: (value) => ({ notifications: [recipients(value as Properties)] }),
};

/**
 * Uptime checks and their alerts (digitalocean/openapi 7c1300c4 `specification/resources/uptime/`).
 */
export const uptimeOperations: readonly Operation[] = [
  ...collectionOperations({
    row: uptimeCheck,
    all: CHECKS,
    key: "{check_id}",
    one: "check",
    several: "checks",
    fields: CHECK_FIELDS,
    created: 201,
    found: checkOf,
    shown: shownCheck,
  }),
  {
    method: "GET",
    path: `${CHECK}/state`,
    answer(request, world) {
      const check = checkOf(request, world);
      const state = {
        status: "UP",
        status_changed_at: world.since(check),
        thirty_day_uptime_percentage: 100,
      };
      const regions = read.texts(check.properties, "regions");
      return ok({ state: { regions: Object.fromEntries(regions.map((key) => [key, state])) } });
    },
  },
  ...collectionOperations({
    row: uptimeAlert,
    all: `${CHECK}/alerts`,
    key: "{alert_id}",
    one: "alert",
    several: "alerts",
    fields: ALERT_FIELDS,
    created: 201,
    within: (request, world) => ({ checkId: checkOf(request, world).id }),
    found: alertOf,
    shown: shownAlert,
  }),
];

function checkOf(request: RestRequest, world: World): CloudObject {
  return found(request, world, UPTIME_CHECK, request.parameters["check_id"]!);
}

function alertOf(request: RestRequest, world: World): CloudObject {
  const alert = found(request, world, UPTIME_ALERT, request.parameters["alert_id"]!);
  if (alert.properties["checkId"] !== request.parameters["check_id"]) throw missing(request);
  return alert;
}

function shownCheck({ id, properties }: CloudObject): Properties {
  const { name, type, target, enabled } = properties;
  return {
    id,
    name,
    type: type ?? "https",
    target,
    regions: read.texts(properties, "regions"),
    enabled: enabled ?? true,
  };
}

function shownAlert({ id, properties }: CloudObject): Properties {
  const { name, type, threshold, comparison, period } = properties;
  const [told = {}] = read.list(properties, "notifications");
  return { id, name, type, threshold, comparison, period, notifications: shownRecipients(told) };
}
