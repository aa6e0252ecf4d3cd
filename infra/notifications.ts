import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";

/** Recipients of alerts, in the form that both kinds of DigitalOcean's alerts take. */
export interface Recipients {
  readonly emails: string[];
  readonly slacks: { channel: string; url: pulumi.Input<string> }[];
}

/**
 * Returns the recipients, or undefined if there are none: DigitalOcean refuses an alert without
 * recipients (digitalocean/doctl#1006).
 * @param slackWebhook a secret, because its holder can post to the channel.
 */
export function recipientsOf(
  { emails, slackChannel }: StackConfig["alerts"],
  slackWebhook: pulumi.Input<string> | undefined,
): Recipients | undefined {
  const slacks =
    slackChannel === undefined || slackWebhook === undefined
      ? []
      : [{ channel: slackChannel, url: slackWebhook }];
  return emails.length + slacks.length === 0 ? undefined : { emails: [...emails], slacks };
}
