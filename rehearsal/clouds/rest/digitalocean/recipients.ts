import type { Properties } from "../../../providers/provider.ts";
import { read } from "../../properties.ts";

/** Recipients of an alert in the rows' form: the API's names are singular. */
export function recipients({ email, slack }: Properties): Properties {
  return { emails: email ?? [], slacks: slack ?? [] };
}

/** Recipients as the API shows them. A Slack URL is a secret, and shown. */
export function shownRecipients(told: Properties): Properties {
  return {
    email: read.texts(told, "emails"),
    slack: read.list(told, "slacks").map(({ channel, url }) => ({ channel, url })),
  };
}
