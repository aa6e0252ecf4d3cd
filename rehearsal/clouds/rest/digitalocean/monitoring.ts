import type { Properties } from "../../../providers/provider.ts";
import { monitorAlert } from "../../digitalocean/monitoring.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { Operation } from "../router.ts";
import { found, type FieldMap } from "./answers.ts";
import { collectionOperations } from "./collection.ts";
import { recipients, shownRecipients } from "./recipients.ts";

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

/** Alert policies (digitalocean/openapi 7c1300c4 `specification/resources/monitoring/`). */
export const monitoringOperations: readonly Operation[] = collectionOperations({
  row: monitorAlert,
  all: "/v2/monitoring/alerts",
  key: "{alert_uuid}",
  one: "policy",
  several: "policies",
  fields: FIELDS,
  // As in the description; other creates answer 201.
  created: 200,
  found: (request, world) =>
    found(request, world, monitorAlert.type, request.parameters["alert_uuid"]!),
  shown,
});

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
