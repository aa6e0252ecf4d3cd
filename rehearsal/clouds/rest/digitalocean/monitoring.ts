import type { Properties } from "../../../providers/provider.ts";
import { monitorAlert } from "../../digitalocean/monitoring.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../rows.ts";
import type { World } from "../../world.ts";
import type { Operation, RestRequest } from "../router.ts";
import {
  change,
  found,
  make,
  NO_CONTENT,
  ok,
  page,
  propertiesFrom,
  remove,
  type FieldMap,
} from "./answers.ts";
import { recipients, shownRecipients } from "./recipients.ts";

const ALL = "/v2/monitoring/alerts";
const ONE = `${ALL}/{alert_uuid}`;
const FIELDS: FieldMap = {
  type: "type",
  description: "description",
  compare: "compare",
  value: "value",
  window: "window",
  entities: "entities",
  tags: "tags",
  enabled: "enabled",
  alerts: (value) => ({ alerts: recipients(value as Properties) }),
};

/**
 * Alert policies (digitalocean/openapi 7c1300c4 `specification/resources/monitoring/`); a create
 * answers 200 there.
 */
export const monitoringOperations: readonly Operation[] = [
  {
    method: "GET",
    path: ALL,
    answer: (request, world) => page(request, "policies", world.find(monitorAlert.type).map(shown)),
  },
  {
    method: "POST",
    path: ALL,
    async answer(request, world) {
      const policy = await make(monitorAlert, propertiesFrom(request.body, FIELDS), request, world);
      return ok({ policy: shown(policy) });
    },
  },
  {
    method: "GET",
    path: ONE,
    answer: (request, world) => ok({ policy: shown(policyOf(request, world)) }),
  },
  {
    method: "PUT",
    path: ONE,
    async answer(request, world) {
      const policy = policyOf(request, world);
      await change(monitorAlert, policy, propertiesFrom(request.body, FIELDS), request, world);
      return ok({ policy: shown(policy) });
    },
  },
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      await remove(monitorAlert, policyOf(request, world), request, world);
      return NO_CONTENT;
    },
  },
];

function policyOf(request: RestRequest, world: World): CloudObject {
  return found(request, world, monitorAlert.type, request.parameters["alert_uuid"]!);
}

function shown({ id, properties }: CloudObject): Properties {
  const { type, description, compare, value, window, enabled } = properties;
  return {
    uuid: id,
    type,
    description,
    compare,
    value,
    window,
    entities: read.texts(properties, "entities"),
    tags: read.texts(properties, "tags"),
    alerts: shownRecipients(read.object(properties, "alerts")),
    enabled: enabled ?? true,
  };
}
