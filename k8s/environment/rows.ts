import { SECRETS } from "../../config/secret-keys/all.ts";
import type { SecretRow } from "../../config/secret-keys/row.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import type { StackConfig } from "../../config/schema.ts";
import { isNeeded } from "../../domain/needed.ts";
import { writtenFor } from "../../domain/variables/all.ts";
import type { Reader } from "../../domain/variables/fate.ts";
import { given, type Variables } from "./variables.ts";

/**
 * Variables of these readers that are rows of `domain/variables` and of `config/secret-keys`.
 * Variables that depend on more than the configuration are in the other files of this folder.
 */
export function rows(reader: Reader, config: StackConfig, secrets: StackSecrets): Variables {
  return {
    plain: writtenFor(reader, config),
    secret: secretsWhere(secrets, (row) => isNeeded(config, row.needed) && isRead(reader, row)),
  };
}

/**
 * Keys with which Sidekiq signs push notifications; web gives browsers the public half. Jobs start
 * without them (`config/vapid.yml`).
 */
export function push(secrets: StackSecrets): Variables["secret"] {
  return secretsWhere(secrets, (row) => row.needed === "always" && !row.readers.includes("jobs"));
}

/** Jobs have no secrets of their own: each of theirs belongs to all Rails processes. */
function isRead(reader: Reader, { needed, readers }: SecretRow): boolean {
  const isOfAll = readers.includes("jobs");
  if (reader === "rails") return isOfAll;
  return !isOfAll && needed !== "always" && readers.includes(reader);
}

function secretsWhere(
  secrets: StackSecrets,
  isMeant: (row: SecretRow) => boolean,
): Variables["secret"] {
  return given(
    Object.fromEntries(
      SECRETS.flatMap((row) =>
        row.env !== undefined && isMeant(row) ? [[row.env, secrets[row.key]]] : [],
      ),
    ),
  );
}
