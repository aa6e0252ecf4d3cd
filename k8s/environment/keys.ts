import type { StackSecrets } from "../../config/secret-keys/values.ts";
import type { Variables } from "./variables.ts";

/**
 * Keys by which Rails signs and encrypts. Without them it does not start (mastodon/mastodon
 * `config/initializers/active_record_encryption.rb`).
 */
export function keys(secrets: StackSecrets): Variables {
  return {
    plain: {},
    secret: {
      SECRET_KEY_BASE: secrets.secretKeyBase,
      ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: secrets.activeRecordPrimaryKey,
      ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: secrets.activeRecordDeterministicKey,
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: secrets.activeRecordKeyDerivationSalt,
    },
  };
}

/**
 * Keys by which Sidekiq signs push notifications; web gives browsers the public half. Jobs start
 * without (`config/vapid.yml`).
 */
export function push(secrets: StackSecrets): Variables {
  return {
    plain: {},
    secret: {
      VAPID_PRIVATE_KEY: secrets.vapidPrivateKey,
      VAPID_PUBLIC_KEY: secrets.vapidPublicKey,
    },
  };
}
