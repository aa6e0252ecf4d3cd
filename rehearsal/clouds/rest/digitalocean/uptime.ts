import type { Properties } from "../../../providers/provider.ts";
import { UPTIME_ALERT, UPTIME_CHECK, uptimeAlert, uptimeCheck } from "../../digitalocean/uptime.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../rows.ts";
import type { World } from "../../world.ts";
import type { Operation, RestRequest } from "../router.ts";
import {
  change,
  found,
  make,
  missing,
  NO_CONTENT,
  ok,
  page,
  propertiesFrom,
  remove,
  type FieldMap,
} from "./answers.ts";
import { recipients, shownRecipients } from "./recipients.ts";

const CHECKS = "/v2/uptime/checks";
const CHECK = `${CHECKS}/{check_id}`;
const ALERT = `${CHECK}/alerts/{alert_id}`;
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
  {
    method: "GET",
    path: CHECKS,
    answer: (request, world) => page(request, "checks", world.find(UPTIME_CHECK).map(shownCheck)),
  },
  {
    method: "POST",
    path: CHECKS,
    async answer(request, world) {
      const wanted = propertiesFrom(request.body, CHECK_FIELDS);
      const check = await make(uptimeCheck, wanted, request, world);
      return { status: 201, body: { check: shownCheck(check) } };
    },
  },
  {
    method: "GET",
    path: CHECK,
    answer: (request, world) => ok({ check: shownCheck(checkOf(request, world)) }),
  },
  {
    method: "PUT",
    path: CHECK,
    async answer(request, world) {
      const check = checkOf(request, world);
      await change(uptimeCheck, check, propertiesFrom(request.body, CHECK_FIELDS), request, world);
      return ok({ check: shownCheck(check) });
    },
  },
  {
    method: "DELETE",
    path: CHECK,
    async answer(request, world) {
      await remove(uptimeCheck, checkOf(request, world), request, world);
      return NO_CONTENT;
    },
  },
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
  {
    method: "GET",
    path: `${CHECK}/alerts`,
    answer(request, world) {
      const { id } = checkOf(request, world);
      const alerts = world.find(UPTIME_ALERT, ({ checkId }) => checkId === id);
      return page(request, "alerts", alerts.map(shownAlert));
    },
  },
  {
    method: "POST",
    path: `${CHECK}/alerts`,
    async answer(request, world) {
      const { id } = checkOf(request, world);
      const wanted = { checkId: id, ...propertiesFrom(request.body, ALERT_FIELDS) };
      const alert = await make(uptimeAlert, wanted, request, world);
      return { status: 201, body: { alert: shownAlert(alert) } };
    },
  },
  {
    method: "GET",
    path: ALERT,
    answer: (request, world) => ok({ alert: shownAlert(alertOf(request, world)) }),
  },
  {
    method: "PUT",
    path: ALERT,
    async answer(request, world) {
      const alert = alertOf(request, world);
      await change(uptimeAlert, alert, propertiesFrom(request.body, ALERT_FIELDS), request, world);
      return ok({ alert: shownAlert(alert) });
    },
  },
  {
    method: "DELETE",
    path: ALERT,
    async answer(request, world) {
      await remove(uptimeAlert, alertOf(request, world), request, world);
      return NO_CONTENT;
    },
  },
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
