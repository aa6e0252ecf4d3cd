import { z } from "zod";
import { mailboxOf } from "../mailbox.ts";
import { hostName, line, network, port } from "./values.ts";

/** Keys that the server for members' mail and the one for bulk mail share. */
const smtp = {
  server: hostName("`SMTP_SERVER`: the provider's host."),
  port: port(
    2_525,
    "`SMTP_PORT`. DigitalOcean blocks 25 on Droplets, and 465 and 587 on many accounts: mail then waits and fails without a word. Providers listen on 2525, too (SES on 2587).",
  ),
  encryption: z.enum(["starttls", "tls"]).default("starttls").meta({
    description:
      "How the connection is encrypted: `starttls` begins in the clear and must turn to TLS before anything is said (2525, 587), `tls` from the first byte (465). Without either the password would be read on the way.",
  }),
  authentication: z.enum(["plain", "login", "cram_md5", "none"]).default("plain").meta({
    description:
      "`SMTP_AUTH_METHOD`: how to sign in. With `none` no login and password are asked for.",
  }),
  heloDomain: hostName(
    "`SMTP_DOMAIN`: the name to say hello by. Left out, `mastodon:domain`.",
  ).optional(),
  network: network("it"),
} as const;

/** The key `mail`. */
export const mailSchema = z
  .strictObject({
    ...smtp,
    from: line(
      "`SMTP_FROM_ADDRESS`: whom mail is from. The provider must know its domain.",
      "Example Social <hello@example.social>",
    ).refine((text) => mailboxOf(text) !== undefined, {
      message:
        'expected an address, alone or after a name, such as "Example Social <hello@example.social>"',
    }),
    replyTo: line("`SMTP_REPLY_TO`: where answers go.", "help@example.social")
      .refine((text) => mailboxOf(text) !== undefined, {
        message: 'expected an address, alone or after a name, such as "help@example.social"',
      })
      .optional(),
    returnPath: line(
      "`SMTP_RETURN_PATH`: where mail goes that could not be delivered.",
      "bounces@example.social",
    )
      .refine((text) => mailboxOf(text)?.name === "", {
        message: 'expected an address without a name, such as "bounces@example.social"',
      })
      .optional(),
    bulk: z.strictObject(smtp).optional().meta({
      description:
        "Another way out for announcements and changed terms, which go to all members at once (`BULK_SMTP_*`). Left out, they go with the rest. Mastodon reads no other sender for them.",
    }),
  })
  .optional()
  .meta({
    description:
      "Sending mail. Left out, none goes out: nobody can confirm an address or reset a password.",
  });
