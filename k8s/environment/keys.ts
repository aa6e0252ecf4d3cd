import type { StackSecrets } from "../../config/secrets.ts";
import type { Variables } from "./variables.ts";

/** What Rails signs and encrypts with: without them it does not start (`config/initializers/active_record_encryption.rb`, `config/vapid.yml`). */
export function keys(secrets: StackSecrets): Variables {
  return {
    plain: {},
    secret: {
      SECRET_KEY_BASE: secrets.secretKeyBase,
      ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: secrets.activeRecordPrimaryKey,
      ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: secrets.activeRecordDeterministicKey,
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: secrets.activeRecordKeyDerivationSalt,
      VAPID_PRIVATE_KEY: secrets.vapidPrivateKey,
      VAPID_PUBLIC_KEY: secrets.vapidPublicKey,
    },
  };
}
