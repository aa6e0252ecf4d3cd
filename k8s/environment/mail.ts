import { writtenMailbox } from "../../config/mailbox.ts";
import type { StackConfig } from "../../config/schema.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import { given, type Variables } from "./variables.ts";

type Mail = NonNullable<StackConfig["mail"]>;

/**
 * Sender of mail, and the server that it is sent through (mastodon/mastodon `config/email.yml`).
 * All of Rails writes mail, so all of it reads this.
 */
export function mail({ mail: config }: Pick<StackConfig, "mail">): Variables {
  if (config === undefined) return { plain: {}, secret: {} };
  return {
    plain: {
      SMTP_FROM_ADDRESS: writtenMailbox(config.from),
      ...given({
        SMTP_REPLY_TO: config.replyTo && writtenMailbox(config.replyTo),
        SMTP_RETURN_PATH: config.returnPath,
      }),
      ...server("", config),
      ...(config.bulk === undefined ? {} : server("BULK_", config.bulk)),
    },
    secret: {},
  };
}

/**
 * Credentials of the mail provider. Only Sidekiq sends: all of Mastodon's mail goes by the queue
 * `mailers`.
 */
export function mailCredentials(
  { mail: config }: Pick<StackConfig, "mail">,
  secrets: StackSecrets,
): Variables {
  return {
    plain: {},
    secret: given({
      ...(config === undefined || config.authentication === "none"
        ? {}
        : { SMTP_LOGIN: secrets.smtpLogin, SMTP_PASSWORD: secrets.smtpPassword }),
      ...(config?.bulk === undefined || config.bulk.authentication === "none"
        ? {}
        : {
            BULK_SMTP_LOGIN: secrets.bulkSmtpLogin,
            BULK_SMTP_PASSWORD: secrets.bulkSmtpPassword,
          }),
    }),
  };
}

function server(
  prefix: "" | "BULK_",
  { server: host, port, encryption, authentication, heloDomain }: Omit<Mail, "bulk" | "from">,
): Variables["plain"] {
  return {
    [`${prefix}SMTP_SERVER`]: host,
    [`${prefix}SMTP_PORT`]: String(port),
    [`${prefix}SMTP_AUTH_METHOD`]: authentication,
    // By itself Mastodon goes on in the clear where a server offers no TLS, with the password.
    ...(encryption === "tls"
      ? { [`${prefix}SMTP_TLS`]: "true" }
      : { [`${prefix}SMTP_ENABLE_STARTTLS`]: "always" }),
    [`${prefix}SMTP_OPENSSL_VERIFY_MODE`]: "peer",
    ...given({ [`${prefix}SMTP_DOMAIN`]: heloDomain }),
  };
}
