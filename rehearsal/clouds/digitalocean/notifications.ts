import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { PropertyRow } from "../rows.ts";
import type { Account } from "./account.ts";
import { refusal } from "./api.ts";

const filled: PropertyRow = {
  kind: "string",
  required: true,
  refuse: (value) => (value === "" ? "must not be empty" : undefined),
};

/**
 * Recipients of an alert, the same in both kinds of alerts (terraform-provider-digitalocean
 * `digitalocean/monitoring/resource_monitor_alert.go`).
 */
export const NOTIFICATION: PropertyRow = {
  kind: "object",
  fields: {
    emails: { kind: "list", item: { kind: "string" } },
    slacks: { kind: "list", item: { kind: "object", fields: { channel: filled, url: filled } } },
  },
};

/**
 * Refuses recipients as the API does.
 * @param field the API's name of the property that holds them.
 */
export function refuseRecipients(
  account: Account,
  notification: Properties,
  field: string,
  doing: string,
  method: "POST" | "PUT",
  path: string,
): void {
  const emails = read.texts(notification, "emails");
  // Message from digitalocean/openapi#830, which quotes the answer to an address outside the team.
  const foreign = emails.findIndex((email) => account.unverifiedEmails.has(email));
  if (foreign >= 0)
    throw refusal(
      doing,
      method,
      path,
      400,
      `invalid value for field '${field}.email[${foreign}]': invalid email '${emails[foreign]}'`,
    );
  // digitalocean/doctl#1006
  if (emails.length + read.list(notification, "slacks").length === 0)
    throw refusal(doing, method, path, 500, "Server Error");
}
