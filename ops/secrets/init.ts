import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { secretFaults, secretRefusal, type HeldSecrets } from "../../input/secret-faults.ts";
import { secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { publicHalfOf } from "../../config/secret-keys/vapid.ts";
import { MADE_KEYS, makeSecrets, type MadeSecrets } from "./make.ts";
import type { SecretStore } from "./store.ts";

/** Result of `init`; names only. */
export interface Initialised {
  /** Keys that were missing and were created. */
  readonly made: readonly SecretKey[];
  /** Existing keys whose fingerprint was recorded. */
  readonly fingerprinted: readonly SecretKey[];
}

/**
 * Creates the missing secrets and never changes an existing one. A second run changes nothing.
 * @throws Error if an existing secret is wrong, or if a key is missing that must never change. A
 * new one instead would make the data unreadable.
 */
export async function initSecrets(store: SecretStore): Promise<Initialised> {
  const held = await store.held();
  const refusal = secretRefusal(secretFaults(held).filter(({ kind }) => kind !== "missing"));
  if (refusal !== undefined) throw new Error(refusal);
  const lacking = lackingOldKeys(held);
  if (held.movedIn === true && lacking.length > 0)
    throw new Error(
      [
        `mastodon:postgres.origin.movedIn is true, so the data is that of an older server, and ${lacking.length === 1 ? "a key that it is written with is" : `${lacking.length} of the keys that it is written with are`} missing. Nothing was made: a new key can't read that data.`,
        "Set each, by standard input, as the old server has it. It may be in its docker-compose file or systemd unit; `printenv` in its web process shows it:",
        ...lacking.map((key) => `  pulumi config set --secret mastodon:${key}`),
      ].join("\n"),
    );
  const values = missingValues(held);
  const made = Object.keys(values) as SecretKey[];
  const fingerprinted = unrecorded(held);
  if (made.length > 0 || fingerprinted.length > 0) await store.write(values, held, fingerprinted);
  return { made, fingerprinted };
}

/** Missing keys with which existing data is encrypted. */
export function lackingOldKeys({ values }: Pick<HeldSecrets, "values">): readonly SecretKey[] {
  return MADE_KEYS.filter((key) => secretRow(key).change === "never" && values[key] === undefined);
}

/**
 * A value for each missing key. If the private half of a VAPID pair exists, the public half is
 * derived from it.
 */
function missingValues({ values }: HeldSecrets): MadeSecrets {
  const missing = MADE_KEYS.filter((key) => values[key] === undefined);
  const { vapidPrivateKey, vapidPublicKey } = values;
  if (vapidPrivateKey === undefined && vapidPublicKey !== undefined)
    throw new Error(
      "mastodon:vapidPublicKey is there without its private half, which can't be calculated from it; nothing was changed. Set mastodon:vapidPrivateKey of the same pair, or make a new pair: npm run secrets -- rotate vapidPrivateKey",
    );
  const made = makeSecrets(missing);
  const publicHalf = vapidPrivateKey === undefined ? undefined : publicHalfOf(vapidPrivateKey);
  return Object.fromEntries(
    missing.map((key) => [
      key,
      key === "vapidPublicKey" && publicHalf !== undefined ? publicHalf : made[key],
    ]),
  );
}

/**
 * Keys whose value has no valid fingerprint yet: set by hand, or rotatable and changed by hand. A
 * key that must never change and has a wrong one was refused earlier.
 */
export function unrecorded({ stack, values, fingerprints }: HeldSecrets): readonly SecretKey[] {
  return MADE_KEYS.filter((key) => {
    const value = values[key];
    if (value === undefined) return false;
    const committed = fingerprints[key];
    return (
      committed === undefined ||
      (secretRow(key).change === "rotatable" && fingerprintOf(stack, key, value) !== committed)
    );
  });
}
